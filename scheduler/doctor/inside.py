"""Whether a deployment is well: its configuration, database, reading, people and clock."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, text

from alerts.locale import in_words, worded
from alerts.operator import Status, status_of
from alerts.people import Rounds, Unreached
from crawler.model import IcewireError
from crawler.settings import user_agent
from crawler.watch import Troubles
from scheduler import show
from scheduler.deployment import Deployment
from scheduler.doctor.canary import look_at_canary
from scheduler.doctor.diagnosis import Diagnosis
from scheduler.keeping.overdue import left_lying
from scheduler.parts import STATE_FILE, read_parts
from scheduler.workers.figures import look_at_workers

_MOST_NAMED = 5  # files
_MOST_FLOODS = 5  # outlets


def look_at(deployment: Deployment) -> Iterator[Diagnosis]:
    """Look at all that is not mail, once."""
    s = deployment.settings
    yield Diagnosis("configuration", "ok", f"data in {s.data.resolve()}")
    yield from _privacy(deployment)
    yield _key(deployment)
    yield from _backups(deployment)
    yield from (Diagnosis("backups", "note", said) for said in left_lying(s.data, deployment.clock()))
    yield _database(deployment)
    yield _registry(deployment)
    status = _status(deployment)
    if outage := deployment.watchlist.outages.current():
        yield Diagnosis("network", "wrong", in_words(outage.why))
    yield _sources(deployment, status)
    yield from _troubles(deployment)
    yield from _matching(deployment)
    yield from _parts(deployment)
    yield from _workers(deployment)
    yield from look_at_canary(deployment)
    people = Rounds(deployment.engine).recipients()
    yield Diagnosis(
        "subscribers",
        "ok" if people else "note",
        f"{people} get a digest" if people else "nobody yet: icewire subscribe you@example.org",
    )
    if bounced := len(Unreached(deployment.engine).bounced()):
        which = show.count(bounced, "address", "addresses")
        said = f"no mail goes to {which} at which none arrives: icewire subscribers --failing"
        yield Diagnosis("subscribers", "note", said)
    for zone in status.unknown_zones:
        yield Diagnosis("subscribers", "wrong", f"no digest in the time zone {zone}, which this machine does not know")
    yield _clock(deployment)
    yield _manners(deployment)


def _privacy(deployment: Deployment) -> Iterator[Diagnosis]:
    """What others could read; nothing when there was nothing."""
    found = deployment.privacy
    if found.closed:
        said = f"closed to other users of this machine, who could read it until now: {_named(found.closed)}"
        yield Diagnosis("privacy", "note", said)
    if found.open:
        said = (
            f"other users of this machine can look into {_named(found.open)}: keep data in a folder of its own, yours"
        )
        yield Diagnosis("privacy", "note", said)


def _named(paths: Sequence[object]) -> str:
    shown = ", ".join(map(str, paths[:_MOST_NAMED]))
    return f"{shown} and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else shown


def _key(deployment: Deployment) -> Diagnosis:
    try:
        return Diagnosis("key", "ok", f"{len(deployment.links.key)} bytes")
    except IcewireError as error:
        return Diagnosis("key", "wrong", worded(error))


def _backups(deployment: Deployment) -> Iterator[Diagnosis]:
    """Copies that hold whom we promised to have erased; nothing when there is none in `backups`."""
    settings, now = deployment.settings, deployment.clock()
    promised = now - timedelta(days=settings.retention.left_days)
    copies = [file for file in (settings.data / "backups").rglob("*") if file.is_file()]
    old = [file for file in copies if datetime.fromtimestamp(file.stat().st_mtime, UTC) < promised]
    if old:
        said = f"older than the {settings.retention.left_days:g} days after which who left is erased: {_named(old)}"
        yield Diagnosis("backups", "note", said, "delete them, or make new ones in their place")


def _status(deployment: Deployment) -> Status:
    d = deployment
    return status_of(d.watchlist, d.store, d.members, d.deliveries, d.settings.watch.states, d.clock())


def _sources(deployment: Deployment, status: Status) -> Diagnosis:
    total = show.count(len(status.feeds), "feed")
    if status.failing and not status.read and not status.waiting:
        why = Counter(in_words(feed.why) for feed in status.failing).most_common(1)[0][0]
        return Diagnosis("sources", "wrong", f"of {total} none is read, mostly: {why}", "is `icewire run` at work?")
    if status.failing or status.turned_away:
        lost = [f"{len(status.failing)} of {total} could not be read"] if status.failing else []
        away = [f"the pages of {status.turned_away} could not be"] if status.turned_away else []
        return Diagnosis("sources", "note", f"{', '.join(lost + away)}: icewire sources list --failing")
    if status.waiting:
        return Diagnosis("sources", "note", f"{status.waiting} of {total} not read yet; icewire run reads them")
    return Diagnosis("sources", "ok", f"{total} read, the last {show.ago(status.last_read, deployment.clock())}")


def _troubles(deployment: Deployment) -> Iterator[Diagnosis]:
    """The outlets that fell out of their habit, and whether anybody hears of it."""
    kinds = Counter(kind for found in Troubles(deployment.engine).known().values() for kind in found)
    if kinds:
        said = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
        yield Diagnosis("outlets", "note", f"out of their habit: {said}")
    for source, why in Troubles(deployment.engine).floods()[:_MOST_FLOODS]:
        yield Diagnosis("outlets", "note", f"{source.name} ({source.id}) {in_words(why)}")
    if not deployment.settings.mail.operator:
        yield Diagnosis("outlets", "note", "set mail.operator: nobody is told when an outlet falls silent")


def _matching(deployment: Deployment) -> Iterator[Diagnosis]:
    """The stories that met no search because they could not be matched; nothing when there is none."""
    if stuck := deployment.matches.set_aside_stories():
        which = f"{show.count(len(stuck), 'story', 'stories')} could not be matched and met no search"
        said = f"{which}: {_named(stuck)}; the log says why, and a start of the daemon tries again"
        yield Diagnosis("matching", "wrong", said)


def _parts(deployment: Deployment) -> Iterator[Diagnosis]:
    """What of the daemon fails, or did and was started again, in the last day; nothing when nothing did."""
    for part, failing in read_parts(deployment.settings.data / STATE_FILE).items():
        since, over = (datetime.fromisoformat(failing[key]) if failing[key] else None for key in ("since", "over"))
        often = f"{show.count(failing['times'], 'time')} since {since:%Y-%m-%d %H:%M} UTC"
        if over is None:
            yield Diagnosis("daemon", "wrong", f"{part} failed {often}: {failing['why']}")
        elif deployment.clock() - over < timedelta(days=1):
            yield Diagnosis("daemon", "note", f"{part} failed {often} and works again: {failing['why']}")


def _database(deployment: Deployment) -> Diagnosis:
    with Session(deployment.engine) as session:
        if deployment.engine.dialect.name == "sqlite":
            said = str(session.connection().execute(text("PRAGMA quick_check")).scalar_one())
            return Diagnosis("database", "ok" if said == "ok" else "wrong", f"{deployment.engine.url} ({said})")
        version = session.connection().execute(text("SHOW server_version")).scalar_one()
    return Diagnosis("database", "ok", f"PostgreSQL {version}")


def _workers(deployment: Deployment) -> Iterator[Diagnosis]:
    """Whether anybody does what the daemon leaves to workers; nothing with SQLite."""
    if seen := look_at_workers(deployment.engine):
        waits = ", ".join(f"{number} {name}" for name, number in sorted(seen.waiting.items())) or "none"
        if seen.alive:
            yield Diagnosis("workers", "ok", f"{seen.alive} alive; jobs that wait: {waits}")
        else:
            said = f"none lives, so nothing is collected or mailed; jobs that wait: {waits}"
            yield Diagnosis("workers", "wrong", said, "start `icewire worker`, on this machine or others")


def _registry(deployment: Deployment) -> Diagnosis:
    try:
        return Diagnosis("registry", "ok", f"{deployment.sync_registry()} outlets")
    except IcewireError as error:
        return Diagnosis("registry", "wrong", worded(error))


def _clock(deployment: Deployment) -> Diagnosis:
    now, offset = deployment.clock(), deployment.settings.clock_offset_seconds
    said = f"{now:%Y-%m-%d %H:%M} UTC; {now.astimezone():%H:%M %Z} here"
    if offset:
        return Diagnosis("clock", "note", f"{said}; shifted by {offset:.0f} s (clock_offset_seconds)")
    newest = deployment.watchlist.newest_attempt()
    if newest and newest > now:
        return Diagnosis("clock", "wrong", f"{said}, but the database knows {newest:%Y-%m-%d %H:%M} UTC; set the clock")
    return Diagnosis("clock", "ok" if datetime.now(UTC).year >= 2026 else "wrong", said)


def _manners(deployment: Deployment) -> Diagnosis:
    if deployment.settings.crawl.contact_url:
        return Diagnosis("manners", "ok", f"outlets see {user_agent(deployment.settings.crawl)}")
    return Diagnosis("manners", "note", "set crawl.contact_url: an outlet should know whom to ask about our visits")
