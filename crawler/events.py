"""Whether articles report the same event in their own words: alike openings, place, days, names and numbers."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from crawler.words import words

if TYPE_CHECKING:
    from crawler.places import Place

Vector = dict[str, float]

# What speaks for one event, on the scale of a cosine.
_ENOUGH = 0.26
_SAME_CITY = 0.1
_SAME_COUNTY = 0.05
_OTHER_CITY = -0.1  # two towns of one county
_ELSEWHERE = -0.3
_PER_NAME = 0.05
_PER_NUMBER = 0.02
_MOST_COUNTED = 3  # names, and numbers
_WORTH_A_LOOK = 0.14  # under this cosine no place, day or name makes one event of two
_ROUNDING = 1e-6  # of a cosine that was added up in another order
_FIRST_TERMS = 20  # the title's, which weigh most
_COMMON = 3  # a name that more stories than this tell says nothing

_NEAR_DAYS = 3
_FAR_DAYS = 21  # a new story, however alike
_PER_DAY = -0.015  # for each day after the near ones

_TITLE_WEIGHT = 3
_OPENING_WORDS = 150
_OPENING_CHARACTERS = 1200

# A handful of stories cannot say how common a word is: so many more are imagined, a share of which hold a word of the
# topic, of the news, any other.
_IMAGINED = 80
_TOPIC_SHARE, _NEWS_SHARE, _OTHER_SHARE = 0.6, 0.25, 0.01

_EMPTY = frozenset(
    """a about after all also an and any are as at be because been before being but by can could did do does for from
    had has have he her here him his how i if in into is it its just like may me more most my new no not now of on one
    only or other our out over said say says she should so some such than that the their them then there these they
    this those through to told too two under until up us was we were what when where which while who will with would
    year years you your al como con de del el en es esta este fue ha han la las le lo los mas no para pero por que se
    segun ser si sin sobre su sus un una y""".split()
)
_TOPIC = frozenset(
    """ice immigration custom enforcement agent federal detain detained detention detainee arrest arrested deport
    deportation deported immigrant migrant officer homeland security dhs department raid operation border police
    undocumented illegal illegally alien removal custody inmigracion migra agente federale arresto detenido detenida
    redada deportacion migratorio inmigrante""".split()
)
_NEWS = frozenset(
    """according court judge government president trump administration state city county people man woman family
    official community local public group member statement news week day today monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november december video case
    country united american attorney lawyer worker resident home school house law""".split()
)
_NAME = re.compile(r"\b[A-ZÁÉÍÓÚÑ][\w'’-]+(?: (?:(?:de|del|la|of|the) )?[A-ZÁÉÍÓÚÑ][\w'’-]+)+")
_NO_NAME = re.compile(
    r"Immigration|Customs|Enforcement|Homeland|Department|Border Patrol|President|Trump|White House|United States"
    r"|Associated Press|Supreme Court|Social Media|Inmigraci|Estados Unidos|Seguridad Nacional|Attorney General|Police"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\bICE\b"
)
_NUMBER = re.compile(r"(?<![\w.,])\$?\d+(?:[.,]\d+)*(?!\w)")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Account:
    """One article as a report of an event; its words are folded and without apostrophes, its time is aware."""

    story_id: int
    article_id: int  # of the original when it is a copy
    title: str
    text: str
    title_words: list[str]
    words: list[str]
    published_at: datetime | None
    places: "tuple[Place, ...]"

    @cached_property
    def opening(self) -> str:
        """What names and numbers are read from."""
        return f"{self.title}\n{self.text[:_OPENING_CHARACTERS]}"

    @cached_property
    def names(self) -> dict[str, None]:
        """Names of two words and more, in order, but for places and those that every story on the topic holds."""
        found = (re.sub(r"['’]s?$", "", name) for name in _NAME.findall(self.opening) if not _NO_NAME.search(name))
        places = {place.name for place in self.places}
        return dict.fromkeys(name for name in found if name not in places)

    @cached_property
    def numbers(self) -> dict[str, None]:
        """Numbers in figures, in order, without years and single digits, which many stories share."""
        return dict.fromkeys(n for n in _NUMBER.findall(self.opening) if len(n) > 1 and not _YEAR.fullmatch(n))

    @cached_property
    def terms(self) -> Counter[str]:
        """What the account is about: the title's words three times, and those of the opening.

        Without the names of its places, which are evidence of their own and would count twice.
        """
        places = set(_terms([word for place in self.places for word in words(place.name)]))
        told = _terms([*self.title_words * _TITLE_WEIGHT, *self.words[:_OPENING_WORDS]])
        return Counter(term for term in told if term not in places)

    @cached_property
    def first_squares(self) -> dict[str, int]:
        """The first of the terms, and how often each was said, squared."""
        return {term: n * n for term, n in islice(self.terms.items(), _FIRST_TERMS)}


@dataclass(frozen=True, slots=True)
class Event:
    """The story that tells of the same event, and what the articles have in common, for a person."""

    story_id: int
    because: str


def known_event(account: Account, others: Sequence[Account]) -> Event | None:
    """The story of the event that an account tells, or None.

    It joins a story when it agrees with the first report, or with all reports taken together: being like a single
    later one is not enough, so a running topic does not become one story. Of equal stories the oldest wins.
    """
    stories = _by_story(others)
    scale = _Scale(stories, account)
    mine = scale.vector(account)
    best: tuple[float, int, Account] | None = None
    for story_id, reports in stories.items():
        if scale.most_alike(mine, reports) < _WORTH_A_LOOK - _ROUNDING:
            continue
        alike, together = _likeness(mine, [scale.vector(report) for report in reports])
        if max(alike[0], together) < _WORTH_A_LOOK:
            continue
        evidence = [_evidence(account, report, scale) for report in reports]
        score = max(alike[0] + evidence[0], together + sum(evidence) / len(evidence))
        if score >= _ENOUGH and (best is None or (score, -story_id) > (best[0], -best[1])):
            nearest = max(range(len(reports)), key=lambda i: (alike[i] + evidence[i], -i))
            best = (score, story_id, reports[nearest])
    return Event(best[1], _because(account, best[2], scale)) if best else None


def contradict(a: Account, b: Account) -> bool:
    """Whether two accounts are too far apart, in days or place, to tell of one event."""
    return _days_apart(a, b) > _FAR_DAYS or _nearness(a.places, b.places) == _ELSEWHERE


class _Scale:
    """How much a word and a name tell, given the stories at hand."""

    def __init__(self, stories: dict[int, list[Account]], account: Account) -> None:
        self._stories = stories
        told = [
            set().union(*(r.terms for r in reports)) if reports[1:] else reports[0].terms
            for reports in stories.values()
        ]
        counts = Counter(chain(account.terms, *told))
        weights = [_inverse_frequency(n, len(told) + 1, _OTHER_SHARE) for n in range(len(told) + 2)]
        self._weight = {term: weights[n] for term, n in counts.items()}
        for terms, share in ((_TOPIC, _TOPIC_SHARE), (_NEWS, _NEWS_SHARE)):
            for term in terms & counts.keys():
                self._weight[term] = _inverse_frequency(counts[term], len(told) + 1, share)
        self._tellers: dict[str, int] = {}

    def vector(self, account: Account) -> Vector:
        """The account's terms by weight, of length 1 (or empty)."""
        weight = self._weight
        weighed = {term: n * weight[term] for term, n in account.terms.items()}
        length = math.sqrt(sum([w * w for w in weighed.values()])) or 1.0
        return {term: w / length for term, w in weighed.items()}

    def most_alike(self, mine: Vector, reports: Sequence[Account]) -> float:
        """At least the likeness with the first report, and with all together; several times cheaper than those.

        Reports that have nothing in common have the shortest centroid, and so the greatest cosine with it.
        """
        most = [self._greatest_cosine(mine, report) for report in reports]
        return max(most[0], sum(most) / math.sqrt(max(1, sum(cosine > 0 for cosine in most))))

    def _greatest_cosine(self, mine: Vector, account: Account) -> float:
        """With the account's vector taken as no longer than its first terms make it."""
        terms, weight = account.terms, self._weight
        product = sum([mine[term] * terms[term] * weight[term] for term in mine.keys() & terms.keys()])
        if not product:
            return 0.0
        squares = sum([n * weight[term] ** 2 for term, n in account.first_squares.items()])
        return product / math.sqrt(squares) if squares else math.inf

    def telling(self, a: Account, b: Account) -> list[str]:
        """The names that both hold and few stories do."""
        return [name for name in a.names if name in b.names and self._told(name) <= _COMMON]

    def _told(self, name: str) -> int:
        if name not in self._tellers:
            self._tellers[name] = sum(any(name in r.opening for r in reports) for reports in self._stories.values())
        return self._tellers[name]


