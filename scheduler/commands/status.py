"""status: how things stand, in one screen."""

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.operator import Running, Vitals, status_of, vitals_of
from scheduler import show
from scheduler.deployment import Deployment, open_deployment
from scheduler.parts import STATE_FILE, read_parts
from scheduler.runs import RUNS_FILE, read_runs
from scheduler.workers.figures import WorkersSeen, look_at_workers, with_workers

if TYPE_CHECKING:
    from rich.table import Table

_EVERY = 5.0  # seconds between two looks of --watch


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows; times are UTC."""

    vitals: Vitals
    running: Running  # as the daemon wrote it last
    failing: Mapping[str, str]  # parts and jobs that fail now → why
    disk_free: int  # bytes, where the data folder is
    now: datetime
    workers: WorkersSeen | None = None  # with PostgreSQL


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(status)


def status(
    context: typer.Context,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Look again every five seconds, until Ctrl-C.")] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Show how things stand: feeds, stories, matches, the next digest, the queue, jobs and disk."""
    deployment = open_deployment(context.obj)
    if as_json:
        show.data(as_data(overview(deployment)))
    elif watch:
        _watch(deployment)
    else:
        show.out().print(_page(overview(deployment), deployment.settings.digest.timezone))


def overview(deployment: Deployment) -> Overview:
    """Look once; it reads what the daemon wrote and asks it nothing."""
    d, data, now = deployment, deployment.settings.data, deployment.clock()
    failing = {part: str(one["why"]) for part, one in read_parts(data / STATE_FILE).items() if not one["over"]}
    standing = status_of(d.watchlist, d.store, d.members, d.deliveries, d.settings.watch.states, now)
    vitals = vitals_of(d.engine, standing, now)
    free, workers = shutil.disk_usage(data).free, look_at_workers(d.engine)
    running = with_workers(read_runs(data / RUNS_FILE), workers)
    return Overview(vitals, running, failing, free, now, workers)


def as_data(seen: Overview) -> dict[str, Any]:
    """The same for programs."""
    vitals, running = seen.vitals, seen.running
    return vitals.status.as_json() | {
        "at": seen.now,
        "stories_of_day": vitals.stories_of_day,
        "stories_of_week": vitals.stories_of_week,
        "matches": vitals.ever["matches"],
        "unmatched": vitals.unmatched,
        "last_crawl": running.crawled_at,
        "queue": vitals.queue.waiting
        | {"oldest_seconds": vitals.queue.oldest, "overdue_seconds": vitals.queue.overdue},
        "refused_of_day": _refused(vitals),
        "unreached_addresses": vitals.unreached,
        "canary": {"missing_stories": vitals.missing_stories, "overdue_digests": vitals.overdue_digests},
        "jobs": {
            name: {"succeeded_at": job.succeeded_at, "failed_at": job.failed_at, "seconds": job.seconds}
            for name, job in running.jobs.items()
        },
        "failing": dict(seen.failing),
        "workers": {"alive": at.alive, "waiting": at.waiting, "doing": at.doing} if (at := seen.workers) else None,
        "database_bytes": vitals.database_bytes,
        "disk_free_bytes": seen.disk_free,
    }


def lines(seen: Overview, timezone: str) -> Iterator[tuple[str, str, bool]]:
    """What stands on the page: a name, what is said, and whether somebody should look at it."""
    vitals, running, now = seen.vitals, seen.running, seen.now
    state, queue = vitals.status, vitals.queue
    if state.outage:
        yield "network", f"offline since {show.local(state.outage.began_at, timezone)}", True
    read = f"{state.read} of {show.count(len(state.feeds), 'feed')} read, {len(state.failing)} failing"
    yield "feeds", f"{read}, {state.waiting} not read yet; the last {show.ago(state.last_read, now)}", False
    latest = _long(max(vitals.delays, default=0.0))
    yield "delay", f"the feed that is latest has been due for {latest}", vitals.stalled > 1800
    crawled = f"told {show.ago(running.crawled_at, now)} what it did" if running.crawled_at else "none yet"
    yield "crawl", crawled, False
    told = f"{vitals.stories_of_day} in the last 24 hours, {vitals.stories_of_week} in 7 days"
    yield "stories", f"{told}; {state.counts.get('stories', 0)} in all", False
    yield "matches", f"{vitals.ever['matches']}; {show.count(vitals.unmatched, 'story', 'stories')} wait", False
    coming = show.local(state.next_digest, timezone) if state.next_digest else "nobody gets one"
    yield "next digest", coming, False
    if vitals.missing_stories or vitals.overdue_digests:
        late = (show.count(vitals.missing_stories, "story", "stories"), show.count(vitals.overdue_digests, "digest"))
        yield "canary", f"{' and '.join(late)} should have been mailed an hour ago or more", True
    waits = f"{queue.waiting['queued']} queued, {queue.waiting['sending']} being sent"
    oldest = f"; the oldest for {_long(queue.oldest)}" if queue.oldest else ""
    yield "mail", f"{waits}{oldest}; the last was taken {show.ago(queue.last_sent_at, now)}", queue.overdue > 1800
    refused = _refused(vitals)
    yield "refusals", f"{refused} in the last 24 hours; nothing arrives at {vitals.unreached} addresses", bool(refused)
    yield "disk", f"{_size(seen.disk_free)} free; the database has {_size(vitals.database_bytes)}", seen.disk_free < 1e9
    if workers := seen.workers:
        jobs = f"{sum(workers.waiting.values())} jobs wait, {sum(workers.doing.values())} are worked at"
        yield "workers", f"{workers.alive} alive; {jobs}", not workers.alive
    for name, job in sorted(running.jobs.items()):
        why = seen.failing.get(name, "")
        yield f"job {name}", why or f"{show.ago(job.succeeded_at, now)}, in {job.seconds:.1f} s", bool(why)
    for part, why in seen.failing.items():
        if part not in running.jobs:
            yield part, why, True


def _refused(vitals: Vitals) -> int:
    return sum(number for (_, state), number in vitals.queue.last_day.items() if state in ("failed", "returned"))


def _page(seen: Overview, timezone: str) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    page = Table.grid(padding=(0, 2))
    page.add_column(no_wrap=True, style="bold")
    page.add_column(overflow="fold")
    for name, said, amiss in lines(seen, timezone):
        told = escape(show.seen(said))
        page.add_row(name, f"[bold red]{told}[/]" if amiss else told)
    page.add_row("", f"as of {show.local(seen.now, timezone)} ({timezone})")
    return page


def _watch(deployment: Deployment) -> None:
    from rich.live import Live

    zone = deployment.settings.digest.timezone
    try:
        with Live(_page(overview(deployment), zone), console=show.out(), screen=show.out().is_terminal) as live:
            while True:
                time.sleep(_EVERY)
                live.update(_page(overview(deployment), zone), refresh=True)
    except KeyboardInterrupt:
        return


def _long(seconds: float) -> str:
    """A length of time.

    >>> _long(40), _long(600), _long(90000)
    ('40 s', '10 min', '25 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"


def _size(number: float) -> str:
    """Bytes as a person says them.

    >>> _size(376832), _size(12.5e9)
    ('377 kB', '12.5 GB')
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if number >= factor:
            return f"{number / factor:.1f} {unit}"
    return f"{number / 1e3:.0f} kB"
