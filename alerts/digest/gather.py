"""What a digest has to tell: the stories that were met or developed, and how complete the reading was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from alerts.digest.compose import Development, MatchedStory, SourcesRead
from alerts.digest.post import Post
from alerts.locale import in_words
from alerts.matching import follow_stories
from alerts.people import Match, Subscriber, Subscription
from crawler.model import inner
from crawler.store import StoryView

if TYPE_CHECKING:
    from crawler.model import Outage
    from crawler.watch import FeedHealth

LONG = timedelta(hours=1)  # what is over sooner costs nothing: feeds show their items for longer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose digest, of which local date, and when it is due; a digest without a hour (None) holds all until now.

    `first`: the earliest local date that it stands for as well, as those were missed, or fell into a pause.
    """

    subscriber: Subscriber
    subscriptions: Sequence[Subscription]
    day: date
    due: datetime | None = None
    first: date | None = None
    paused: bool = False
    cadence: str = "daily"  # as in DigestRecord
    instead_of: int | None = None  # the digest of that day which a clock that ran ahead had made


@dataclass(frozen=True, slots=True)
class News:
    """What a digest tells, and of which matches: by match, the story's `developed_at` as it was read for this."""

    found: Sequence[MatchedStory]
    developed: Sequence[MatchedStory]
    first: Mapping[int, datetime | None]
    again: Mapping[int, datetime]
    moving: bool  # a story was merged while this was read


def gather(post: Post, wanted: Wanted, now: datetime) -> News:
    """What is to be told: of a story only its news. A development that no report says any more is not.

    A story that was merged while this was read waits for its matches to follow it.
    """
    follow_stories(post.matches.engine)
    subscriber_id, until = wanted.subscriber.id or 0, wanted.due or now
    searches = [one.id for one in wanted.subscriptions if one.id is not None]
    pending = post.matches.pending_matches(subscriber_id, until, now, searches)
    developed = post.matches.developed_matches(subscriber_id, until, now, searches)
    read = {v.story.id: v for v in post.store.views(m.story_id for m, _ in [*pending, *developed])}
    views = {story_id: news for story_id, view in read.items() if (news := view.news)}
    seen = {story_id: view.story.developed_at for story_id, view in views.items()}
    retold = [(m, s) for m, s in developed if seen.get(m.story_id) and views[m.story_id].developed_by]
    return News(
        [_found(m, s, views[m.story_id]) for m, s in pending if m.story_id in views],
        [replace(_found(m, s, view := views[m.story_id]), told_title=_told_title(post, m, view)) for m, s in retold],
        {m.id: seen[m.story_id] for m, _ in pending if m.id is not None and m.story_id in views},
        {m.id: moment for m, _ in retold if m.id is not None and (moment := seen[m.story_id])},
        any(m.story_id not in read for m, _ in [*pending, *developed]),
    )


def _found(match: Match, subscription: Subscription, view: StoryView) -> MatchedStory:
    lead = view.lead
    matched = next((r for r in view.reports if r.article.id == match.article_id), lead)
    return MatchedStory(
        story_id=match.story_id,
        search=subscription.query,
        terms=tuple(in_words(why) for term in match.terms if (why := inner(term))),
        window=match.window,
        window_from=matched.source.name if matched is not lead else "",
        window_language=matched.article.language,
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


def _development(view: StoryView) -> Development | None:
    """What happened last, with the report that says it; of an outlet that is not to be quoted, its headline."""
    report = view.developed_by
    if report is None:
        return None
    from crawler.changes import says  # few stories develop

    article = report.article
    reported_at = max(filter(None, (article.published_at, article.modified_at)), default=view.story.developed_at)
    quotable = report.quotable or says(view.story.development, article.title, "")
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


def sources_read(feeds: "Sequence[FeedHealth]", outages: "Sequence[Outage]" = ()) -> SourcesRead:
    """How complete the reading was: a source counts as unread when none of its feeds could be read, or no page.

    Our own outages are told once, and not of each source; those that were soon over left nothing unread.
    """
    names = {f.source.id: f.source.name for f in feeds}
    states: dict[str, set[str]] = {}
    for f in feeds:
        states.setdefault(f.source.id, set()).add("read" if f.read and not f.turned_away else f.state)
    said = {f.source.id: in_words(f.why) for f in feeds if f.unread or f.turned_away}
    unread = tuple((names[i], said[i]) for i, seen in states.items() if "read" not in seen and i in said)
    waiting = sum(seen == {"not read yet"} for seen in states.values())
    offline = tuple((o.began_at, o.ended_at) for o in outages if (o.ended_at or o.began_at + LONG) - o.began_at >= LONG)
    return SourcesRead(len(names), unread, waiting, offline)
