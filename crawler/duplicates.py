"""Whether an article is a copy of one we know, or another report of an event we know."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from sys import intern
from typing import TYPE_CHECKING

from crawler.events import Account, contradict, known_event
from crawler.words import fold

if TYPE_CHECKING:
    from crawler.places import Place

Shingle = tuple[str, str, str, str, str]

# A copy: this share of the shorter text's shingles, and this many, beginning early in both texts. A passage quoted
# further down is a reused quotation or a list of other stories.
_CONTAINMENT = 0.45
_SHARED = 15
_START_WORDS = 150
_START_SHARE = 0.35
_SURE = 0.8  # under it, a distant day or place says that two texts are filled-in forms, as press releases are
_BRIEF = 8  # words of headline and text that make the shortest copy
_STRIDE = 4  # shingles apart when looking whether two texts have anything in common
_OPENING_CHARACTERS = 1500  # and this share of the text: where an early overlap begins, with a margin
_OPENING_PERCENT = 45

# The same stored articles are candidates again and again, so what was read of them is kept: some 20 KB for the opening
# of a text, 80 KB for all of it. Longer texts are read anew.
_OPENINGS_KEPT = 1024
_TEXTS_KEPT = 512
_LONGEST_KEPT = 50_000  # characters

_RATE = 16  # one shingle in so many is sampled
_LEAST = 32  # but so many of a short text
_HASH_BOUND = 2**63  # signed 64-bit

_SEPARATORS = {c: " " for c in range(128) if not chr(c).isalnum()} | {ord("'"): None}
_MARKS = "“”–—…«»¿¡•\xa0"
_OTHER_MARKS = re.compile(r"[^\w\x00-\x7f]+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that a new one may be a copy of, or may report the same event as."""

    article_id: int
    story_id: int
    title: str
    text: str
    published_at: datetime | None
    places: "tuple[Place, ...]"
    copy_of: int | None = None  # the article_id of its original


@dataclass(frozen=True, slots=True)
class _Known:
    """A candidate, what was read of it, and hashes of every fourth shingle of that."""

    candidate: Candidate
    account: Account
    sample: frozenset[int]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The story an article joins (None: it opens one), the original it copies, and why, for a person."""

    story_id: int | None
    copy_of: int | None
    because: str


@lru_cache(maxsize=8)  # looked up and then stored
def fingerprint(title: str, text: str) -> tuple[int, ...]:
    """A sample of the hashes of the text's shingles, ascending, signed 64-bit, the same in every process.

    It holds every hash below a fixed bound (one in 16), and at least the 32 smallest: so two texts with a common
    passage sample the same part of it. A text too short to have shingles is sampled with its title.
    """
    words = _words(text)
    if len(words) < _SHARED + 4:
        words = _words(title) + words
    hashes = {_stable_hash(shingle) for shingle in _shingles(words)}
    bound = 2 * _HASH_BOUND // _RATE - _HASH_BOUND
    sample = sorted(h for h in hashes if h < bound)
    return tuple(sample if len(sample) >= _LEAST else nsmallest(_LEAST, hashes))


def containment(a: str, b: str) -> float:
    """The share of the shorter text's 5-word shingles that the other holds too: 0 to 1; 0 without shingles."""
    mine, theirs = set(_shingles(_words(a))), set(_shingles(_words(b)))
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def group(
    title: str, text: str, published_at: datetime | None, places: "Sequence[Place]", candidates: Sequence[Candidate]
) -> Grouping:
    """Join an article to the story it copies, else to the story of the same event, else to none.

    The answer depends on the arguments alone; of equal candidates the one with the smallest id wins. A copy points
    at the original, never at another copy.
    """
    account = Account(0, 0, title, text, _words(title), _words(text), published_at, tuple(places))
    known = [_known(c) if len(c.text) <= _LONGEST_KEPT else _read(c) for c in candidates]
    copied = _find_copy(account, known)
    if copied:
        original, share = copied
        because = f"same text as “{original.title}”: {share:.0%} of the shorter one's passages"
        return Grouping(original.story_id, original.copy_of or original.article_id, because)
    event = known_event(account, [k.account for k in known])
    if event:
        return Grouping(event.story_id, None, event.because)
    return Grouping(None, None, "no other report of this event is known")


