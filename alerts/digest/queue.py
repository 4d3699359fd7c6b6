"""Every digest that is due is made and queued once."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.digest.bursts import drop_paused, due_bursts
from alerts.digest.cadence import due_digest
from alerts.digest.compose import Digest, SourcesRead, compose, stands_for
from alerts.digest.corrections import doubtful, said_rows
from alerts.digest.due import CATCH_UP_DAYS, all_served, around, is_known
from alerts.digest.gather import News, Wanted, gather
from alerts.digest.headings import headings
from alerts.digest.post import Post
from alerts.digest.render import digest_mail
from alerts.digest.rest import rest_of
from alerts.locale import known_language
from alerts.mail import Envelope, Letter, sender_domain
from alerts.matching import follow_stories
from alerts.people import DigestRecord, Hour, Subscriber, Subscription

log = logging.getLogger(__name__)

_AT_A_TIME = 200  # subscribers that are read and marked as served together

DigestOutcome = Literal["made", "nothing", "wait"]  # wait: something is to be told that only the next attempt can


def queue_due_digests(post: Post, sources: SourcesRead, now: datetime) -> int:
    """Compose, record and queue every digest that is due; returns how many.

    Of several missed days one is made, which stands for all and holds all that came since. A day that had nothing to
    tell is not looked at again; what is found later goes into a later one. So one query tells whether anything is due,
    and only those are read for whom something may be.
    """
    made = 0
    for hour in post.members.hours():
        if not is_known(hour.timezone):  # nobody else waits for it
            log.error("no digest can be made at %s %s: the time zone is not known here", hour.digest_at, hour.timezone)
            continue
        last, coming = around(now, hour.digest_at, hour.timezone)
        if not all_served(hour.least, hour.most, last, coming):
            waiting = post.members.unserved(hour, last, coming)
            for start in range(0, len(waiting), _AT_A_TIME):
                made += _serve(post, hour, waiting[start : start + _AT_A_TIME], sources, now)
    return made + _tell_at_once(post, sources, now)


def _tell_at_once(post: Post, sources: SourcesRead, now: datetime) -> int:
    """Make the mails of searches that do not wait for a day's digest; returns how many."""
    made = 0
    for wanted in due_bursts(post, now):
        try:
            made += queue_digest(post, wanted, sources, now, even_empty=False) == "made"
        except Exception:  # as in a day's digest
            log.exception("the mail of subscriber %s cannot be made", wanted.subscriber.id)
    return made


def _serve(post: Post, hour: Hour, subscriber_ids: Sequence[int], sources: SourcesRead, now: datetime) -> int:
    """Make what is due for these, and record for whom nothing is left to make; returns how many digests."""
    made, served = 0, []
    follow_stories(post.matches.engine)
    news = post.matches.have_news(subscriber_ids)
    for subscriber, searches in post.members.confirmed(subscriber_ids):
        subscriptions = [search for search in searches if search.channel_id is None]
        try:
            has_news = subscriber.id in news or _owes_correction(post, subscriber, now)
            due = _due(post, subscriber, subscriptions, has_news, now)
            if due:
                drop_paused(post, subscriber, now)
            outcomes = [queue_digest(post, wanted, sources, now, even_empty) for wanted, even_empty in due]
        except Exception:  # one digest that cannot be made must not stop the others
            log.exception("the digest of subscriber %s cannot be made", subscriber.id)
            continue
        made += outcomes.count("made")
        if "wait" not in outcomes and subscriber.id is not None:
            served.append(subscriber.id)
    post.members.record_served(served, hour.digest_at, hour.timezone, now)
    return made


def _owes_correction(post: Post, subscriber: Subscriber, now: datetime) -> bool:
    """Whether a digest that would be empty may have something to put right; one that is sent anyhow looks itself."""
    return post.digest.when_empty == "skip" and bool(doubtful(post.matches.engine, subscriber.id or 0, now))


