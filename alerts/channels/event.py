"""What is posted: one JSON event a story. docs/channels.md tells each field."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

from alerts.channels.notice import Notice, written_at


class StoryTold(TypedDict):
    """A story as an event tells it."""

    id: int
    headline: str
    url: str
    outlet: str
    language: str
    kind: str
    kinds: list[str]
    place: str
    published_at: str | None
    published_day_only: bool
    opened_at: str
    developed_at: str | None
    developed: str
    wire: str
    paywalled: bool
    also_reported_by: list[str]
    copies: int
    excerpt: str
    excerpt_from: str


class SearchMet(TypedDict):
    """A search that the story met."""

    query: str
    name: str
    because: list[str]


class StoryMatched(TypedDict):
    """What the event `story.matched` holds."""

    story: StoryTold
    searches: list[SearchMet]


class OutletHeld(TypedDict):
    """What the event `outlet.held` holds: of this outlet so many stories were posted within a day, and no more are."""

    outlet: str
    posted: int


class Event(TypedDict):
    """The body of a posting, as Standard Webhooks has it."""

    type: Literal["story.matched", "outlet.held", "channel.test"]
    timestamp: str
    data: StoryMatched | OutletHeld | dict[str, Any]


def story_matched(notice: Notice, searches: Sequence[SearchMet], now: datetime) -> bytes:
    """That a story met searches."""
    story = StoryTold(
        id=notice.story_id,
        headline=notice.title,
        url=notice.url,
        outlet=notice.outlet,
        language=notice.language,
        kind=notice.kind,
        kinds=list(notice.kinds),
        place=notice.place,
        published_at=written_at(notice.published_at) if notice.published_at else None,
        published_day_only=notice.day_only,
        opened_at=written_at(notice.opened_at),
        developed_at=written_at(notice.developed_at) if notice.developed_at else None,
        developed=notice.developed,
        wire=notice.wire,
        paywalled=notice.paywalled,
        also_reported_by=list(notice.newsrooms),
        copies=notice.copies,
        excerpt=notice.excerpt,
        excerpt_from=notice.excerpt_from,
    )
    data = StoryMatched(story=story, searches=list(searches))
    return _written(Event(type="story.matched", timestamp=written_at(now), data=data))


def outlet_held(outlet: str, posted: int, now: datetime) -> bytes:
    """That more stories of an outlet met searches than are posted in a day."""
    data = OutletHeld(outlet=outlet, posted=posted)
    return _written(Event(type="outlet.held", timestamp=written_at(now), data=data))


def channel_test(now: datetime) -> bytes:
    """What a person sends to see whether a channel works."""
    return _written(Event(type="channel.test", timestamp=written_at(now), data={}))


def _written(event: Event) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