def _inverse_frequency(count: int, stories: int, share: float) -> float:
    return max(0.0, math.log((stories + _IMAGINED) / (count + _IMAGINED * share + 0.5)))


def _terms(words: list[str]) -> list[str]:
    """The words that carry meaning, without a plural or possessive s."""
    told = [w for w in words if w not in _EMPTY]
    return [w[:-1] if w[-1] == "s" and len(w) > 3 and w[-2] != "s" else w for w in told]


def _by_story(others: Iterable[Account]) -> dict[int, list[Account]]:
    """The accounts of each story, first published first, one for each text."""

    def age(account: Account) -> tuple[float, int]:
        when = account.published_at
        return (when.timestamp() if when else math.inf, account.article_id)

    stories: dict[int, dict[int, Account]] = defaultdict(dict)
    for other in sorted(others, key=age):
        stories[other.story_id].setdefault(other.article_id, other)
    return {story_id: list(reports.values()) for story_id, reports in stories.items()}


def _likeness(mine: Vector, vectors: Sequence[Vector]) -> tuple[list[float], float]:
    """The cosine with each vector, and with their centroid."""
    alike = [sum([w * vector[term] for term, w in mine.items() if term in vector]) for vector in vectors]
    if len(vectors) == 1 or not any(alike):
        return alike, alike[0]
    centre: dict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, w in vector.items():
            centre[term] += w
    length = math.sqrt(sum(w * w for w in centre.values()))
    return alike, sum(alike) / length if length else 0.0


