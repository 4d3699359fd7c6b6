"""Whether an article is a copy of one we know: most of the shorter text, from its beginning, word for word."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from itertools import accumulate

from crawler.grouping.gist import Candidate
from crawler.grouping.nearness import contradict, each_names_another
from crawler.grouping.series import another_issue
from crawler.model import Why, because
from crawler.text import folded_words

Shingle = tuple[str, str, str, str, str]

# Chosen with dedup/dev in view, as `tests.benchmarks.copies` measures; the sizes by hand.
# A copy: this share of the shorter text's shingles, and this many, beginning early in both texts. A passage quoted
# further down is a reused quotation or a list of other stories.
_CONTAINMENT = 0.45
_SHARED = 15
_START_WORDS = 150
_START_SHARE = 0.35
_SURE = 0.8  # under it, a distant day or place says that two texts are filled-in forms, as press releases are
_BRIEF = 8  # words of headline and text that make the shortest copy
_BRIEF_CHARACTERS = 600  # a longer text has shingles enough

# The same wire copy is compared again and again, so what was read of it is kept: some 80 KB each.
_TEXTS_KEPT = 128
_LONGEST_KEPT = 50_000  # characters

_RATE = 16  # one shingle in so many is sampled
_LEAST = 32  # but so many of a short text
_SAMPLED = range(0x80, 0x80 + 256 // _RATE)  # first bytes of the smallest hashes, as these are signed

# Hashes in common, for each character of the shorter text, of copies that share as little as they may: a shingle is
# some six characters on. A fifth of that is asked for, as a sample can be lucky.
_HASHES_A_CHARACTER = _CONTAINMENT / _RATE / 6 / 5


@dataclass(frozen=True, slots=True)
class Copied:
    """The text that an article copies, and the share of the shorter one's passages that both hold."""

    candidate: Candidate
    share: float

    @property
    def because(self) -> Why:
        """Why it is one."""
        return because("same_text", title=self.candidate.title, share=round(self.share, 4))


@lru_cache(maxsize=8)  # looked up and then stored
def fingerprint(title: str, text: str) -> tuple[int, ...]:
    """A sample of the hashes of the text's shingles, ascending, signed 64-bit, the same in every process.

    It holds every hash below a fixed bound (one in 16), and at least the 32 smallest: so two texts with a common
    passage sample the same part of it. A text too short to have shingles is sampled with its title.
    """
    words = folded_words(text)
    if len(words) < _SHARED + 4:
        words = folded_words(title) + words
    digests = _digests(words)
    sample = sorted(digest for digest in digests if digest[0] in _SAMPLED)
    hashes = (int.from_bytes(digest, "big", signed=True) for digest in (sample if len(sample) >= _LEAST else digests))
    return tuple(hashes if len(sample) >= _LEAST else nsmallest(_LEAST, hashes))


def containment(a: str, b: str) -> float:
    """The share of the shorter text's 5-word shingles that the other holds too: 0 to 1; 0 without shingles."""
    mine, theirs = set(_shingles(folded_words(a))), set(_shingles(folded_words(b)))
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def find_copy(article: Candidate, known: Sequence[Candidate]) -> Copied | None:
    """The candidate that shares most of the text; None when the text is nobody's copy.

    Half of the candidates that are copies of one original must agree, so that a page that strings several texts
    together does not make them copies of each other. Of equal candidates the one with the smallest id wins.
    """
    groups: dict[int, list[tuple[float, int, int, Candidate]]] = defaultdict(list)
    for other in known:
        share, shared = _shared(article, other)
        groups[other.copy_of or other.article_id].append((share, shared, -other.article_id, other))
    agreed = (rows for rows in groups.values() if 2 * sum(share > 0 for share, *_ in rows) >= len(rows))
    best = max((row for rows in agreed for row in rows if row[0]), key=lambda row: row[:3], default=None)
    return Copied(best[3], best[0]) if best else None


def may_copy(length: int, other_length: int, hashes: int) -> bool:
    """Whether texts of so many characters can be copies when so many hashes of one stand in the other's fingerprint."""
    return max(length, other_length) <= _BRIEF_CHARACTERS or hashes >= _HASHES_A_CHARACTER * min(length, other_length)


def _shared(a: Candidate, b: Candidate) -> tuple[float, int]:
    """(containment, shared shingles) when two articles are copies, else (0, 0)."""
    if _same_brief(a, b):
        return 1.0, 0
    if b.hashes is not None and not may_copy(len(a.text), len(b.text), b.hashes):
        return 0.0, 0
    share, shared = _overlap(_text(a.text), _text(b.text))
    if share and (_is_form(a, b, share) or another_issue(a, b)):
        return 0.0, 0
    return share, shared


def _is_form(a: Candidate, b: Candidate, share: float) -> bool:
    """Whether two texts that share so much are a form filled in for two places or times."""
    return contradict(a, b) and (share < _SURE or each_names_another(a, a.text, b, b.text))


def _same_brief(a: Candidate, b: Candidate) -> bool:
    """Too short to share enough, but word for word the same under the same headline."""
    if max(len(a.text), len(b.text)) > _BRIEF_CHARACTERS:
        return False
    title, words = folded_words(a.title), folded_words(a.text)
    return len(title + words) >= _BRIEF and title == folded_words(b.title) and words == folded_words(b.text)


def _shingles(words: list[str]) -> Iterator[Shingle]:
    return zip(*(words[i:] for i in range(5)), strict=False)


def _digests(words: list[str]) -> set[bytes]:
    """A stable hash of each shingle, 8 bytes; the words are put together once and cut, which is faster."""
    encoded = [word.encode() for word in words]
    whole = b" ".join(encoded)
    starts = list(accumulate((len(word) + 1 for word in encoded), initial=0))
    return {
        blake2b(whole[start : end - 1], digest_size=8).digest() for start, end in zip(starts, starts[5:], strict=False)
    }


@dataclass(frozen=True, slots=True)
class _Text:
    """A whole text as the hashes of its shingles; they hold in this process only."""

    sequence: list[int]
    shingles: frozenset[int]

    @classmethod
    def read(cls, text: str) -> "_Text":
        sequence = list(map(hash, _shingles(folded_words(text))))
        return cls(sequence, frozenset(sequence))


_kept_text = lru_cache(maxsize=_TEXTS_KEPT)(_Text.read)


def _text(text: str) -> _Text:
    return _kept_text(text) if len(text) <= _LONGEST_KEPT else _Text.read(text)


def _overlap(a: _Text, b: _Text) -> tuple[float, int]:
    shared = a.shingles & b.shingles
    share = len(shared) / max(1, min(len(a.shingles), len(b.shingles)))
    if len(shared) < _SHARED or share < _CONTAINMENT:
        return 0.0, 0
    if _starts_late(a.sequence, shared) or _starts_late(b.sequence, shared):
        return 0.0, 0
    return share, len(shared)


def _starts_late(sequence: list[int], shared: frozenset[int]) -> bool:
    start = next(i for i, shingle in enumerate(sequence) if shingle in shared)
    return start > max(_START_WORDS, _START_SHARE * len(sequence))
