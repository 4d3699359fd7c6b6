"""A document below its opening: its sentences, and what stands in them."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from alerts.query.document import Document
from alerts.query.facts import is_inside
from alerts.query.forms import forms_of
from alerts.query.opening import body_start, count_words, is_about_itself, is_complete
from crawler.text import WORD, search_words, sentence_spans, words
from crawler.topic import chosen

if TYPE_CHECKING:
    from crawler.places import Place

Span = tuple[int, int]

_THOROUGHFARE = r"(?! (?:St(?:reet)?|Ave(?:nue)?|R(?:oa)?d|Boulevard|Blvd|Drive|Lane|Pike|Highway|River)\b)"
_PIECE = re.compile(r"\S+")


@lru_cache(50_000)
def term_of(printed: str) -> tuple[str, ...]:
    """What a printed word or phrase is a form of: "raids" and "raided" are one.

    >>> term_of("Raids") == term_of("raided") != term_of("radio")
    True
    """
    return tuple(min(forms_of(word)) for word in search_words(printed))


def _count(piece: str) -> int:
    """Words in what stands between two spaces; a lone dash is one."""
    return 1 if piece.isascii() and piece.strip("\"'(),.:;?!").isalnum() else count_words(piece) or 1


class Cut(NamedTuple):
    """As much of a sentence as is shown."""

    stretch: Span
    terms: int  # different words or phrases of those asked for
    named: bool  # whether it names a place that was asked for


class Said(NamedTuple):
    """How a sentence says a place that was asked for."""

    rank: int  # how well, the best the greatest
    names: tuple[Span, ...]


NOT_SAID = Said(0, ())
Saying = Mapping[int, Said]  # by sentence


class Sentence:
    """One sentence of a document, and what of it may be shown."""

    def __init__(self, text: str, start: int, end: int, most: int) -> None:
        self.start, self.end = start, end
        self.said = text[start:end].strip()
        self._text, self._most = text, most

    @cached_property
    def tells(self) -> bool:
        """Whether it is whole, and about what happened rather than about the page."""
        return is_complete(self.said) and not is_about_itself(self.said)

    @cached_property
    def stretches(self) -> tuple[Span, ...]:
        """What of it may be shown, each from another word on: all of it, or as much as the most words are."""
        pieces = [(p.start(), p.end(), _count(p[0])) for p in _PIECE.finditer(self._text, self.start, self.end)]
        found = []
        last, total = 0, 0
        for first, (start, _, count) in enumerate(pieces):
            while last < len(pieces) and total + pieces[last][2] <= self._most:
                total += pieces[last][2]
                last += 1
            if last == first:
                last += 1  # one piece longer than the window
                continue
            found.append((start, pieces[last - 1][1]))
            if last == len(pieces):
                break  # what follows is but a part of it
            total -= count
        return tuple(found)

    def is_whole(self, stretch: Span) -> bool:
        return self._text[slice(*stretch)] == self.said

    def printed(self, stretch: Span) -> str:
        """On one line, with … where it is cut."""
        start, end = stretch
        left = "…" if WORD.search(self._text, self.start, start) else ""
        right = "…" if WORD.search(self._text, end, self.end) else ""
        return left + " ".join(self._text[start:end].split()) + right


class Body:
    """A document below its opening; what it takes to find a window is found out once."""

    def __init__(self, document: Document, most: int) -> None:
        self.document, self.text, self._most = document, document.text, most
        self._saying: dict[tuple[Place, ...], Saying] = {}
        self._terms: dict[Span, tuple[str, ...]] = {}
        self._sentence_of: dict[Span, int] = {}  # -1: none
        self._cuts: dict[tuple[int, tuple[Span, ...], tuple[Span, ...]], Cut | None] = {}

    @cached_property
    def start(self) -> int:
        return body_start(self.document.title, self.text)

    @cached_property
    def opening(self) -> tuple[str, ...]:
        """The words of its lede and of all that stands above it."""
        return tuple(words(self.text[: self.start]))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Those below the opening."""
        spans = sentence_spans(self.text)
        return tuple(Sentence(self.text, start, end, self._most) for start, end in spans if start >= self.start)

    def spread(self, spans: Iterable[Span]) -> dict[int, list[Span]]:
        """The spans by the sentence in which each wholly stands; those that stand in none are left out."""
        found: dict[int, list[Span]] = {}
        for span in spans:
            at = self._sentence_of.get(span, -2)
            if at == -2:
                at = self._sentence_of[span] = self._find(span)
            if at >= 0:
                found.setdefault(at, []).append(span)
        return found

    def saying(self, places: "tuple[Place, ...]") -> Saying:
        """The sentences that say one of these places of the event."""
        if places not in self._saying:
            best_first = list(dict.fromkeys(i for place in places for i in self._says(place)))
            ranks = range(len(best_first), 0, -1)
            said = zip(best_first, ranks, strict=True)
            self._saying[places] = {i: Said(rank, self._names_in(i, places)) for i, rank in said}
        return self._saying[places]

    def telling(self, places: Sequence["Place"]) -> dict[int, tuple[Span, ...]]:
        """Where each sentence has what tells of the topic, or names the places of the event.

        With places that were asked for: theirs alone, and not the sentences that name another place of the event.
        """
        known = self.document.places
        telling = chosen().stock_words.telling
        wanted = re.compile(f"{telling}|{_names(places or known).pattern}" if places or known else telling)
        others = [place for place in known if places and not any(_is_in_or_around(place, own) for own in places)]
        elsewhere = set(self._naming(others)) - set(self._naming(places)) if others else set()
        told = self.spread(found.span() for found in wanted.finditer(self.text, self.start))
        return {i: tuple(told.get(i, ())) for i in range(len(self.sentences)) if i not in elsewhere}

    def cut(self, sentence: int, terms: tuple[Span, ...], names: tuple[Span, ...] = ()) -> Cut | None:
        """The words of a sentence that hold most of what was asked for; its beginning if that does."""
        key = sentence, terms, names
        cut = self._cuts.get(key)
        if cut is None:
            cut = self._cuts[key] = self._best(self.sentences[sentence].stretches, terms, names)
        return cut

    def _best(self, stretches: Sequence[Span], terms: tuple[Span, ...], names: tuple[Span, ...]) -> Cut | None:
        if not stretches:
            return None
        count, beginning = self._count(terms), stretches[0]
        held = _inside(terms, beginning)
        if bool(_inside(names, beginning)) == bool(names) and (len(held) == len(terms) or self._count(held) == count):
            return Cut(beginning, count, bool(names))
        asked = terms + names
        if len(asked) == count + bool(names):  # what holds most then holds all, and the widest margin is best
            first, last = min(asked)[0], max([end for _, end in asked])
            holding = [(start, end) for start, end in stretches if start <= first and last <= end]
            if holding:
                best = max(holding, key=lambda stretch: min(first - stretch[0], stretch[1] - last))
                return Cut(best, count, bool(names))
        worth = [self._worth(stretch, terms, names, stretch is stretches[0]) for stretch in stretches]
        at = max(range(len(worth)), key=worth.__getitem__)
        _, count, named, *_ = worth[at]
        return Cut(stretches[at], count, named)

    def _worth(
        self, stretch: Span, terms: Sequence[Span], names: Sequence[Span], begins: bool
    ) -> tuple[bool, int, bool, bool, int]:
        """What speaks for showing a stretch; with words on both sides a term reads best."""
        held, named = _inside(terms, stretch), _inside(names, stretch)
        inside = held + named
        if not inside:
            return False, 0, False, begins, 0
        margin = min(min(inside)[0] - stretch[0], stretch[1] - max([end for _, end in inside]))
        return bool(held and named), self._count(held), bool(named), begins, margin

    def _says(self, place: "Place") -> tuple[int, ...]:
        """The sentences that say a place of the event, best first."""
        if not self.document.said:
            return self._naming([place])
        said = self.document.said[self.document.places.index(place)]
        return tuple(self._numbers[one] for one in said if one in self._numbers)

    def _names_in(self, sentence: int, places: Sequence["Place"]) -> tuple[Span, ...]:
        """Where a sentence names one of the places; its beginning when it calls them by other names."""
        start, end = self.sentences[sentence].start, self.sentences[sentence].end
        return tuple(name.span() for name in _names(places).finditer(self.text, start, end)) or ((start, start),)

    def _naming(self, places: Sequence["Place"]) -> tuple[int, ...]:
        pattern = _names(places)
        return tuple(i for i, one in enumerate(self.sentences) if pattern.search(self.text, one.start, one.end))

    def _count(self, spans: Iterable[Span]) -> int:
        """How many different words or phrases are printed there; the forms of one word are one."""
        return len({self._terms.get(span) or self._term(span) for span in spans})

    def _term(self, span: Span) -> tuple[str, ...]:
        self._terms[span] = term_of(self.text[slice(*span)])
        return self._terms[span]

    def _find(self, span: Span) -> int:
        at = bisect_right(self._starts, span[0]) - 1
        return at if at >= 0 and span[1] <= self.sentences[at].end else -1

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {sentence.said: i for i, sentence in reversed(list(enumerate(self.sentences)))}

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]


def _inside(spans: Sequence[Span], stretch: Span) -> list[Span]:
    first, last = stretch
    return [span for span in spans if first <= span[0] and span[1] <= last]


def _names(places: Sequence["Place"]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(place.name) for place in places)})\b{_THOROUGHFARE}")


def _is_in_or_around(one: "Place", other: "Place") -> bool:
    return is_inside(one, other) or is_inside(other, one)
