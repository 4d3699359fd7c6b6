"""What is searched: an article as a query sees it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from alerts.query.syntax import Word
from alerts.query.wordindex import WordIndex

if TYPE_CHECKING:
    from crawler.places import Place, Spot

_FAR = 1_000_000  # words


@dataclass(frozen=True)
class Document:
    """An article as a query sees it. Its words are indexed once, however many queries ask."""

    title: str
    text: str
    language: str
    kinds: tuple[str, ...]  # the main one first
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

    def fitting(self, word: Word) -> Collection[str]:
        """Its words that fit a pattern."""
        return {*self.indexes[0].fitting(word), *self.indexes[1].fitting(word)}

    @cached_property
    def positions(self) -> Mapping[str, Sequence[int]]:
        """Where each of them stands, counted in words; the title's lie before 0, so far away that nothing is near."""
        title, text = (index.positions for index in self.indexes)
        return dict(text) | {word: [at - _FAR for at in title[word]] + text.get(word, []) for word in title}

    @cached_property
    def pointed(self) -> "tuple[tuple[Place, Spot], ...]":
        """Its towns and counties, with their middles; a state has none."""
        from crawler.places import in_space, shipped  # few queries ask for a distance

        return tuple((place, in_space(point)) for place in self.places if (point := shipped().point(place)))

    @cached_property
    def spots(self) -> "tuple[Spot, ...]":
        """The middles of its towns and counties."""
        return tuple(spot for _, spot in self.pointed)
