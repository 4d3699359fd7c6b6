"""What is searched: an article as a query sees it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from alerts.query.wordindex import WordIndex

if TYPE_CHECKING:
    from crawler.places import Place, Point


@dataclass(frozen=True)
class Document:
    """An article as a query sees it. Its words are indexed once, however many queries ask."""

    title: str
    text: str
    language: str
    kind: str
    source_id: str
    source_name: str
    published_at: datetime | None
    places: "tuple[Place, ...]"
    said: tuple[tuple[str, ...], ...] = ()  # of each place the sentences that say it, best first; () = not known
    quotable: bool = True  # nothing is shown of its text otherwise

    @cached_property
    def indexes(self) -> tuple[WordIndex, WordIndex]:
        """Of the title and of the text."""
        return WordIndex(self.title), WordIndex(self.text)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The folded words of both, each once."""
        return frozenset().union(*(index.vocabulary for index in self.indexes))

    @cached_property
    def pointed(self) -> "tuple[tuple[Place, Point], ...]":
        """Its towns and counties, with their middles; a state has none."""
        from crawler.places import shipped  # few queries ask for a distance

        return tuple((place, point) for place in self.places if (point := shipped().point(place)))

    @cached_property
    def points(self) -> "tuple[Point, ...]":
        """The middles of its towns and counties."""
        return tuple(point for _, point in self.pointed)

    def is_within(self, kilometres: float, point: "Point") -> bool:
        """Whether one of its towns or counties is at most so far from there."""
        far = self._far.get(point)
        if far is None:
            away = _kilometres()
            far = self._far[point] = min([away(point, place) for place in self.points], default=math.inf)
        return far <= kilometres

    @cached_property
    def _far(self) -> "dict[Point, float]":
        """How far points are from the nearest of its places, as far as they were asked for."""
        return {}


@cache
def _kilometres() -> "Callable[[Point, Point], float]":
    from crawler.places import kilometres

    return kilometres
