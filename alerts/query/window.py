"""The few words of a report that show why it matched, never its opening.

Of the sentences below the opening, the one that says most of what was asked for: for a search by words the one with
most of them; for a search by place one that says the place; for a search by both one that has both, else the words.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from alerts.query.body import Body, Span
from alerts.query.document import Document
from alerts.query.query import Hit
from crawler.text import words

if TYPE_CHECKING:
    from crawler.places import Place

LONGEST_WINDOW = 25  # words
_REPEATED = 8  # this many words in a row are a repetition; the agency's full name alone has six
_SHORTEST_LEDE = 4  # words; less is a dateline or a label, whose words may come again


def window(document: Document, hit: Hit, most: int = LONGEST_WINDOW, others: Sequence[Document] = ()) -> str:
    """The window of one hit in one of a story's documents, see `Windows.around`."""
    return Windows((document, *(other for other in others if other is not document)), most).around(0, hit)


class Windows:
    """The windows of a story: each of its texts is read once and each window made once, however many hits ask."""

    def __init__(self, documents: Sequence[Document], most: int = LONGEST_WINDOW) -> None:
        self._bodies = [Body(document, most) for document in documents]
        self._made: dict[tuple[int, tuple[Span, ...], tuple[Place, ...]], str] = {}
        self._told: dict[tuple[int, tuple[Place, ...]], str] = {}

    def around(self, index: int, hit: Hit) -> str:
        """At most `most` words of one sentence of a document, with … where it is cut.

        Never from its opening, nor repeating that of any of the documents: a copy may put a local lead above the
        wire's. A hit that no sentence shows (it met only fields, the headline or the opening) gets the sentence that
        tells most of the event; where a place was asked for, none that names only another one. "" when there is no
        such sentence, or nothing of the document may be quoted.
        """
        key = index, hit.spans, hit.places
        if key not in self._made:
            self._made[key] = self._window(index, hit)
        return self._made[key]

    def _window(self, index: int, hit: Hit) -> str:
        body = self._bodies[index]
        if not body.document.quotable:
            return ""
        return self._first(body, _showing(body, hit)) or self._telling(index, hit.places)

    def _telling(self, index: int, places: "tuple[Place, ...]") -> str:
        key = index, places
        if key not in self._told:
            self._told[key] = self._first(self._bodies[index], _telling(self._bodies[index], places))
        return self._told[key]

    def _first(self, body: Body, shown: "Iterable[_Shown]") -> str:
        """The best that repeats no opening, as it is printed."""
        ranked = sorted(shown, key=lambda one: (one.worth, -one.sentence), reverse=True)
        return next((_print(body, one) for one in ranked if not self._repeats_opening(body, one)), "")

    def _repeats_opening(self, body: Body, shown: "_Shown") -> bool:
        said = words(body.text[slice(*shown.stretch)])
        return any(opening.has_part(said) for opening in self._openings)

    @cached_property
    def _openings(self) -> "list[_Opening]":
        said = {body.opening for body in self._bodies}
        return [_Opening(opening) for opening in said if len(opening) >= _SHORTEST_LEDE]


class _Opening:
    """The words of an opening, and whether others repeat it."""

    def __init__(self, opening: tuple[str, ...]) -> None:
        self._words = opening
        self._runs: dict[int, set[tuple[str, ...]]] = {}

    def has_part(self, said: Sequence[str]) -> bool:
        """Whether eight words in a row, or all words of the shorter of the two, stand in both."""
        length = min(_REPEATED, len(said), len(self._words))
        if length not in self._runs:
            self._runs[length] = set(_runs(self._words, length))
        return not self._runs[length].isdisjoint(_runs(said, length))


def _runs(said: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(said[at : at + length]) for at in range(len(said) - length + 1))


class _Shown(NamedTuple):
    """What may be shown of a sentence, and what speaks for it."""

    worth: tuple[int, ...]
    sentence: int
    stretch: Span


def _showing(body: Body, hit: Hit) -> Iterator[_Shown]:
    """Of each sentence that has some of a hit what shows most of it."""
    terms, saying = body.spread(hit.spans), body.saying(hit.places)
    for i in terms.keys() | saying.keys():
        rank, names = saying.get(i, (0, ()))
        cut = body.cut(i, tuple(terms.get(i, ())), names)
        if cut and (cut.terms or cut.named):
            both = bool(cut.terms and cut.named)
            yield _Shown((both, cut.terms, body.sentences[i].tells, rank if cut.named else 0), i, cut.stretch)


def _telling(body: Body, places: "tuple[Place, ...]") -> Iterator[_Shown]:
    """Of each sentence what tells most of the event."""
    for i, spans in body.telling(places).items():
        if cut := body.cut(i, spans):
            yield _Shown((body.sentences[i].tells, cut.terms), i, cut.stretch)


def _print(body: Body, shown: _Shown) -> str:
    (start, end), sentence = shown.stretch, body.sentences[shown.sentence]
    left = "…" if words(body.text[sentence.start : start]) else ""
    right = "…" if words(body.text[end : sentence.end]) else ""
    return left + " ".join(body.text[start:end].split()) + right
