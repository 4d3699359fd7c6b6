"""What a worker can be asked to do, by name: the functions that the daemon calls itself with SQLite."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from alerts.digest import SourcesRead, queue_bursts, queue_digests_of
from alerts.people import Hour
from scheduler import jobs
from scheduler.deployment import Deployment
from scheduler.logs import at_work_on
from scheduler.parts import Parts
from scheduler.site_crawl import SiteCrawl
from scheduler.workers.crawl_counts import add_counts

log = logging.getLogger("icewire")

COLLECTING, TELLING = "collecting", "telling"  # the two queues
AT_A_TIME = 100  # digests or mails in a job: some seconds, so that what a dead worker was at is soon done again
_FRESH = 60.0  # seconds for which what was read counts for digests: to ask it looks at every feed

Tasks = Mapping[str, Callable[..., None]]


def tasks_of(d: Deployment, crawl: SiteCrawl) -> Tasks:
    """Every task by its name, given what it needs; what it is called with is words and numbers."""
    s, read = d.settings, Lately(d.sources_read)

    def collect(site: str) -> None:
        report = crawl.read(site)
        if report.failed == "error":
            log.error("the pages of %s could not be collected; what is due stays due", site)
        try:
            add_counts(d.engine, report.counts, d.clock())
        except SQLAlchemyError as error:  # what was read is kept, whoever counts it
            log.warning("what was read of %s is not counted: %s", site, type(error).__name__)

    def digests(digest_at: str, timezone: str, subscribers: Sequence[int]) -> None:
        now = d.clock()
        made = queue_digests_of(d.post, Hour(digest_at, timezone, now, now), subscribers, read(), now)
        if made:
            log.info("%d %s queued", made, "digest" if made == 1 else "digests")

    def bursts() -> None:
        queue_bursts(d.post, read(), d.clock())

    def mails() -> None:
        jobs.deliver_mail(d.deliveries, d.mailer, s.mail, d.clock, s.mail.smtp_host or s.outbox, AT_A_TIME)

    def postings() -> None:
        jobs.post(d.store, d.links, d.poster, d.clock, s.digest.most_of_an_outlet)

    return {task.__name__: task for task in (collect, digests, bursts, mails, postings)}


class Lately:
    """What was read, for a minute."""

    def __init__(self, ask: Callable[[], SourcesRead], steady: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._steady, self._lock = ask, steady, threading.Lock()
        self._known: tuple[float, SourcesRead] | None = None

    def __call__(self) -> SourcesRead:
        """The same for whoever asks within it."""
        with self._lock:
            now = self._steady()
            if self._known is None or now - self._known[0] > _FRESH:
                self._known = (now, self._ask())
            return self._known[1]


def telling(tasks: Tasks, parts: Parts) -> Tasks:
    """The same, each of which raises nothing: what was not done is due still, and why is told once."""

    def told(name: str) -> Callable[..., None]:
        def run(**given: object) -> None:
            try:
                with at_work_on(name):
                    tasks[name](**given)
            except Exception as error:  # noqa: BLE001  whatever it is, others may do it
                parts.failed(name, error)
            else:
                parts.well(name)

        return run

    return {name: told(name) for name in tasks}
