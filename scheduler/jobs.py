"""What is done again and again, each a function of what it is given: a timetable calls it, and so could a worker.

What is *due* is always a question to the database, so a tick that is missed or comes twice does no harm.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import inf

from sqlalchemy import Engine

from alerts.bounces import Box, Outcome, ReturnPaths, read_bounce, record_bounce
from alerts.channels import Poster, Postings, queue_postings
from alerts.digest import Post, SourcesRead, forget_rests, queue_due_digests
from alerts.locale import worded
from alerts.mail import Deliveries, Links, Mailer, Outbox, deliver
from alerts.matching import LiveSearches, Matches, match_unmatched
from alerts.operator import queue_report
from alerts.people import Members, Passes, Searches
from alerts.settings import MailSettings
from crawler.database import leave_no_trace
from crawler.manners import forget_hosts
from crawler.model import IcewireError
from crawler.store import CLUES_KEPT, Store, forget_clues, forget_entries
from crawler.watch import WINDOW_DAYS, DueSite, Outages, Troubles, Watchlist, due_sites, examine
from scheduler.settings import RetentionSettings

log = logging.getLogger("icewire")


def anything_to_read(watchlist: Watchlist, store: Store, states: Sequence[str], now: datetime) -> bool:
    """Whether a feed, a page or a second look is due."""
    due = watchlist.due_feeds(now, states) or watchlist.due_entries(now, states)
    return bool(due or store.due_rechecks(now, 1, states))


def sites_to_read(watchlist: Watchlist, store: Store, states: Sequence[str], now: datetime) -> list[DueSite]:
    """The sites where a feed, a page or a second look is due, and how many; who waits longest first."""
    return due_sites(watchlist.engine, now, states, store.waiting_rechecks(now, states))


def match(store: Store, searches: LiveSearches, matches: Matches, now: datetime) -> None:
    """Let stories that are new or changed meet the searches; one call at a time."""
    if matches.unmatched(limit=1):
        log.info("matched %d stories: %d matches", *match_unmatched(store, searches, matches, now))


def queue_digests(post: Post, sources: SourcesRead, now: datetime) -> int:
    """Compose and queue the digests that are due; returns how many."""
    made = queue_due_digests(post, sources, now)
    if made:
        log.info("%d %s queued", made, "digest" if made == 1 else "digests")
    return made


def deliver_mail(
    deliveries: Deliveries,
    mailer: Mailer,
    mail: MailSettings,
    clock: Callable[[], datetime],
    where: object,
    most: float = inf,
) -> None:
    """Send what is queued, to the server or folder `where`, so many at most."""
    sent, unsent = deliver(deliveries, mailer, mail, clock, most)
    if sent or unsent:
        log.info("mail: %d sent, %d not (%s)", sent, unsent, where)


def read_bounces(engine: Engine, box: Box, paths: ReturnPaths, domain: str, now: datetime) -> Counter[Outcome]:
    """Read the mails that came back, and record each once; `domain` is that of our Message-IDs."""
    outcomes: Counter[Outcome] = Counter()

    def is_done(raw: bytes) -> bool:
        try:
            outcome = record_bounce(engine, read_bounce(raw), paths, domain, now)
        except (ValueError, LookupError, TypeError, AttributeError):  # no single mail holds up the others
            log.exception("a mail in the box for bounces cannot be read")
            outcome = "strange"
        outcomes[outcome] += 1
        return outcome != "strange"

    try:
        seen = box.look_through(is_done)
    except IcewireError as error:  # it is there again, or its settings are mended, and the next look goes on
        log.error("%s", worded(error))
        return outcomes
    if seen:
        told = (outcomes["recorded"], outcomes["known"], outcomes["strange"])
        log.info("bounces: %d recorded, %d of which nothing follows, %d set aside", *told)
    return outcomes


def post(store: Store, links: Links, poster: Poster, clock: Callable[[], datetime], most_of_an_outlet: int) -> None:
    """Queue what is to be posted to channels, and post what is queued; one call at a time."""
    queue_postings(Postings(store.engine), store, links, clock(), most_of_an_outlet)
    posted, unposted = poster.deliver()
    if posted or unposted:
        log.info("channels: %d posted, %d not", posted, unposted)


def forget(engine: Engine, members: Members, deliveries: Deliveries, keep: RetentionSettings, now: datetime) -> None:
    """Retention: forget what we promised to."""
    members.forget(now - timedelta(days=keep.left_days))
    Searches(engine).forget_changes()
    Passes(engine).forget(now)
    deliveries.forget_texts(now - timedelta(days=keep.mail_days))
    forget_rests(engine, now - timedelta(days=keep.mail_days))
    forget_entries(engine, now - timedelta(days=keep.entry_days))
    forget_clues(engine, now - CLUES_KEPT)
    Troubles(engine).forget(now - timedelta(days=keep.entry_days))
    Outages(engine).forget(now - timedelta(days=keep.entry_days))
    forget_hosts(engine, now - timedelta(days=keep.entry_days))
    leave_no_trace(engine)


def forget_mails(outbox: Outbox, members: Members, operator: str) -> None:
    """The outbox keeps no mail to who is forgotten."""
    outbox.forget_but(lambda: members.addresses() | {operator.strip().lower()})


def health(troubles: Troubles, post: Post, states: Sequence[str], entry_days: float, now: datetime) -> None:
    """Look for sources that fell out of their habit, and tell the operator what is new.

    Entries are forgotten after so many days, and what is forgotten cannot be counted.
    """
    days = min(WINDOW_DAYS, int(entry_days))
    records, known = troubles.records(now, states, days), troubles.known()
    changes = troubles.record((examine(r, known.get(r.source_id, ())) for r in records), now)
    for said in changes.opened:
        log.info("trouble: %s", said)
    for said in changes.over:
        log.info("well again: %s", said)
    if queue_report(post, troubles, now):
        log.info("a mail to the operator about the outlets is queued")