def _read(c: Candidate) -> _Known:
    """With the words of the opening alone: few candidates are worth reading to the end."""
    opening = c.text[: max(_OPENING_CHARACTERS, len(c.text) * _OPENING_PERCENT // 100)]
    words = [intern(word) for word in _words(opening)]
    original = c.copy_of or c.article_id
    account = Account(c.story_id, original, c.title, c.text, _words(c.title), words, c.published_at, c.places)
    return _Known(c, account, frozenset(map(hash, _shingles(words, _STRIDE))))


_known = lru_cache(maxsize=_OPENINGS_KEPT)(_read)


def _words(text: str) -> list[str]:
    """Folded words without apostrophes; several times faster than words.words(), as hundreds of texts are read."""
    for mark in _MARKS:
        text = text.replace(mark, " ")
    plain = fold(text)
    if not plain.isascii():
        plain = _OTHER_MARKS.sub(" ", plain)
    if plain.isascii():
        return plain.translate(_SEPARATORS).split()
    return _WORD.findall(plain.replace("'", ""))


def _shingles(words: list[str], stride: int = 1) -> Iterator[Shingle]:
    return zip(*(words[i::stride] for i in range(5)), strict=False)


def _stable_hash(shingle: Shingle) -> int:
    return int.from_bytes(blake2b(" ".join(shingle).encode(), digest_size=8).digest(), "big", signed=True)


def _find_copy(account: Account, known: Sequence[_Known]) -> tuple[Candidate, float] | None:
    """The candidate that shares most of the text, and how much; None when the text is nobody's copy.

    Half of the candidates that are copies of one original must agree, so that a page that strings several texts
    together does not make them copies of each other.
    """
    mine = _Text.read(account.words)
    groups: dict[int, list[tuple[float, int, int, Candidate]]] = defaultdict(list)
    for other in known:
        candidate, share, shared = other.candidate, 0.0, 0
        if len(mine.shingles & other.sample) > 1:
            share, shared = _overlap(mine, _text(candidate.text))
        if 0 < share < _SURE and contradict(account, other.account):
            share = 0.0
        if _same_brief(account, other.account):
            share = 1.0
        groups[other.account.article_id].append((share, shared, -candidate.article_id, candidate))
    agreed = (rows for rows in groups.values() if 2 * sum(share > 0 for share, *_ in rows) >= len(rows))
    best = max((row for rows in agreed for row in rows if row[0]), key=lambda row: row[:3], default=None)
    return (best[3], best[0]) if best else None


def _same_brief(a: Account, b: Account) -> bool:
    """Too short to share enough, but word for word the same under the same headline."""
    return a.words == b.words and a.title_words == b.title_words and len(a.title_words + a.words) >= _BRIEF


@dataclass(frozen=True, slots=True)
class _Text:
    """A whole text as the hashes of its shingles; they hold in this process only."""

    sequence: list[int]
    shingles: frozenset[int]

    @classmethod
    def read(cls, words: list[str]) -> "_Text":
        """Of a text's words."""
        sequence = list(map(hash, _shingles(words)))
        return cls(sequence, frozenset(sequence))


@lru_cache(maxsize=_TEXTS_KEPT)
def _kept_text(text: str) -> _Text:
    return _Text.read(_words(text))


def _text(text: str) -> _Text:
    return _kept_text(text) if len(text) <= _LONGEST_KEPT else _Text.read(_words(text))


def _overlap(a: _Text, b: _Text) -> tuple[float, int]:
    """(containment, shared shingles) when two texts are copies, else (0, 0)."""
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
