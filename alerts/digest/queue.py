"""Every digest that is due is made and queued once."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError

from alerts.digest.bursts import drop_paused, due_bursts
from alerts.digest.cadence import Made, due_digest
from alerts.digest.compose import Digest, SourcesRead, compose, stands_for
from alerts.digest.corrections import doubtful, said_rows
from alerts.digest.due import CATCH_UP_DAYS, all_served, around, is_known
from alerts.digest.gather import News, Wanted, gather
from alerts.digest.headings import headings
from alerts.digest.pieces import Pieces
from alerts.digest.post import Post
from alerts.digest.records import MadeDigest
from alerts.digest.render import digest_mail
from alerts.digest.rest import rest_of
from alerts.locale import known_language
from alerts.mail import Envelope, Letter, sender_domain
from alerts.matching import follow_stories
from alerts.people import DigestRecord, Hour, Rounds, Subscriber, Subscription

log = logging.getLogger(__name__)

_AT_A_TIME = 200  # subscribers that are read and marked as served together

DigestOutcome = Literal["made", "nothing", "wait"]  # wait: something is to be told that only the next attempt can


def queue_due_digests(post: Post, sources: SourcesRead, now: datetime) -> int:
    """Compose, record and queue every digest that is due; returns how many.

    Of several missed days one is made, which stands for all and holds all that came since. A day that had nothing to
    tell is not looked at again; what is found later goes into a later one. So one query tells whether anything is due,
    and only those are read for whom something may be.
    """
    made, pieces = 0, Pieces(post.mail)
    for hour, waiting in unserved(post, now):
        for start in range(0, len(waiting), _AT_A_TIME):
            made += _serve(post, hour, waiting[start : start + _AT_A_TIME], sources, now, pieces)
    return made + queue_bursts(post, sources, now)


def unserved(post: Post, now: datetime) -> Iterator[tuple[Hour, list[int]]]:
    """For whom a digest may be due: the subscribers by their hour."""
    rounds = Rounds(post.members.engine)
    for hour in rounds.hours():
        if not is_known(hour.timezone):  # nobody else waits for it
            log.error("no digest can be made at %s %s: the time zone is not known here", hour.digest_at, hour.timezone)
            continue
        last, coming = around(now, hour.digest_at, hour.timezone)
        if not all_served(hour.least, hour.most, last, coming) and (waiting := rounds.unserved(hour, last, coming)):
            yield hour, waiting


def queue_digests_of(post: Post, hour: Hour, subscriber_ids: Sequence[int], sources: SourcesRead, now: datetime) -> int:
    """Make what is due for these people of one hour; returns how many digests. Who is served already gets none."""
    return _serve(post, hour, subscriber_ids, sources, now, Pieces(post.mail))


def queue_bursts(post: Post, sources: SourcesRead, now: datetime) -> int:
    """Make the mails of searches that do not wait for a day's digest; returns how many."""
    made = 0
    for wanted in due_bursts(post, now):
        try:
            made += queue_digest(post, wanted, sources, now, even_empty=False) == "made"
        except Exception:  # as in a day's digest
            log.exception("the mail of subscriber %s cannot be made", wanted.subscriber.id)
    return made


def _serve(
    post: Post, hour: Hour, subscriber_ids: Sequence[int], sources: SourcesRead, now: datetime, pieces: Pieces
) -> int:
    """Make what is due for these, and record for whom nothing is left to make; returns how many digests.

    One digest that cannot be made must not stop the others: then each half of them is made by itself. A database that
    is full, locked or gone is nobody's digest, and ends the tick.
    """
    try:
        return _serve_together(post, hour, subscriber_ids, sources, now, pieces)
    except OperationalError:
        raise
    except Exception:
        if len(subscriber_ids) == 1:
            log.exception("the digest of subscriber %s cannot be made", subscriber_ids[0])
            return 0
    middle = len(subscriber_ids) // 2
    halves = subscriber_ids[:middle], subscriber_ids[middle:]
    return sum(_serve(post, hour, half, sources, now, pieces) for half in halves)


def _serve_together(
    post: Post, hour: Hour, subscriber_ids: Sequence[int], sources: SourcesRead, now: datetime, pieces: Pieces
) -> int:
    follow_stories(post.matches.engine)
    news = post.matches.have_news(subscriber_ids) | _owed_corrections(post, subscriber_ids, now)
    known = post.records.made(subscriber_ids, now.date() - timedelta(days=CATCH_UP_DAYS + 1))
    members = post.members.confirmed(subscriber_ids)
    due = []
    for subscriber, searches in members:
        mailed = [search for search in searches if search.channel_id is None]
        number = subscriber.id or 0
        if one := _due(post, subscriber, mailed, known.get(number, []), number in news, now):
            drop_paused(post, subscriber, now)
            due.append(one)
    outcomes = queue_digests(post, due, sources, now, pieces)
    wait = {wanted.subscriber.id for (wanted, _), outcome in zip(due, outcomes, strict=True) if outcome == "wait"}
    served = [person.id for person, _ in members if person.id is not None and person.id not in wait]
    Rounds(post.members.engine).record_served(served, hour.digest_at, hour.timezone, now)
    return outcomes.count("made")


