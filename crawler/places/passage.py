"""A title and a text as the search for places reads them."""

import re
from bisect import bisect_left
from itertools import accumulate
from typing import Literal, NamedTuple

from crawler.places.spelling import normal_word
from crawler.text import WORD, fold, sentence_spans

Part = Literal["title", "lede", "body"]

# Chosen with relevance/places_dev in view, as `tests.benchmarks.places` measures.
_LEDE = 500  # characters of the text
_TRAILER = re.compile(r"\bThe post .{0,300}? appeared first on .{0,100}$", re.M)  # WordPress adds it to feeds
_SENTENCE_ENDS = '.!?:;\n“"('


class Sentence(NamedTuple):
    """Where a sentence begins and ends, as written and folded."""

    start: int
    end: int
    said: str
    folded: str


class ReadText:
    """A title and a text in words and sentences, read once.

    Word i is `words[i]` as written, `folded[i]` as compared and `keys[i]` without its possessive; it begins at
    `starts[i]`, and `gaps[i]` stands before it. The last gap is a line break.
    """

    def __init__(self, title: str, text: str) -> None:
        text = _TRAILER.sub("", text) if "appeared first on" in text else text
        self.whole = f"{title.strip()}\n{text}"
        self.title_end = len(title.strip())
        self.words: list[str] = WORD.findall(self.whole)
        self.gaps = WORD.split(self.whole)
        lengths = zip(self.gaps, ["", *self.words], strict=True)
        self.starts = list(accumulate(len(gap) + len(before) for gap, before in lengths))
        self.gaps[-1] = "\n"
        compared = {word: normal_word(word) for word in set(self.words)}
        self.folded = [compared[word] for word in self.words]
        self.keys = [word.removesuffix("'s") for word in self.folded]
        self.capital = [word[0].isupper() for word in self.words]
        self.title_words = bisect_left(self.starts, self.title_end, hi=len(self.words))
        self.low_title = self.title_words > 2 and not any(self.capital[: self.title_words])
        self._spans = list(sentence_spans(self.whole))
        self._sentence = 0
        self._read = Sentence(0, 0, "", "")
        letters = "".join(filter(str.isalpha, self.whole[self.title_end :]))
        self.shouted = sum(map(str.isupper, letters)) > 0.6 * max(len(letters), 1)
        heading = [self.capital[i] for i in range(self.title_words) if len(self.words[i]) > 3]
        self.title_case = sum(heading) > 0.6 * max(len(heading), 1)

    def end(self, i: int) -> int:
        """Where word i ends."""
        return self.starts[i] + len(self.words[i])

    def part(self, at: int) -> Part:
        if at < self.title_end:
            return "title"
        return "lede" if at < self.title_end + _LEDE else "body"

    def cased(self, at: int) -> bool:
        """Whether a capital says anything here: not in a shouted text or a headline in title case or without any."""
        return not ((self.title_case or self.low_title) if at < self.title_end else self.shouted)

    def following(self, after: int, k: int = 0) -> str:
        """The key of the k-th word from `after` on; "" behind the end of the line."""
        j = after + k
        return self.keys[j] if j < len(self.words) and "\n" not in self.gaps[j] else ""

    def preceding(self, i: int, k: int = 1) -> str:
        """The key of the k-th word before i; "" before the beginning of the line."""
        j = i - k
        return self.keys[j] if j >= 0 and "\n" not in self.gaps[j + 1] else ""

    def may_name(self, i: int) -> bool:
        """Whether word i is written as names are; in a headline without a capital any word may be one."""
        return self.capital[i] or (self.low_title and i < self.title_words)

    def opens_sentence(self, i: int) -> bool:
        return i == 0 or any(c in _SENTENCE_ENDS for c in self.gaps[i])

    def sentence_of(self, i: int) -> Sentence:
        """The sentence that word i stands in; to be asked for in the order of the words."""
        at = self.starts[i]
        while self._sentence < len(self._spans) - 1 and self._spans[self._sentence][1] <= at:
            self._sentence += 1
        start, end = self._spans[self._sentence]
        if (start, end) != self._read[:2]:
            said = self.whole[start:end].strip()
            self._read = Sentence(start, end, said, fold(said))
        return self._read
