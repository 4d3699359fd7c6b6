"""What a digest has to tell: the stories that were met or developed, and how complete the reading was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from alerts.digest.cadence import held_back
from alerts.digest.compose import SourcesRead
from alerts.digest.corrections import Doubtful, correction_of, doubtful
from alerts.digest.matched import matched_story, story_told
from alerts.digest.post import Post
from alerts.digest.story import MatchedStory
from alerts.locale import known_language
from alerts.matching import as_met, follow_stories, kept_search
from alerts.people import Match, Subscriber, Subscription, today_of
from alerts.query import Query
from crawler.store import StoryView

if TYPE_CHECKING:
    from crawler.model import Outage
    from crawler.watch import FeedHealth

_Met = tuple[Match, Subscription]

LONG = timedelta(hours=1)  # what is over sooner costs nothing: feeds show their items for longer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose digest, of which local date, and when it was due (None: somebody asked for it). It holds all until now.

    `first`: the earliest local date that it stands for as well, as those were missed, or fell into a pause. `held`: the
    searches whose day it is not; it tells what they found by `held_until`, which no mail took to the reader.
    """

    subscriber: Subscriber
    subscriptions: Sequence[Subscription]
    day: date
    due: datetime | None = None
    first: date | None = None
    paused: bool = False
    cadence: str = "daily"  # as in DigestRecord
    held: frozenset[int | None] = frozenset()
    held_until: datetime | None = None
    instead_of: int | None = None  # the digest of that day which a clock that ran ahead had made


def wanted_now(subscriber: Subscriber, searches: Iterable[Subscription], now: datetime) -> Wanted:
    """What somebody would get by mail if it were made now; of a weekly search only on its day all it found."""
    day = today_of(subscriber, now)
    mailed = [search for search in searches if search.channel_id is None and search.is_wanted]
    if day.weekday() == subscriber.weekday:
        return Wanted(subscriber, mailed, day)
    held, held_until = held_back(subscriber, mailed, day)
    return Wanted(subscriber, mailed, day, held=held, held_until=held_until)


@dataclass(frozen=True, slots=True)
class News:
    """What a digest tells, and of which matches: by match, the story's `developed_at` as it was read for this."""

    found: Sequence[MatchedStory]
    developed: Sequence[MatchedStory]
    first: Mapping[int, datetime | None]
    again: Mapping[int, datetime]
    moving: bool  # a story was merged while this was read

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell, neither new nor once more."""
        return not self.found and not self.developed


def gather(post: Post, asked: Sequence[Wanted], now: datetime) -> list[News]:
    """What each digest is to tell: of a story only its news. A development that no report says any more is not.

    A story that was merged while this was read waits for its matches to follow it. All is read at once, as many readers
    are told of the same stories; nobody is twice among those who ask.
    """
    follow_stories(post.matches.engine)
    people = [one.subscriber.id or 0 for one in asked]
    mine = [search.id for one in asked for search in one.subscriptions if search.id is not None]
    pending = _by_person(post.matches.pending_matches(people, now, now, mine))
    developed = _by_person(post.matches.developed_matches(people, now, now, mine))
    doubts = doubtful(post.matches.engine, [one.subscriber.id or 0 for one in asked if one.cadence == "daily"], now)
    doubted = {doubt.match.story_id for those in doubts.values() for doubt in those}
    met = [match.story_id for found in (pending, developed) for those in found.values() for match, _ in those]
    read = {v.story.id or 0: v for v in post.store.views([*met, *doubted])}
    read |= {v.story.id or 0: v for v in post.store.off_topic(doubted - read.keys())}
    told = _Stories(read)
    return [
        _news(post, one, told, pending.get(person, []), developed.get(person, []), doubts.get(person, []))
        for person, one in zip(people, asked, strict=True)
    ]


class _Stories:
    """The stories that were read for some digests, each put together once."""

    def __init__(self, read: Mapping[int, StoryView]) -> None:
        self.read = read
        self.views = {story_id: news for story_id, view in read.items() if (news := view.news)}
        self._told: dict[tuple[int, int | None], MatchedStory] = {}

    def met(self, match: Match, search: Subscription, query: Query | None, language: str) -> MatchedStory:
        """One as it is told to who has this search."""
        view = self.views[match.story_id]
        view = as_met(view, view.report(match.article_id), query)
        key = match.story_id, view.lead.article.id
        if key not in self._told:
            self._told[key] = story_told(view)
        return matched_story(match, search, query, view, language, self._told[key])


def _news(
    post: Post,
    wanted: Wanted,
    stories: _Stories,
    pending: Sequence[_Met],
    developed: Sequence[_Met],
    doubts: Sequence[Doubtful],
) -> News:
    pending, developed = ([one for one in found if _is_told(wanted, *one)] for found in (pending, developed))
    views = stories.views
    seen = {m.story_id: views[m.story_id].story.developed_at for m, _ in [*pending, *developed] if m.story_id in views}
    language = known_language(wanted.subscriber.language)
    queries = {one.query: kept_search(one.query) for one in wanted.subscriptions}

    def found(match: Match, search: Subscription) -> MatchedStory:
        return stories.met(match, search, queries.get(search.query), language)

    def told_title(match: Match) -> str:
        return _told_title(post, match, views[match.story_id])

    corrections = [
        replace(found(one.match, one.subscription), development=None, correction=correction)
        for one in doubts
        if (view := views.get(one.match.story_id))
        and (correction := correction_of(one.doubt, "kind:" in one.subscription.query, view))
    ]
    retold = [(m, s) for m, s in developed if seen.get(m.story_id) and views[m.story_id].developed_by]
    return News(
        [found(m, s) for m, s in pending if m.story_id in views],
        _with_corrections([replace(found(m, s), told_title=told_title(m)) for m, s in retold], corrections),
        {m.id: seen[m.story_id] for m, _ in pending if m.id is not None and m.story_id in views},
        {m.id: moment for m, _ in retold if m.id is not None and (moment := seen[m.story_id])},
        any(m.story_id not in stories.read for m, _ in [*pending, *developed]),
    )


def _by_person(found: Iterable[_Met]) -> dict[int, list[_Met]]:
    people: dict[int, list[_Met]] = {}
    for match, search in found:
        people.setdefault(search.subscriber_id, []).append((match, search))
    return people


def _is_told(wanted: Wanted, match: Match, search: Subscription) -> bool:
    """Whether a match is to be told by this digest, and does not wait for the day of its search."""
    return search.id not in wanted.held or (wanted.held_until is not None and match.matched_at <= wanted.held_until)


def _with_corrections(developed: Sequence[MatchedStory], corrections: Sequence[MatchedStory]) -> Sequence[MatchedStory]:
    """What developed and was told wrongly says both."""
    wrong = {(one.story_id, one.search): one.correction for one in corrections}
    told = [replace(one, correction=wrong.pop((one.story_id, one.search), None)) for one in developed]
    known = {one.story_id for one in told}
    return [*told, *(one for one in corrections if (one.story_id, one.search) in wrong and one.story_id not in known)]


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
    said = {f.source.id: f.why for f in feeds if f.unread or f.turned_away}
    unread = tuple((names[i], said[i]) for i, seen in states.items() if "read" not in seen and i in said)
    waiting = sum(seen == {"not read yet"} for seen in states.values())
    offline = tuple((o.began_at, o.ended_at) for o in outages if (o.ended_at or o.began_at + LONG) - o.began_at >= LONG)
    return SourcesRead(len(names), unread, waiting, offline)
