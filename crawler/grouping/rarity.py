"""How common a word is among the stories of late: what is rare tells one event from another."""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sized
from functools import lru_cache
from hashlib import blake2b
from heapq import nlargest
from typing import TypeVar
from weakref import WeakKeyDictionary

from crawler.grouping.gist import Account
from crawler.topic import chosen

Vector = dict[str, float]
_T = TypeVar("_T")

# Chosen with dedup/dev and ice_pages/dev in view, as `tests.benchmarks.events` measures; the sizes by hand.
MOST_STORIES = 2000
_CLUES = 24  # terms by which a report is found again
_GROWTH = 0.1  # after so many new stories words are weighed anew

# A handful of stories cannot say how common a word is: so many more are imagined, a share of which hold a word of the
# topic (its stock words), of the news, any other.
_IMAGINED = 80
_TOPIC_SHARE, _NEWS_SHARE, _OTHER_SHARE = 0.6, 0.25, 0.01

_NEWS = frozenset(
    """according court judge government president trump administration state city county people man woman family
    official community local public group member statement news week day today monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november december video case
    country united american attorney lawyer worker resident home school house law""".split()
)


class Background:
    """Counts the words, names and places of the latest stories, and weighs what a report says by them."""

    def __init__(self) -> None:
        self._stories: deque[tuple[tuple[str, ...], tuple[str, ...], frozenset[tuple[str, str]]]] = deque()
        self._terms: Counter[str] = Counter()
        self._names: Counter[str] = Counter()
        self._places: Counter[tuple[str, str]] = Counter()
        self._weighed_at = 0  # changes of the background
        self._changes = 0
        topic = chosen().stock_words.common
        self._shares = dict.fromkeys(_NEWS, _NEWS_SHARE) | dict.fromkeys(topic, _TOPIC_SHARE)
        self._weights = _Weights(self._stories, self._terms, self._shares)
        self._vectors: WeakKeyDictionary[Account, Vector] = WeakKeyDictionary()
        self._headlines: WeakKeyDictionary[Account, Vector] = WeakKeyDictionary()

    def add(self, account: Account) -> None:
        """A new story, told by its first report; the oldest one is forgotten."""
        terms, names = tuple(account.terms), tuple(account.names)
        self._terms.update(terms)
        self._names.update(names)
        self._places.update(account.where)
        self._stories.append((terms, names, account.where))
        if len(self._stories) > MOST_STORIES:
            terms, names, where = self._stories.popleft()
            _take(self._terms, terms)
            _take(self._names, names)
            _take(self._places, where)
        self._changes += 1
        if self._changes - self._weighed_at > _GROWTH * len(self._stories):
            self._weighed_at = self._changes
            self._weights.clear()
            self._vectors.clear()
            self._headlines.clear()

    def vector(self, account: Account) -> Vector:
        """The account's terms by weight, of length 1 (or empty)."""
        known = self._vectors.get(account)
        if known is None:
            weights = self._weights
            weighed = {term: said * weights[term] for term, said in account.terms.items()}
            whole = length(weighed)
            known = self._vectors[account] = {term: w / whole for term, w in weighed.items()}
        return known

    def same(self, told: Account, stored: Account) -> Account:
        """The second one, which tells what the first did: what was weighed of that is not weighed again."""
        for known in (self._vectors, self._headlines):
            if told in known:
                known[stored] = known[told]
        return stored

    def told(self, first: Account, other: Account) -> float:
        """The share of the first one's headline, by how much its words tell, that the other holds too: 0 to 1."""
        shares = self._headlines.get(first)
        if shares is None:
            weighed = {term: self._weights[term] for term in first.headline}
            whole = sum(weighed.values()) or 1.0
            shares = self._headlines[first] = {term: w / whole for term, w in weighed.items()}
        terms = other.terms
        return sum([share for term, share in shares.items() if term in terms])

    def clues(self, account: Account) -> dict[int, float]:
        """Stable hashes of what tells most in an account, and how much each adds to a likeness at best."""
        vector = self.vector(account)
        telling = nlargest(_CLUES, vector, key=lambda term: (vector[term], term))
        return {stable_hash(term): vector[term] ** 2 for term in telling}

    def holders(self, term: str) -> int:
        """How many stories hold this word, the imagined ones too: a word of the topic or the news is never rare."""
        return self._terms[term] + int(_IMAGINED * self._shares.get(term, _OTHER_SHARE))

    def tellers(self, name: str) -> int:
        """How many of the stories hold this name."""
        return self._names[name]

    def told_there(self, place: tuple[str, str]) -> int:
        """How many of the stories happened in this city or county: its name and state."""
        return self._places[place]


class _Weights(dict[str, float]):
    """The weight of each word, found when it is first asked for."""

    def __init__(self, stories: Sized, terms: Counter[str], shares: Mapping[str, float]) -> None:
        self._stories, self._terms, self._shares = stories, terms, shares

    def __missing__(self, term: str) -> float:
        imagined = _IMAGINED * self._shares.get(term, _OTHER_SHARE)
        stories, told = len(self._stories) + 1 + _IMAGINED, self._terms.get(term, 0) + imagined + 0.5
        self[term] = weight = max(0.0, math.log(stories / told))
        return weight


def likeness(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """The cosine of two vectors of length 1."""
    return sum([w * b[term] for term, w in a.items() if term in b])


def summed(vectors: Iterable[Vector]) -> Vector:
    """Their sum: the direction of their centroid."""
    total: Vector = defaultdict(float)
    for vector in vectors:
        for term, w in vector.items():
            total[term] += w
    return total


def length(vector: Vector) -> float:
    """Its length; 1 for one without any, so that one can divide by it."""
    return math.sqrt(sum([w * w for w in vector.values()])) or 1.0


@lru_cache(maxsize=50_000)
def stable_hash(term: str) -> int:
    """A signed 64-bit hash, the same in every process."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "big", signed=True)


def _take(counts: Counter[_T], gone: Iterable[_T]) -> None:
    for each in gone:
        counts[each] -= 1
        if not counts[each]:
            del counts[each]
