"""The figures in Prometheus's text format; only this file knows its library. No label names a person or a search."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from alerts.operator import Running, Vitals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SHARES = (0.5, 0.9, 0.99, 1.0)
# What a crawl counts and is shown: its name there → what is told of it.
_CRAWLED = {
    "feeds_read": "Feeds that crawls read.",
    "feeds_failed": "Feeds that crawls could not read.",
    "entries_new": "Links that crawls had not seen before.",
    "pages_read": "Pages that crawls read.",
    "off_topic": "Pages that were judged to be off topic, at the gate or after it.",
    "failed": "Pages to try again.",
    "refused": "Pages that were refused.",
}
_EVER = {
    "entries": ("entries_seen", "Links that feeds ever gave."),
    "articles": ("articles_stored", "Articles that were ever stored."),
    "stories": ("stories_opened", "Stories that were ever opened."),
    "matches": ("matches_made", "Times that a story met a search."),
    "digests": ("digests_made", "Digests that were ever made."),
    "deliveries": ("deliveries_queued", "Mails and postings that were ever queued."),
}


def exposition(vitals: Vitals, running: Running, now: datetime) -> bytes:
    """All of it, and what this process takes of the machine."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Look([*_reading(vitals, now), *_crawls(running), *_telling(vitals, now), *_jobs(running)]))
    return generate_latest(registry)


class _Look:
    """What was made of one look, as the library wants to ask for it."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(f"icewire_{name}", said, value=value)


def _by(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"icewire_{name}", said, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _moments(name: str, said: str, at: datetime | None) -> Iterator[Metric]:
    """A time; nothing while there is none, as 0 would be in 1970."""
    if at:
        yield _gauge(name, said, at.timestamp())


def _reading(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    status, late = vitals.status, vitals.delays
    states: dict[str, float] = {}
    for feed in status.feeds:
        states[feed.state] = states.get(feed.state, 0) + 1
    yield _by("feeds", "Feeds that are watched, by the state they are in.", "state", states)
    at = {f"{share:g}": late[max(0, -int(-share * len(late) // 1) - 1)] for share in _SHARES} if late else {}
    said = "For how long watched feeds have been due and not asked: this share of them no longer than that."
    yield _by("feed_delay_seconds", said, "share", at)
    yield _gauge("reading_stalled_seconds", "For how long no feed was asked though one was due.", vitals.stalled)
    yield from _moments("feed_last_read_timestamp_seconds", "When a feed was last read well.", status.last_read)
    offline = (now - status.outage.began_at).total_seconds() if status.outage else 0.0
    yield _gauge("offline_seconds", "For how long nobody on the web has answered this machine.", offline)
    yield _by("entries", "Links that are kept, by state.", "state", dict(status.entries))
    said = "Articles that were read in the last 24 hours, by what they were judged."
    yield _by("verdicts_last_day", said, "label", dict(vitals.verdicts))
    opened = {"1d": vitals.stories_of_day, "7d": vitals.stories_of_week}
    yield _by("stories_opened_recently", "Stories that were opened within this time.", "within", dict(opened))
    for name, (shown, said) in _EVER.items():
        yield CounterMetricFamily(f"icewire_{shown}", said, value=vitals.ever[name])


def _crawls(running: Running) -> Iterator[Metric]:
    crawled = running.crawled
    for name, said in _CRAWLED.items():
        yield CounterMetricFamily(f"icewire_crawl_{name}", said, value=crawled.get(name, 0))
    gate = CounterMetricFamily("icewire_gate_pages", "Pages at the gate, by what became of them.", labels=["outcome"])
    dropped = crawled.get("gate_dropped", 0)
    gate.add_metric(["dropped"], dropped)
    gate.add_metric(["passed"], max(0, crawled.get("pages_read", 0) - dropped))
    yield gate
    said = "How long the last crawl took for what it told last."
    yield _gauge("crawl_duration_seconds", said, running.crawl_seconds)
    yield from _moments("crawl_last_told_timestamp_seconds", "When a crawl last told what it did.", running.crawled_at)


def _telling(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    queue, status = vitals.queue, vitals.status
    yield _gauge("stories_unmatched", "Stories that have not met the searches as they are.", vitals.unmatched)
    yield _gauge("stories_unmatched_oldest_seconds", "For how long the oldest has waited.", vitals.unmatched_for)
    yield _gauge("stories_set_aside", "Stories that could not be matched.", vitals.set_aside)
    yield _by("queue_deliveries", "Mails and postings that wait, by state.", "state", dict(queue.waiting))
    yield _gauge("queue_oldest_seconds", "How long ago the oldest of them was queued.", queue.oldest)
    said = "For how long a mail or posting should have been tried and was not."
    yield _gauge("queue_overdue_seconds", said, queue.overdue)
    said = "Mails and postings that were queued in the last 24 hours, by what became of them."
    sent = GaugeMetricFamily("icewire_deliveries_last_day", said, labels=["kind", "state"])
    for (kind, state), number in sorted(queue.last_day.items()):
        sent.add_metric([kind, state], number)
    yield sent
    yield from _moments("delivery_last_sent_timestamp_seconds", "When a mail was last taken.", queue.last_sent_at)
    yield _gauge("addresses_unreached", "Addresses where no mail arrives, so that none is sent.", vitals.unreached)
    said = "The canary: stories that nobody was mailed, an hour and more after somebody should have been."
    yield _gauge("canary_missing_stories", said, vitals.missing_stories)
    said = "People whose digest was due more than an hour ago and is not made."
    yield _gauge("digests_overdue", said, vitals.overdue_digests)
    yield from _moments("digest_next_timestamp_seconds", "When the next digest is due.", status.next_digest)
    yield _gauge("database_size_bytes", "How large the database is.", vitals.database_bytes)


def _jobs(running: Running) -> Iterator[Metric]:
    said = "Runs of each job of the timetable, by how they ended."
    runs = CounterMetricFamily("icewire_job_runs", said, labels=["job", "outcome"])
    for name, job in sorted(running.jobs.items()):
        runs.add_metric([name, "success"], job.successes)
        runs.add_metric([name, "failure"], job.failures)
    yield runs
    succeeded = {name: job.succeeded_at.timestamp() for name, job in running.jobs.items() if job.succeeded_at}
    yield _by("job_last_success_timestamp_seconds", "When each job last succeeded.", "job", succeeded)
    lasted = {name: job.seconds for name, job in running.jobs.items()}
    yield _by("job_last_duration_seconds", "How long the last run of each job took.", "job", lasted)
    failing = {name: float(job.fails) for name, job in running.jobs.items()}
    yield _by("job_failing", "Whether the last run of each job failed.", "job", failing)
    if running.workers is not None:
        yield _gauge("workers_alive", "Processes that take jobs from the database.", running.workers)
        yield _by("jobs_waiting", "Jobs that wait for a worker, by name.", "job", dict(running.jobs_waiting))
    down = {part: float(part in running.troubles) for part in ("timetable", "web")}
    yield _by("part_down", "Whether a part of the daemon does not work now.", "part", down)