def _evidence(a: Account, b: Account, scale: _Scale) -> float:
    """What place, days, names and numbers add to the likeness of two accounts, or take from it."""
    days = _days_apart(a, b)
    if days > _FAR_DAYS:
        return -math.inf
    names = min(_MOST_COUNTED, len(scale.telling(a, b)))
    numbers = min(_MOST_COUNTED, len(a.numbers.keys() & b.numbers.keys()))
    late = max(0.0, days - _NEAR_DAYS)
    return _nearness(a.places, b.places) + _PER_NAME * names + _PER_NUMBER * numbers + _PER_DAY * late


def _nearness(a: "Sequence[Place]", b: "Sequence[Place]") -> float:
    """What the places say; 0 when one of them is not known, or too wide to tell."""
    if not a or not b:
        return 0.0
    cities, other_cities = ({(p.name, p.state) for p in places if p.kind == "city"} for places in (a, b))
    if cities & other_cities:
        return _SAME_CITY
    if {(p.county, p.state) for p in a if p.county} & {(p.county, p.state) for p in b if p.county}:
        return _OTHER_CITY if cities and other_cities else _SAME_COUNTY
    if (cities and other_cities) or not {p.state for p in a} & {p.state for p in b}:
        return _ELSEWHERE
    return 0.0


def _days_apart(a: Account, b: Account) -> float:
    """0 when one of the times is not known."""
    if a.published_at is None or b.published_at is None:
        return 0.0
    return abs((a.published_at - b.published_at).total_seconds()) / 86400


def _because(a: Account, b: Account, scale: _Scale) -> str:
    """What two accounts have in common, in a line."""
    parts = [str(place) for place in a.places if place in b.places][:1]
    days = dict.fromkeys(f"{t.day} {t:%B}" for t in (b.published_at, a.published_at) if t)
    if a.published_at and b.published_at:
        parts.append(" and ".join(days))
    if names := scale.telling(a, b)[:_MOST_COUNTED]:
        parts.append(f"both name {', '.join(names)}")
    if numbers := [n for n in a.numbers if n in b.numbers][:_MOST_COUNTED]:
        parts.append(f"both say {', '.join(numbers)}")
    mine, theirs = scale.vector(a), scale.vector(b)
    shared = sorted(
        (term for term in mine.keys() & theirs.keys() if not term.isdigit()),
        key=lambda term: (-mine[term] * theirs[term], term),
    )
    surface: dict[str, str] = {}
    for word in sorted((*a.words, *a.title_words), key=len, reverse=True):
        surface.update(dict.fromkeys(_terms([word]), word))
    parts.append(f"both speak of {', '.join(surface[term] for term in shared[:4])}")
    return "same event: " + "; ".join(parts)
