"""Every digest that is due is made and queued once."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.digest.compose import Digest, SourcesRead, compose
from alerts.digest.corrections import doubtful, said_rows
from alerts.digest.due import CATCH_UP_DAYS, all_served, around, due_dates, instant, is_known
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

    Of several missed days only the newest is made: it holds all that came since. A day that had nothing to tell is not
    looked at again; what is found later goes into a later one. So one query tells whether anything is due, and only
    those are read for whom something may be.
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
    """The digest of a subscriber that is due and may be made, and whether it is made even when empty.

    Of several missed days it is the newest, which holds all that came since; none when that day or a later one had its
    own already, as when the zone was changed. `news`: there may be something to tell.
    """
    if subscriber.confirmed_at is None or not subscriptions:
        return []
    assert subscriber.id is not None
    since, served = subscriber.confirmed_at, subscriber.served_until
    if served <= now:  # else the clock was set back
        since = max(since, served)
    hour, zone = subscriber.digest_at, subscriber.timezone
    newest = due_dates(now, hour, zone, since, ())[-1:]
    if not newest or not (news or post.digest.when_empty == "send"):
        return []
    [day] = newest
    today = now.astimezone(ZoneInfo(zone)).date()
    done = post.records.made_dates(subscriber.id, now.date() - timedelta(days=CATCH_UP_DAYS + 1))
    if any(day <= made <= today for made in done):  # days ahead were made by a clock that was set back since
        return []
    return [(Wanted(subscriber, subscriptions, day, instant(day, hour, zone)), post.digest.when_empty == "send")]


def queue_digest(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime, even_empty: bool) -> DigestOutcome:
    """Compose, record and queue one digest, unless there is nothing to tell or it was made already."""
    if wanted.day in post.records.made_dates(wanted.subscriber.id or 0, wanted.day):
        return "wait"  # its mail may be waiting for a server, and is not to be taken back for none
    post.deliveries.take_back(wanted.subscriber.id or 0)
    news = gather(post, wanted, now)
    if news.is_empty and not even_empty:
        return "wait" if news.moving else "nothing"
    subscriber = wanted.subscriber
    assert subscriber.id is not None
    digest = _digest(wanted, news, sources, now)
    message_id = post.links.message_id(sender_domain(post.mail), "digest", subscriber.id, wanted.day)
    envelope = Envelope(subscriber.email, message_id, now, post.links.unsubscribe(subscriber.id))
    mail, shown = digest_mail(digest, envelope, post.mail, post.links.rest(subscriber.id, wanted.day))
    letter = Letter("digest", subscriber.email, message_id, mail.as_bytes())
    stories = digest.stories + digest.updated
    record = DigestRecord(
        subscriber_id=subscriber.id,
        local_date=wanted.day,
        made_at=now,
        stories=stories,
        rest=rest_of(shown),
        said=said_rows(digest),
    )
    # When it cannot be recorded, somebody else made it, or told one of its stories: that is asked anew.
    return "made" if post.records.record(record, letter, news.first, news.again) else "wait"


def preview(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime) -> Digest:
    """The digest as it would be; nothing is stored."""
    return _digest(wanted, gather(post, wanted, now), sources, now)


def _digest(wanted: Wanted, news: News, sources: SourcesRead, now: datetime) -> Digest:
    searches = [s.query for s in wanted.subscriptions]
    zone = wanted.subscriber.timezone
    language = known_language(wanted.subscriber.language)
    called = headings(wanted.subscriptions, language)
    return compose(wanted.day, zone, searches, news.found, sources, now, wanted.due, news.developed, called, language)
