"""Due, compose, queue, deliver, record: the last hop, as two functions that can be stopped anywhere."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from alerts.digest.compose import Development, Digest, Found, SourcesRead, compose
from alerts.digest.due import CATCH_UP_DAYS, all_served, around, due_dates, moment
from alerts.digest.render import digest_message
from alerts.mail import Envelope, Links, MailDelayed, Mailer, MailRefused, confirm_message, sender_domain
from alerts.matching import follow_stories
from alerts.people import DigestRecord, Hour, Letter, Match, Register, Subscriber, Subscription
from alerts.settings import DigestSettings, MailSettings
from crawler.changes import says
from crawler.store import Store, StoryView
from crawler.watch import FeedHealth

log = logging.getLogger(__name__)

_AT_A_TIME = 200  # subscribers that are read and marked as served together
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))

Outcome = Literal["made", "nothing", "wait"]  # wait: something is to be told that only the next attempt can


@dataclass(frozen=True, slots=True)
class Post:
    """What sending works with."""

    register: Register
    store: Store
    links: Links
    mail: MailSettings
    digest: DigestSettings


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose digest, of which local date, and when it is due; a digest without a hour (None) holds all until now."""

    subscriber: Subscriber
    subscriptions: Sequence[Subscription]
    day: date
    due: datetime | None = None


def sources_read(feeds: Sequence[FeedHealth]) -> SourcesRead:
    """How complete the reading was: a source counts as unread when none of its feeds could be read."""
    names = {f.source.id: f.source.name for f in feeds}
    states: dict[str, set[str]] = {}
    for f in feeds:
        states.setdefault(f.source.id, set()).add("read" if f.read else f.state)
    said = {f.source.id: f.said for f in feeds if f.unread}
    unread = tuple((names[i], said[i]) for i, seen in states.items() if "read" not in seen and i in said)
    return SourcesRead(len(names), unread, sum(seen == {"not read yet"} for seen in states.values()))


def queue_due_digests(post: Post, sources: SourcesRead, now: datetime) -> int:
    """Compose, record and queue every digest that is due; returns how many.

    Of several missed days only the newest is made even when empty: an old empty one tells nobody anything. A day that
    had nothing to tell is not looked at again; what is found later goes into a later one. So one query tells whether
    anything is due, and only those are read for whom something may be.
    """
    made = 0
    for hour in post.register.hours():
        try:
            last, coming = around(now, hour.digest_at, hour.timezone)
        except Exception:  # a time zone that is known no more must not stop the others
            log.exception("no digest can be made at %s %s", hour.digest_at, hour.timezone)
            continue
        if not all_served(hour.least, hour.most, last, coming):
            waiting = post.register.unserved(hour, last, coming)
            for start in range(0, len(waiting), _AT_A_TIME):
                made += _serve(post, hour, waiting[start : start + _AT_A_TIME], sources, now)
    return made


def _serve(post: Post, hour: Hour, subscriber_ids: Sequence[int], sources: SourcesRead, now: datetime) -> int:
    """Make what is due for these, and record for whom nothing is left to make; returns how many digests."""
    made, served = 0, []
    follow_stories(post.register.engine)
    news = post.register.have_news(subscriber_ids)
    for subscriber, subscriptions in post.register.confirmed(subscriber_ids):
        try:
            due = _due(post, subscriber, subscriptions, subscriber.id in news, now)
            outcomes = [queue_digest(post, wanted, sources, now, even_empty) for wanted, even_empty in due]
        except Exception:  # one digest that cannot be made must not stop the others
            log.exception("the digest of subscriber %s cannot be made", subscriber.id)
            continue
        made += outcomes.count("made")
        if "wait" not in outcomes and subscriber.id is not None:
            served.append(subscriber.id)
    post.register.record_served(served, hour.digest_at, hour.timezone, now)
    return made


