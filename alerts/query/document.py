"""What is searched: an article as a query sees it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
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
    def pointed(self) -> "tuple[tuple[Place, Point], ...]":
        """Its towns and counties, with their middles; a state has none."""
        from crawler.places import shipped  # few queries ask for a distance

        return tuple((place, point) for place in self.places if (point := shipped().point(place)))

    @property
    def points(self) -> "tuple[Point, ...]":
        """The middles of its towns and counties."""
        return tuple(point for _, point in self.pointed)
