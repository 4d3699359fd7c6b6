"""The figures of a soak."""

from collections import Counter
from typing import Any

from tests.benchmarks.soak import rules
from tests.benchmarks.soak.plan import when
from tests.benchmarks.soak.soaking import Soak


def report(soak: Soak, seconds: float) -> dict[str, Any]:
    """What came of it; `violations` is empty when all held."""
    plan, books, now = soak.plan, soak.books, when(soak.plan.hours)
    published = [url for _, url in soak.press.until(now)]
    on_topic = [url for piece, url in soak.press.until(now) if piece.on_topic and not piece.trap]
    lost = rules.entries_lost(plan, soak.press, books, now)
    mailed, doubled = rules.digests(plan, soak.readers, books, now), rules.doubles(books)
    violations = [
        *soak.violations,
        *(f"never seen: {soak.press.url(one)} of {one.at:%d %H:%M}" for one in lost),
        *(one for one in rules.wrong(mailed.lost, doubled) if not any(said.endswith(one) for said in soak.violations)),
        *([f"{soak.untold} matches were told nobody"] if soak.untold else []),
        *rules.growth_wrong(soak.growth),
    ]
    return {
        "seed": plan.seed,
        "simulated_days": round(plan.hours / 24, 2),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(soak.cpu_seconds, 1),
        "cpu_seconds_of": {name: round(used, 1) for name, used in soak.victim.cpu.most_common()},
        "entries_published": len(published),
        "entries_seen": sum(url in books.seen for url in published),
        "entries_kept": len(soak.kept),
        "entries_on_topic": len(on_topic),
        "entries_on_topic_kept": len(soak.kept.intersection(on_topic)),
        "entry_states": soak.outcomes,
        "entries_lost": len(lost),
        "entries_with_time_left": sum(url not in books.seen for url in published) - len(lost),
        "digests_due": mailed.due,
        "digests_sent": mailed.in_time,
        "digests_late": mailed.late,
        "digests_given_up": mailed.given_up,
        "digests_lost": len(mailed.lost),
        "mails": len(books.arrived),
        "doubled_in_flight": doubled.in_flight,
        "doubled_beyond_flight": len(doubled.beyond),
        "told_twice": len(doubled.told_twice),
        "stories_untold": soak.untold,
        "faults": dict(Counter(one.kind for one in plan.faults)),
        "faults_felt": dict(soak.felt),
        "kills": dict(soak.victim.kills),
        "faults_told_by_doctor": dict(soak.told),
        "growth": soak.growth,
        "hours_in_calm": soak.calm,
        "violations": violations,
    }


def told(figures: dict[str, Any]) -> str:
    """The same for people."""
    f = figures
    lines = [
        f"{f['simulated_days']:g} days in {f['seconds']:.0f} s ({f['cpu_seconds']:.0f} s of CPU), seed {f['seed']}",
        f"entries   {f['entries_published']} published, {f['entries_seen']} seen, lost {f['entries_lost']}, "
        f"{f['entries_with_time_left']} had time left; "
        f"{f['entries_kept']} kept as articles, {f['entries_on_topic_kept']} of {f['entries_on_topic']} on topic",
        f"digests   {f['digests_due']} due, {f['digests_sent']} in time, {f['digests_late']} late, "
        f"{f['digests_given_up']} given up by a restore; lost {f['digests_lost']}",
        f"mails     {f['mails']}; twice {f['doubled_in_flight']} that a kill met, {f['doubled_beyond_flight']} others; "
        f"stories told twice {f['told_twice']}, never {f['stories_untold']}",
        f"CPU       {', '.join(f'{name} {used:.0f}' for name, used in f['cpu_seconds_of'].items())} s",
        f"faults    {', '.join(f'{number} {kind}' for kind, number in f['faults'].items())}",
        f"calm      {f['hours_in_calm']} hours, in which nothing at all may be wrong",
        f"felt      {', '.join(f'{number} in {kind}' for kind, number in f['faults_felt'].items())}",
        f"kills     {', '.join(f'{number} {where}' for where, number in f['kills'].items())}",
        *(
            f"{name:9} {' '.join(f'{row[name] / 1e6:.2f}' for row in f['growth'])} MB"
            for name in (f["growth"] or [{}])[0]
        ),
        *f["violations"],
    ]
    return "\n".join(lines)
