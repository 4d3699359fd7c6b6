"""The timetable: what the daemon does again and again. What is *due* is always a question to the database."""

import contextlib
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.base import BaseScheduler

from alerts.digest import deliver, queue_due_digests
from alerts.matching import match_unmatched
from alerts.operator import queue_report
from crawler.manners import forget_hosts
from crawler.places import shipped as gazetteer
from crawler.store import CLUES_KEPT, forget_clues, forget_entries
from crawler.watch import WINDOW_DAYS, Troubles, examine
from scheduler.deployment import Deployment

log = logging.getLogger("icewire")

# What this process works with and started. The job store keeps only words, so the daemon leaves its deployment here.
_deployments: dict[str, Deployment] = {}
_matching = threading.Lock()
_mailing = threading.Lock()
_crawls: list[subprocess.Popen[str]] = []


def crawl(deployment: Deployment) -> None:
    """Run a crawl in a process of its own when something is due: Twisted's reactor starts only once in each.

    It stays as long as more becomes due, an hour at most, and prints its counts whenever it has caught up.
    """
    now, states = deployment.clock(), deployment.settings.watch.states
    due = deployment.watchlist.due_feeds(now, states) or deployment.watchlist.due_entries(now, states)
    if not (due or deployment.store.due_rechecks(now, 1, states)):
        return
    config = ["--config", str(deployment.config)] if deployment.config else []
    command = [sys.executable, "-m", "scheduler.cli", *config, "crawl", "--json", "--while-stdin-open"]
    command += ["--every", str(deployment.settings.schedule.crawl_seconds)]
    child = subprocess.Popen(  # noqa: S603  our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    _crawls.append(child)
    try:
        assert child.stdout is not None
        for line in child.stdout:  # not communicate(), which would close its stdin
            _report(json.loads(line))
        if status := child.wait():
            log.error("the crawl ended with status %d; what is due stays due", status)
    finally:
        _crawls.remove(child)


def match(deployment: Deployment) -> None:
    """Let stories that are new or changed meet the searches."""
    with _matching:  # the digest's tick matches, too
        if not deployment.register.unmatched(limit=1):
            return
        stories, matches = match_unmatched(deployment.store, deployment.register, gazetteer(), deployment.clock())
    log.info("matched %d stories: %d matches", stories, matches)


def digest(deployment: Deployment) -> None:
    """Compose and queue the digests that are due, after matching what is left."""
    match(deployment)
    made = queue_due_digests(deployment.post, deployment.sources_read(), deployment.clock())
    if made:
        log.info("%d %s queued", made, "digest" if made == 1 else "digests")
        deliver_mail(deployment)


def deliver_mail(deployment: Deployment) -> None:
    """Send what is queued."""
    with _mailing:  # the digest's tick sends, too
        sent, unsent = deliver(deployment.register, deployment.mailer, deployment.settings.mail, deployment.clock)
    if sent or unsent:
        where = deployment.settings.mail.smtp_host or deployment.settings.outbox
        log.info("mail: %d sent, %d not (%s)", sent, unsent, where)


def forget(deployment: Deployment) -> None:
    """Retention: forget what we promised to."""
    now, keep = deployment.clock(), deployment.settings.retention
    deployment.register.forget(now - timedelta(days=keep.left_days), now - timedelta(days=keep.mail_days))
    forget_entries(deployment.engine, now - timedelta(days=keep.entry_days))
    forget_clues(deployment.engine, now - CLUES_KEPT)
    Troubles(deployment.engine).forget(now - timedelta(days=keep.entry_days))
    forget_hosts(deployment.engine, now - timedelta(days=keep.entry_days))


def health(deployment: Deployment) -> None:
    """Look for sources that fell out of their habit, and tell the operator what is new."""
    now, settings = deployment.clock(), deployment.settings
    troubles = Troubles(deployment.engine)
    days = min(WINDOW_DAYS, int(settings.retention.entry_days))  # what is forgotten cannot be counted
    records, known = troubles.records(now, settings.watch.states, days), troubles.known()
    changes = troubles.record((examine(r, known.get(r.source_id, ())) for r in records), now)
    for said in changes.opened:
        log.info("trouble: %s", said)
    for said in changes.over:
        log.info("well again: %s", said)
    if queue_report(deployment.post, troubles, now):
        log.info("a mail to the operator about the outlets is queued")


JOBS: dict[str, Callable[[Deployment], None]] = {
    "crawl": crawl,
    "match": match,
    "digest": digest,
    "deliver": deliver_mail,
    "forget": forget,
    "health": health,
}


def run(name: str, config: str) -> None:
    """One tick; this is what the persistent job store names, so the arguments are plain words and no secrets."""
    try:
        JOBS[name](_deployments[config])
    except Exception:
        # The next tick tries again: what was not done is still due. But nobody may have to guess why.
        log.exception("%s failed", name)


def schedule(scheduler: BaseScheduler, deployment: Deployment) -> None:
    """Put the timetable into the scheduler's store, with today's intervals."""
    every, config = deployment.settings.schedule, str(deployment.config or "")
    _deployments[config] = deployment
    seconds = {
        "crawl": every.crawl_seconds,
        "match": every.match_seconds,
        "digest": every.digest_seconds,
        "deliver": every.deliver_seconds,
        "forget": every.retention_hours * 3600,
        "health": every.health_hours * 3600,
    }
    for name, interval in seconds.items():
        scheduler.add_job(
            run,
            "interval",
            seconds=interval,
            id=name,
            args=[name, config],
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )


def end_crawls(patience: float) -> None:
    """Ask the running crawls to end, and after so many seconds end them; what they stored stays."""
    for child in tuple(_crawls):
        child.terminate()
    for child in tuple(_crawls):
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(1)


def _report(counts: dict[str, int]) -> None:
    log.info(
        "crawl: feeds read %d, failing %d; new entries %d; pages read %d: new stories %d, articles %d, changed %d, "
        "off topic %d, to try again %d",
        counts.get("feeds_read", 0),
        counts.get("feeds_failed", 0),
        counts.get("entries_new", 0),
        counts.get("pages_read", 0),
        counts.get("stories", 0),
        counts.get("articles", 0),
        counts.get("revisions", 0),
        counts.get("off_topic", 0),
        counts.get("failed", 0),
    )
