"""The words of one text, where each stands, and how to find some of them."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from alerts.query.syntax import Phrase, Word
from crawler.text import printed, search_words, spans_of_words


class WordIndex:
    """Made once for a text and shared by every query on it. A range counts words: (first, past the last)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._positions: dict[str, list[int]] = {}
        self._found: dict[int, tuple[Word, Sequence[int]]] = {}  # by id(), which is good as long as the word is here
        self._words = search_words(text)
        for position, word in enumerate(self._words):
            self._positions.setdefault(word, []).append(position)

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

    def find_any(self, phrases: Sequence[Phrase]) -> Sequence[int]:
        """Where one of these phrases, each a single word, stands."""
        if len(phrases) == 1:
            return self._find_word(phrases[0].words[0])
        return [at for phrase in phrases for at in self._find_word(phrase.words[0])]

    def holds(self, phrase: Sequence[Word]) -> bool:
        """Whether these words stand one after another somewhere."""
        for word in phrase:
            if not word.wild and self._positions.keys().isdisjoint(word.forms):
                return False
        return (len(phrase) == 1 and not word.wild and not word.exact) or bool(self.find(phrase))

    @property
    def pairs(self) -> Iterable[tuple[str, str]]:
        """Each word with the next one."""
        return pairwise(self._words)

    @property
    def vocabulary(self) -> Collection[str]:
        """Its folded words, each once."""
        return self._positions.keys()

    def span(self, words: tuple[int, int]) -> tuple[int, int]:
        """The characters (start, end) of a range of words."""
        first, end = words
        return self._spans[first][0], self._spans[end - 1][1]

    def _find_word(self, word: Word) -> Sequence[int]:
        """Where a word stands. Kept by the word itself, which is the same object in many of the searches."""
        kept = self._found.get(id(word))
        if kept is None:
            kept = self._found[id(word)] = word, self._positions_of(word)
        return kept[1]

    def _positions_of(self, word: Word) -> Sequence[int]:
        if not word.wild and self._positions.keys().isdisjoint(word.forms):
            return ()
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
    def _spans(self) -> list[tuple[int, int]]:
        """The characters of each word; few texts are asked."""
        return spans_of_words(self.text)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._positions)
