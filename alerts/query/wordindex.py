"""The words of one text, where each stands, and how to find some of them."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from crawler.text import fold

_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word to look for: folded, perhaps only its beginning, perhaps exactly as printed."""

    folded: str
    prefix: bool = False
    exact: str = ""  # `printed`; "" = any case and accents


def word_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """(folded word, start, end) of each word; text[start:end] is the word as printed.

    A word is letters and digits, as a full-text index has it: "ICE's" is ICE and s, "l'immigration" is l and
    immigration. So a query asks the matcher and the index for the same words.
    """
    folded: list[str] = []
    origin: list[int] = []  # of each folded character, in `text`
    for run in _RUN.finditer(text):
        plain = fold(run.group())
        folded.append(plain)
        origin += range(*run.span()) if run.group().isascii() else [run.start()] * len(plain)
    origin.append(len(text))
    for word in _WORD.finditer("".join(folded)):
        # Up to the next folded character, so that a combining accent stays with its letter.
        yield word.group(), origin[word.start()], max(origin[word.end() - 1] + 1, origin[word.end()])


def printed(word: str) -> str:
    """A word as printed, in the one form that two printings are compared in."""
    return unicodedata.normalize("NFC", word)


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
        positions = self._begins(word.folded) if word.prefix else self._positions.get(word.folded, ())
        if not word.exact:
            return positions
        return [at for at in positions if printed(self.text[slice(*self._spans[at])]) == word.exact]

    def _begins(self, prefix: str) -> Collection[int]:
        found: set[int] = set()
        at = bisect_left(self._vocabulary, prefix)
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(prefix):
            found.update(self._positions[self._vocabulary[at]])
            at += 1
        return found

    @cached_property
    def _vocabulary(self) -> list[str]:
        return sorted(self._positions)