def _due(
    post: Post, subscriber: Subscriber, subscriptions: Sequence[Subscription], news: bool, now: datetime
) -> list[tuple[Wanted, bool]]:
    """The digests of a subscriber that are due and may be made, and whether each is made even when empty.

    `news`: there may be something to tell in one of them.
    """
    if subscriber.confirmed_at is None or not subscriptions:
        return []
    assert subscriber.id is not None
    since, served = subscriber.confirmed_at, subscriber.served_until
    if served <= now:  # else the clock was set back
        since = max(since, served)
    hour, zone = subscriber.digest_at, subscriber.timezone
    days = due_dates(now, hour, zone, since, ())
    newest = days[-1:] if post.digest.when_empty == "send" else []
    days = days if news else newest
    done = post.register.made_dates(subscriber.id, now.date() - timedelta(days=CATCH_UP_DAYS + 1)) if days else ()
    wanted = [Wanted(subscriber, subscriptions, day, moment(day, hour, zone)) for day in days if day not in done]
    return [(one, one.day in newest) for one in wanted]


def queue_digest(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime, even_empty: bool) -> Outcome:
    """Compose, record and queue one digest, unless there is nothing to tell or it was made already."""
    news = _news(post, wanted, now)
    if not news.first and not news.again and not even_empty:
        return "wait" if news.moving else "nothing"
    subscriber = wanted.subscriber
    assert subscriber.id is not None
    digest = _digest(wanted, news, sources, now)
    message_id = post.links.message_id(sender_domain(post.mail), "digest", subscriber.id, wanted.day)
    envelope = Envelope(subscriber.email, message_id, now, post.links.unsubscribe(subscriber.id))
    letter = Letter("digest", subscriber.email, message_id, digest_message(digest, envelope, post.mail).as_bytes())
    stories = digest.stories + len(digest.updates)
    record = DigestRecord(subscriber_id=subscriber.id, local_date=wanted.day, made_at=now, stories=stories)
    # When it cannot be recorded, somebody else made it, or told one of its stories: that is asked anew.
    return "made" if post.register.record_digest(record, letter, news.first, news.again) else "wait"


def preview(post: Post, wanted: Wanted, sources: SourcesRead, now: datetime) -> Digest:
    """The digest as it would be; nothing is stored."""
    return _digest(wanted, _news(post, wanted, now), sources, now)


@dataclass(frozen=True, slots=True)
class _News:
    """What a digest tells, and of which matches: by match, the story's `developed_at` as it was read for this."""

    found: Sequence[Found]
    developed: Sequence[Found]
    first: Mapping[int, datetime | None]
    again: Mapping[int, datetime]
    moving: bool  # a story was merged while this was read


def _news(post: Post, wanted: Wanted, now: datetime) -> _News:
    """What is to be told. A development that no report says any more is not.

    A story that was merged while this was read waits for its matches to follow it.
    """
    follow_stories(post.register.engine)
    subscriber_id, until = wanted.subscriber.id or 0, wanted.due or now
    pending = post.register.pending_matches(subscriber_id, until)
    developed = post.register.developed_matches(subscriber_id, until)
    views = {v.story.id: v for v in post.store.views(m.story_id for m, _ in [*pending, *developed])}
    seen = {story_id: view.story.developed_at for story_id, view in views.items()}
    retold = [(m, s) for m, s in developed if seen.get(m.story_id) and views[m.story_id].developed_by]
    return _News(
        [_found(m, s, views[m.story_id]) for m, s in pending if m.story_id in views],
        [replace(_found(m, s, view := views[m.story_id]), told_title=_told_title(post, m, view)) for m, s in retold],
        {m.id: seen[m.story_id] for m, _ in pending if m.id is not None and m.story_id in views},
        {m.id: moment for m, _ in retold if m.id is not None and (moment := seen[m.story_id])},
        any(m.story_id not in views for m, _ in [*pending, *developed]),
    )


def _digest(wanted: Wanted, news: _News, sources: SourcesRead, now: datetime) -> Digest:
    searches = [s.query for s in wanted.subscriptions]
    zone = wanted.subscriber.timezone
    return compose(wanted.day, zone, searches, news.found, sources, now, wanted.due, news.developed)


