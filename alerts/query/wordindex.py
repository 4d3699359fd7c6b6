"""The words of one text, where each stands, and how to find some of them."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from functools import cached_property

from alerts.query.syntax import Word
from crawler.text import printed, word_spans


class WordIndex:
    """Made once for a text and shared by every query on it. A range counts words: (first, past the last)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._spans: list[tuple[int, int]] = []
        self._positions: dict[str, list[int]] = {}
        for position, (word, start, end) in enumerate(word_spans(text)):
            self._spans.append((start, end))
            self._positions.setdefault(word, []).append(position)

    def find(self, phrase: Sequence[Word]) -> list[tuple[int, int]]:
        """The ranges where these words stand one after another, in order."""
        starts = set(self._find_word(phrase[0]))
        for offset, word in enumerate(phrase[1:], 1):
            if not starts:
                break
            starts &= {position - offset for position in self._find_word(word)}
        return [(start, start + len(phrase)) for start in sorted(starts)]

    def span(self, words: tuple[int, int]) -> tuple[int, int]:
        """The characters (start, end) of a range of words."""
        first, end = words
        return self._spans[first][0], self._spans[end - 1][1]

    def _find_word(self, word: Word) -> Collection[int]:
        known = self._fitting(word) if word.wild else word.forms
        positions = [at for form in known for at in self._positions.get(form, ())]
        if not word.exact:
            return positions
        return [at for at in positions if printed(self.text[slice(*self._spans[at])]) == word.exact]

    def _fitting(self, word: Word) -> list[str]:
        found = []
        at = bisect_left(self._vocabulary, word.prefix)
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(word.prefix):
            if word.fits(self._vocabulary[at]):
                found.append(self._vocabulary[at])
            at += 1
        return found

    @cached_property
    def _vocabulary(self) -> list[str]:
        return sorted(self._positions)
