"""The few words of a report that show why it matched, never its opening.

Of the sentences below the opening, the one that says most of what was asked for: for a search by words the one with
most of them; for a search by place one that says the place; for a search by both one that has both, else the words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from alerts.query.body import NOT_SAID, Body, Saying, Span
from alerts.query.document import Document
from alerts.query.reasons import Hit
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
        self._printed: dict[tuple[int, Span], str] = {}

    def around(self, index: int, hit: Hit) -> str:
        """At most `most` words of one sentence of a document, with … where it is cut.

        Never from its opening, nor repeating that of any of the documents: a copy may put a local lead above the
        wire's. A hit that no sentence shows (it met only fields, the headline or the opening) gets the sentence that
        tells most of the event; where a place was asked for, none that names only another one. "" when there is no
        such sentence, or nothing of the document may be quoted.
        """
        key = index, hit.spans, hit.places
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._window(index, hit)
        return made

    def _window(self, index: int, hit: Hit) -> str:
        body = self._bodies[index]
        if not body.document.quotable:
            return ""
        shown = self._first(index, body.spread(hit.spans), body.saying(hit.places), _worth_asked)
        return shown or self._telling(index, hit.places)

    def _telling(self, index: int, places: "tuple[Place, ...]") -> str:
        key = index, places
        if key not in self._told:
            self._told[key] = self._first(index, self._bodies[index].telling(places), {}, _worth_telling)
        return self._told[key]

    def _first(self, index: int, terms: Mapping[int, Sequence[Span]], saying: "Saying", worth: "_Worth") -> str:
        """The best that repeats no opening, as it is printed; of sentences with terms or saying a place.

        Most are never cut: the most that they may be worth is less than what was found.
        """
        body = self._bodies[index]
        best: list[tuple[tuple[int, ...], int, Span | None]] = [
            (worth(len(spans), i in saying, True, saying.get(i, NOT_SAID).rank), i, None) for i, spans in terms.items()
        ]
        best += [(worth(0, True, True, said.rank), i, None) for i, said in saying.items() if i not in terms]
        heapify(best)
        while best:
            _, i, stretch = heappop(best)
            if stretch is not None:
                if shown := self._print(index, i, stretch):
                    return shown
                continue
            said = saying.get(i, NOT_SAID)
            if cut := body.cut(i, tuple(terms.get(i, ())), said.names):
                value = worth(cut.terms, cut.named, body.sentences[i].tells, said.rank)
                heappush(best, (value, i, cut.stretch))
        return ""

    def _print(self, index: int, sentence: int, stretch: Span) -> str:
        """A stretch of a sentence as it is shown; "" when it repeats an opening."""
        key = index, stretch
        if key not in self._printed:
            body = self._bodies[index]
            said = words(body.text[slice(*stretch)])
            self._printed[key] = "" if self._openings.have_part(said) else body.sentences[sentence].printed(stretch)
        return self._printed[key]

    @cached_property
    def _openings(self) -> "_Openings":
        return _Openings(body.opening for body in self._bodies)


class _Openings:
    """The words of all openings of a story, and whether others repeat them."""

    def __init__(self, openings: Iterable[tuple[str, ...]]) -> None:
        self._said = {opening for opening in openings if len(opening) >= _SHORTEST_LEDE}
        self._runs: dict[int, dict[int, set[tuple[str, ...]]]] = {}

    def have_part(self, said: Sequence[str]) -> bool:
        """Whether eight words in a row, or all words of the shorter of the two, stand in both."""
        longest = min(_REPEATED, len(said))
        if longest not in self._runs:
            runs = self._runs[longest] = {}
            for opening in self._said:
                length = min(longest, len(opening))
                runs.setdefault(length, set()).update(_runs_of(opening, length))
        return any(not runs.isdisjoint(_runs_of(said, length)) for length, runs in self._runs[longest].items())


def _runs_of(said: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(said[at : at + length]) for at in range(len(said) - length + 1))


_Worth = Callable[[int, bool, bool, int], tuple[int, ...]]  # terms, names a place, tells, rank; the least is the best


def _worth_asked(terms: int, named: bool, tells: bool, rank: int) -> tuple[int, ...]:
    return -(terms > 0 and named), -terms, -named, -tells, -rank if named else 0


def _worth_telling(terms: int, named: bool, tells: bool, rank: int) -> tuple[int, ...]:
    return -tells, -terms