def _owed_corrections(post: Post, subscriber_ids: Sequence[int], now: datetime) -> set[int]:
    """Those whose empty digest may have something to put right; one that is sent anyhow looks itself."""
    return set(doubtful(post.matches.engine, subscriber_ids, now)) if post.digest.when_empty == "skip" else set()


def _due(
    post: Post,
    subscriber: Subscriber,
    subscriptions: Sequence[Subscription],
    made: Sequence[Made],
    news: bool,
    now: datetime,
) -> tuple[Wanted, bool] | None:
    """The digest of a subscriber that is due and may be made, if any, and whether it is made even when empty.

    `made`: those of the last days; `news`: there may be something to tell.
    """
    if subscriber.confirmed_at is None or not subscriptions:
        return None
    due = due_digest(subscriber, subscriptions, made, now)
    if due is None:
        return None
    even_empty = due.may_be_empty and post.digest.when_empty == "send"
    if not news and not even_empty:
        return None
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
    return wanted, even_empty


def _paused_day(subscriber: Subscriber) -> date | None:
    """The first local date without a digest in a pause whose findings are told; None when they are not."""
    assert subscriber.paused_at is not None
    if subscriber.pause_drops:
        return None
    _, coming = around(subscriber.paused_at, subscriber.digest_at, subscriber.timezone)
    return coming.astimezone(ZoneInfo(subscriber.timezone)).date()


def queue_digest(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime, even_empty: bool) -> DigestOutcome:
    """Compose, record and queue one digest, unless there is nothing to tell or it was made already."""
    return queue_digests(post, [(wanted, even_empty)], sources, now, Pieces(post.mail))[0]


def queue_digests(
    post: Post, asked: Sequence[tuple[Wanted, bool]], sources: SourcesRead, now: datetime, pieces: Pieces
) -> list[DigestOutcome]:
    """The same for many at once, each of another subscriber, with whether it is made even when there is nothing."""
    made_already = _made_already(post, [wanted for wanted, _ in asked])
    # Its mail may be waiting for a server, and is not to be taken back for none.
    outcomes: list[DigestOutcome] = ["wait"] * len(asked)
    open_ = [(n, *one) for n, one in enumerate(asked) if one[0].subscriber.id not in made_already]
    waiting = post.records.waiting([wanted.subscriber.id or 0 for _, wanted, _ in open_])
    for _, wanted, _ in open_:
        if wanted.subscriber.id in waiting:
            post.deliveries.take_back(wanted.subscriber.id or 0, wanted.cadence)
    made: dict[int, MadeDigest] = {}
    for (n, wanted, even_empty), news in zip(open_, gather(post, [wanted for _, wanted, _ in open_], now), strict=True):
        if not news.is_empty or even_empty:
            made[n] = made_digest(post, wanted, news, sources, now, pieces)
        elif not news.moving:
            outcomes[n] = "nothing"
    # When one cannot be recorded, somebody else made it, or told one of its stories: that is asked anew.
    for n, recorded in zip(made, post.records.record(list(made.values())), strict=True):
        outcomes[n] = "made" if recorded else "wait"
    return outcomes


def made_digest(
    post: Post, wanted: Wanted, news: News, sources: SourcesRead, now: datetime, pieces: Pieces
) -> MadeDigest:
    """A digest, ready to be recorded with its mail."""
    subscriber, digest = wanted.subscriber, _digest(post, wanted, news, sources, now)
    assert subscriber.id is not None
    message_id = post.links.message_id(
        sender_domain(post.mail), "digest", subscriber.id, wanted.day, wanted.cadence, now
    )
    links = post.links.unsubscribe(subscriber.id), post.links.manage(subscriber.id)
    envelope = Envelope(subscriber.email, message_id, now, *links)
    rest_url = post.links.rest(subscriber.id, wanted.day, wanted.cadence)
    mail, shown = digest_mail(digest, envelope, post.mail, rest_url, pieces)
    record = DigestRecord(
        subscriber_id=subscriber.id,
        local_date=wanted.day,
        cadence=wanted.cadence,
        made_at=now,
        stories=digest.stories + digest.updated,
        rest=rest_of(shown),
        said=said_rows(digest),
    )
    letter = Letter("digest", subscriber.email, message_id, mail)
    return MadeDigest(record, letter, news.first, news.again, wanted.instead_of)


def _made_already(post: Post, asked: Sequence[Wanted]) -> set[int]:
    """Whose digest of that day was made; a mail that comes at once has a number that no other has."""
    days = {one.subscriber.id or 0: one.day for one in asked if one.cadence == "daily" and one.instead_of is None}
    if not days:
        return set()
    made = post.records.made(list(days), min(days.values()))
    return {person for person, those in made.items() if any(one.day == days[person] for one in those)}


def preview(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime) -> Digest:
    """The digest as it would be; nothing is stored."""
    return _digest(post, wanted, gather(post, [wanted], now)[0], sources, now)


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
