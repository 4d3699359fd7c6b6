"""The words of one text, where each stands, and how to find some of them."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from alerts.query.syntax import Word
from crawler.text import printed, search_words, spans_of_words


class WordIndex:
    """Made once for a text and shared by every query on it. A range counts words: (first, past the last)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.positions: dict[str, list[int]] = {}  # where each folded word stands, counted in words
        self._found: dict[int, tuple[Word, Sequence[int]]] = {}  # by id(), which is good as long as the word is here
        self._fits: dict[str, list[str]] = {}  # by pattern, its words
        self._words = search_words(text)
        for position, word in enumerate(self._words):
            self.positions.setdefault(word, []).append(position)

    def find(self, phrase: Sequence[Word]) -> list[tuple[int, int]]:
        """The ranges where these words stand one after another, in order."""
        length = len(phrase)
        if length == 1:
            found = self._find_word(phrase[0])
            return [(start, start + 1) for start in (sorted(found) if len(found) > 1 else found)]
        starts = set(self._find_word(phrase[0]))
        for offset, word in enumerate(phrase[1:], 1):
            if not starts:
                break
            starts &= {position - offset for position in self._find_word(word)}
        return [(start, start + length) for start in sorted(starts)]

    def holds(self, phrase: Sequence[Word]) -> bool:
        """Whether these words stand one after another somewhere."""
        for word in phrase:
            if not word.wild and self.positions.keys().isdisjoint(word.forms):
                return False
        if len(phrase) == 1 and not word.wild and (not word.exact or self._stands_plainly(word.exact)):
            return True
        return bool(self.find(phrase))

    @property
    def pairs(self) -> Iterable[tuple[str, str]]:
        """Each word with the next one."""
        return pairwise(self._words)

    @property
    def vocabulary(self) -> Collection[str]:
        """Its folded words, each once."""
        return self.positions.keys()

    def span(self, words: tuple[int, int]) -> tuple[int, int]:
        """The characters (start, end) of a range of words."""
        first, end = words
        return self._spans[first][0], self._spans[end - 1][1]

    def _stands_plainly(self, exact: str) -> bool:
        """Whether a word is printed so where it is a word for sure: no point or apostrophe beside it joins it."""
        plain = len(exact) > 2 and exact.isascii() and exact.isalnum()
        return plain and bool(re.search(rf"(?:^|[\s,;:(]){exact}(?![^\s,;:)])", self.text))

    @cached_property
    def _squeezed(self) -> str:
        """The text without what may stand inside a word that is printed "U.S." or "Hawaiʻi"."""
        return "".join([character for character in self.text if character.isalnum()])

    def _find_word(self, word: Word) -> Sequence[int]:
        """Where a word stands. Kept by the word itself, which is the same object in many of the searches."""
        kept = self._found.get(id(word))
        if kept is None:
            kept = self._found[id(word)] = word, self._positions_of(word)
        return kept[1]

    def _positions_of(self, word: Word) -> Sequence[int]:
        if not word.wild and self.positions.keys().isdisjoint(word.forms):
            return ()
        known = word.forms or self.fitting(word)
        positions = [at for form in known for at in self.positions.get(form, ())]
        if not word.exact:
            return positions
        if word.exact.isascii() and word.exact not in self._squeezed:
            return []
        return [at for at in positions if printed(self.text[slice(*self._spans[at])]) == word.exact]

    def fitting(self, word: Word) -> list[str]:
        """Its words that fit a pattern."""
        if (known := self._fits.get(word.wild)) is not None:
            return known
        found = self._fits[word.wild] = []
        at = bisect_left(self._sorted, word.prefix)
        while at < len(self._sorted) and self._sorted[at].startswith(word.prefix):
            if word.fits(self._sorted[at]):
                found.append(self._sorted[at])
            at += 1
        return found

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """The characters of each word; few texts are asked."""
        return spans_of_words(self.text)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.positions)