def _due(
    post: Post, subscriber: Subscriber, subscriptions: Sequence[Subscription], news: bool, now: datetime
) -> list[tuple[Wanted, bool]]:
    """The digest of a subscriber that is due and may be made, if any, and whether it is made even when empty.

    `news`: there may be something to tell.
    """
    if subscriber.confirmed_at is None or not subscriptions:
        return []
    assert subscriber.id is not None
    made = post.records.made(subscriber.id, now.date() - timedelta(days=CATCH_UP_DAYS + 1))
    due = due_digest(subscriber, subscriptions, made, now)
    if due is None:
        return []
    even_empty = due.may_be_empty and post.digest.when_empty == "send"
    if not news and not even_empty:
        return []
    first = due.span.first if due.missed else _paused_day(subscriber) if due.paused else None
    wanted = Wanted(
        subscriber,
        subscriptions,
        due.span.last,
        due.at,
        first,
        due.paused,
        held=due.held,
        held_until=due.held_until,
        instead_of=due.instead_of,
    )
    return [(wanted, even_empty)]


def _paused_day(subscriber: Subscriber) -> date | None:
    """The first local date without a digest in a pause whose findings are told; None when they are not."""
    assert subscriber.paused_at is not None
    if subscriber.pause_drops:
        return None
    _, coming = around(subscriber.paused_at, subscriber.digest_at, subscriber.timezone)
    return coming.astimezone(ZoneInfo(subscriber.timezone)).date()


def queue_digest(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime, even_empty: bool) -> DigestOutcome:
    """Compose, record and queue one digest, unless there is nothing to tell or it was made already."""
    if _is_made(post, wanted):
        return "wait"  # its mail may be waiting for a server, and is not to be taken back for none
    post.deliveries.take_back(wanted.subscriber.id or 0, wanted.cadence)
    news = gather(post, wanted, now)
    if news.is_empty and not even_empty:
        return "wait" if news.moving else "nothing"
    subscriber = wanted.subscriber
    assert subscriber.id is not None
    digest = _digest(post, wanted, news, sources, now)
    message_id = post.links.message_id(
        sender_domain(post.mail), "digest", subscriber.id, wanted.day, wanted.cadence, now
    )
    envelope = Envelope(subscriber.email, message_id, now, post.links.unsubscribe(subscriber.id))
    mail, shown = digest_mail(digest, envelope, post.mail, post.links.rest(subscriber.id, wanted.day, wanted.cadence))
    letter = Letter("digest", subscriber.email, message_id, mail)
    stories = digest.stories + digest.updated
    record = DigestRecord(
        subscriber_id=subscriber.id,
        local_date=wanted.day,
        cadence=wanted.cadence,
        made_at=now,
        stories=stories,
        rest=rest_of(shown),
        said=said_rows(digest),
    )
    # When it cannot be recorded, somebody else made it, or told one of its stories: that is asked anew.
    return "made" if post.records.record(record, letter, news.first, news.again, wanted.instead_of) else "wait"


def _is_made(post: Post, wanted: Wanted) -> bool:
    """Whether the digest of that day was made; a mail that comes at once has a number that no other has."""
    if wanted.cadence != "daily" or wanted.instead_of is not None:
        return False
    return wanted.day in post.records.made_dates(wanted.subscriber.id or 0, wanted.day)


def preview(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime) -> Digest:
    """The digest as it would be; nothing is stored."""
    return _digest(post, wanted, gather(post, wanted, now), sources, now)


def _digest(post: Post, wanted: Wanted, news: News, sources: SourcesRead, now: datetime) -> Digest:
    told = {story.search for story in (*news.found, *news.developed)}
    # Of a story that is followed, or a search whose day it is not, only what there is to tell: not that it is nothing.
    quiet = {s.query for s in wanted.subscriptions if s.story_id is not None or s.id in wanted.held}
    searches = [s.query for s in wanted.subscriptions if s.query in told or s.query not in quiet]
    zone = wanted.subscriber.timezone
    language = known_language(wanted.subscriber.language)
    called = headings(wanted.subscriptions, language)
    most = post.digest.most_of_an_outlet
    digest = compose(
        wanted.day, zone, searches, news.found, sources, now, wanted.due, news.developed, called, language, most
    )
    if wanted.first is None:
        return digest
    stands = stands_for(wanted.first, wanted.day, wanted.paused, language)
    return replace(digest, late=f"{stands} {digest.late}".strip())