def _development(view: StoryView) -> Development | None:
    """What happened last, with the report that says it; of an outlet that is not to be quoted, its headline."""
    report = view.developed_by
    if report is None:
        return None
    article = report.article
    reported_at = max(filter(None, (article.published_at, article.modified_at)), default=view.story.developed_at)
    quotable = not (report.source.headline_only or article.opt_out) or says(view.story.development, article.title, "")
    return Development(
        line=view.story.development if quotable else article.title,
        url=article.link,
        outlet=report.source.name,
        reported_at=reported_at,
        language=article.language,
        paywalled=article.paywalled,
        day_only=article.day_only and reported_at == article.published_at,
    )


def _told_title(post: Post, match: Match, view: StoryView) -> str:
    """The headline that stood over the story when it was matched; "" when it still does."""
    later = [r for r in post.store.revisions(view.lead.article.id or 0) if r.replaced_at > match.matched_at]
    return later[0].title if later else ""


def _found(match: Match, subscription: Subscription, view: StoryView) -> Found:
    lead = view.lead
    matched = next((r for r in view.reports if r.article.id == match.article_id), lead)
    return Found(
        story_id=match.story_id,
        search=subscription.query,
        terms=tuple(match.terms),
        window=match.window,
        window_from=matched.source.name if matched is not lead else "",
        title=lead.article.title,
        url=lead.article.link,
        outlet=lead.source.name,
        published_at=lead.article.published_at,
        day_only=lead.article.day_only,
        place=view.place,
        kind=lead.verdict.kind,
        language=lead.article.language,
        wire=lead.article.wire,
        paywalled=lead.article.paywalled,
        newsrooms=view.newsrooms,
        copies=view.copies,
        development=_development(view),
    )


def queue_confirmation(post: Post, subscriber: Subscriber, subscription: Subscription, now: datetime) -> None:
    """Ask the owner of an address whether they want this."""
    assert subscriber.id is not None
    message_id = post.links.message_id(sender_domain(post.mail), "confirm", subscriber.id, now.isoformat())
    envelope = Envelope(subscriber.email, message_id, now)
    message = confirm_message(subscription.query, post.links.confirm(subscriber.id), envelope, post.mail)
    post.register.queue(Letter("confirm", subscriber.email, message_id, message.as_bytes()), subscriber.id, now)


def held_back(mail: MailSettings, recipient: str) -> str:
    """Why a mail may not leave yet: the law wants a postal address, a reader a person to reach. "" = it may."""
    if not mail.smtp_host or (mail.postal_address and mail.contact):
        return ""
    if mail.operator and recipient == mail.operator.strip().lower():
        return ""
    return "held back: set mail.postal_address and mail.contact before mail goes to anybody but the operator"


def deliver(register: Register, mailer: Mailer, mail: MailSettings, clock: Callable[[], datetime]) -> tuple[int, int]:
    """Send what is queued; returns (sent, not sent). A mail keeps its bytes and its Message-ID over every retry.

    Each mail is claimed at its own moment: in a long batch the last ones must not look abandoned when they are begun.
    """
    sent = unsent = 0
    done: list[int] = []  # each is tried once a batch
    while delivery := register.claim_delivery(clock(), done):
        assert delivery.id is not None
        done.append(delivery.id)
        reason = held_back(mail, delivery.recipient)
        if reason:
            register.record_held(delivery.id, reason, clock() + timedelta(minutes=15))
            continue
        try:
            mailer.send(delivery.recipient, delivery.message)
        except MailRefused as error:
            register.record_unsent(delivery.id, str(error), None)
            unsent += 1
        except MailDelayed as error:
            wait = RETRY_AFTER[delivery.attempts - 1] if delivery.attempts <= len(RETRY_AFTER) else None
            register.record_unsent(delivery.id, str(error), clock() + wait if wait else None)
            log.warning("mail %s: %s", delivery.message_id, error)
            unsent += 1
        else:
            register.record_sent(delivery.id, clock())
            sent += 1
    return sent, unsent
