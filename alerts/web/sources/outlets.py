"""An outlet as a reader wants to see it: one word on its feeds together, and what it brought. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from alerts.locale import in_words
from crawler.model import Source
from crawler.places import STATES, County
from crawler.store import OutletFigures
from crawler.watch import Coverage, FeedHealth

NATIONWIDE = "US"
Standing = Literal["read", "quiet", "closed", "unread", "unseen", "off"]
_ORDER: tuple[Standing, ...] = ("read", "quiet", "closed", "unread", "unseen", "off")
_STANDINGS: Mapping[str, Standing] = {
    "ok": "read", "moved": "read", "stale": "quiet", "not read yet": "unseen", "off": "off",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WatchedOutlet:
    """A source with its feeds and figures."""

    source: Source
    feeds: Sequence[FeedHealth]
    figures: OutletFigures

    @property
    def standing(self) -> Standing:
        """That of the feed that does best: one good way in is enough."""
        return min((_standing(feed) for feed in self.feeds), key=_ORDER.index)

    @property
    def best(self) -> FeedHealth:
        """The feed that does best."""
        return min(self.feeds, key=lambda feed: _ORDER.index(_standing(feed)))

    @property
    def read_at(self) -> datetime | None:
        """When a feed of it was last read."""
        return max((f.feed.last_success_at for f in self.feeds if f.feed.last_success_at), default=None)

    @property
    def next_at(self) -> datetime | None:
        """When one is read next; None = with the next tick, or never when it is off."""
        planned = [f.feed.next_attempt_at for f in self.feeds if f.state != "off"]
        return min(filter(None, planned), default=None)

    @property
    def home(self) -> str:
        """Where it is at home: "Waltham, MA"; "" when it is nowhere."""
        return ", ".join(filter(None, (self.source.city or self.source.county, self.source.state)))

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        source, delay = self.source, self.figures.delay
        return {
            "id": source.id,
            "name": source.name,
            "homepage": source.homepage,
            "home": self.home or None,
            "standing": self.standing,
            "why": in_words(self.best.why) if self.standing not in ("read", "unseen") else None,
            "last_read": self.read_at.isoformat() if self.read_at else None,
            "next_reading": self.next_at.isoformat() if self.next_at else None,
            "stories": self.figures.stories,
            "first": self.figures.first,
            "median_delay_seconds": round(delay.total_seconds()) if delay is not None else None,
        }


def _standing(health: FeedHealth) -> Standing:
    if health.turned_away:
        return "closed"
    return _STANDINGS.get(health.state, "quiet" if health.state == "paywalled" else "unread")


def outlets_of(feeds: Iterable[FeedHealth], figures: Mapping[str, OutletFigures]) -> list[WatchedOutlet]:
    """The outlets that are switched on, by state and name."""
    by_source: dict[str, list[FeedHealth]] = defaultdict(list)
    for health in feeds:
        if health.source.enabled and health.source.listed and health.feed.listed:
            by_source[health.source.id].append(health)
    made = [
        WatchedOutlet(own[0].source, own, figures.get(source_id, OutletFigures()))
        for source_id, own in by_source.items()
    ]
    return sorted(made, key=lambda outlet: (outlet.source.state, outlet.source.name.casefold()))


@dataclass(frozen=True, slots=True)
class StateLine:
    """The outlets of one state (US: nationwide) in figures."""

    code: str
    name: str
    outlets: int
    unread: int
    stories: int  # counted once for each outlet that has them
    counties: int
    uncovered: int


def by_state(outlets: Iterable[WatchedOutlet], counties: Iterable[County], covered: Coverage) -> list[StateLine]:
    """A line for each state that has an outlet or counties, by name; what is nationwide comes first."""
    own: dict[str, list[WatchedOutlet]] = defaultdict(list)
    for outlet in outlets:
        own[outlet.source.state or NATIONWIDE].append(outlet)
    all_of = Counter(county.state for county in counties)
    bare = Counter(county.state for county in counties if county.key not in covered.counties)
    codes = sorted({*own, *all_of}, key=lambda code: (code != NATIONWIDE, STATES.get(code, "")))
    return [
        StateLine(
            code,
            STATES.get(code, ""),
            len(own[code]),
            sum(outlet.standing == "unread" for outlet in own[code]),
            sum(outlet.figures.stories for outlet in own[code]),
            all_of[code],
            bare[code],
        )
        for code in codes
    ]
