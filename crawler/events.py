"""Whether two articles report the same event in their own words: alike openings, place, days, names and numbers."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.places import Place

Vector = dict[str, float]

# What speaks for one event, on the scale of a cosine.
_ENOUGH = 0.24
_SAME_CITY = 0.05
_SAME_COUNTY = 0.03
_OTHER_PLACE = -0.2
_PER_NAME = 0.05
_PER_NUMBER = 0.02
_MOST_NAMES = 3
_MOST_NUMBERS = 3
_WORTH_A_LOOK = 0.1  # under this cosine nothing else can make up for it

_NEAR_DAYS = 3
_FAR_DAYS = 21  # a new story, however alike
_PER_DAY = 0.015  # more likeness is asked for each day after the near ones

_TITLE_WEIGHT = 3
_OPENING_WORDS = 150
_OPENING_CHARACTERS = 1200

# How many documents the prior is worth, and in what share of them a word of its lists stands.
_PRIOR = 40
_PRIOR_SHARE = {"topic": 0.6, "news": 0.25, "other": 0.01}

_EMPTY_WORDS = frozenset(
    """a about after all also an and any are as at be because been before being but by can could did do does for from
    had has have he her here him his how i if in into is it its just like may me more most my new no not now of on one
    only or other our out over said say says she should so some such than that the their them then there these they
    this those through to told too two under until up us was we were what when where which while who will with would
    year years you your al como con de del el en es esta este fue ha han la las le lo los mas no para pero por que se
    segun ser si sin sobre su sus un una y""".split()
)
_TOPIC_WORDS = frozenset(
    """ice immigration custom enforcement agent federal detain detained detention detainee arrest arrested deport
    deportation deported immigrant migrant officer homeland security dhs department raid operation border police
    undocumented illegal illegally alien removal custody inmigracion migra agente federale arresto detenido detenida
    redada deportacion migratorio inmigrante""".split()
)
_NEWS_WORDS = frozenset(
    """according court judge government president trump administration state city county people man woman family
    official community local public group member statement news week day today monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november december video case
    country united american attorney lawyer worker resident home school house law""".split()
)
_COMMON_NAMES = re.compile(
    r"Immigration|Customs|Enforcement|Homeland|Security|Department|Border Patrol|President|Trump|White House|United States"
    r"|Associated Press|Donald|Biden|Supreme Court|Social Media|New York Times|Fox News|Inmigraci|Estados Unidos"
    r"|Seguridad Nacional|Attorney General|Police|District Court|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
)
_NAME = re.compile(r"(?<![.!?] )\b[A-ZÁÉÍÓÚÑ][\w'’-]+(?: (?:(?:de|del|la|of|the) )?[A-ZÁÉÍÓÚÑ][\w'’-]+)+")
_NUMBER = re.compile(r"(?<![\w.,$])\$?\d[\d,.]*\d|(?<![\w.,$])\d(?![\w.,])")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Account:
    """One article as a report of an event; the words are folded and without apostrophes."""

    story_id: int
    article_id: int  # of the original when it is a copy
    title: str
    text: str
    title_words: list[str]
    words: list[str]
    published_at: datetime | None
    places: "tuple[Place, ...]"

    @property
    def opening(self) -> str:
        """What names and numbers are read from."""
        return f"{self.title}\n{self.text[:_OPENING_CHARACTERS]}"


@dataclass(frozen=True, slots=True)
class Event:
    """The story that tells of the same event, and what they have in common, for a person."""

    story_id: int
    because: str


def known_event(account: Account, others: Sequence[Account]) -> Event | None:
    return None
