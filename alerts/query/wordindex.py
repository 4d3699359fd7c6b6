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

    def holds(self, phrase: Sequence[Word]) -> bool:
        """Whether these words stand one after another somewhere."""
        if len(phrase) == 1 and not phrase[0].wild and not phrase[0].exact:
            return any(form in self._positions for form in phrase[0].forms)
        return bool(self.find(phrase))

    @property
    def vocabulary(self) -> Collection[str]:
        """Its folded words, each once."""
        return self._positions.keys()

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
        at = bisect_left(self._sorted, word.prefix)
        while at < len(self._sorted) and self._sorted[at].startswith(word.prefix):
            if word.fits(self._sorted[at]):
                found.append(self._sorted[at])
            at += 1
        return found

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._positions)
