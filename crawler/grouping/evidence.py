"""What two reports share and do not share, beside their words: what, who, how old, where, how many and when."""

import math

from crawler.grouping.gist import Account
from crawler.grouping.nearness import ELSEWHERE, FAR_DAYS, SAME_COUNTY, days_apart, each_names_another, nearness
from crawler.grouping.rarity import Background

# Chosen in view of one half of dedup/dev and ice_pages/dev, and judged on the other: `tests.benchmarks.events`.
# On the scale of a cosine.
_HEADLINE = 0.2  # when every word of the other's headline is told
_PER_NAME = 0.05
_PER_NUMBER = 0.02
MOST_COUNTED = 3  # names, and numbers
_PER_STRANGE_NAME = -0.01  # of two reports that share none; of the one that names fewer
_MOST_STRANGE = 5
_SAME_PERSON = 0.05  # of whom both tell more than once
_OTHER_AGES = -0.2  # whoever they tell of is older, or younger
_COMMON = 3  # a name that more stories than this tell says nothing, a place the less the more tell of it
_CROWDED = -0.15  # at most: where very much happens, much is alike that is not one
_ELSEWHERE_TOO = 0.5  # of what places take, when one person is told of: a man of San Jose before a court of Oakland

_OTHER_HEADLINES = -0.5  # each names a place of which the other never speaks: "Sheriff of … County signs", and another

_NEAR_DAYS = 3
_PER_DAY = -0.015  # for each day after the near ones


def evidence_of(a: Account, b: Account, background: Background) -> float:
    """What speaks for one event of a new report `a` and an older one `b`, or against it; -inf when it cannot be one."""
    days = days_apart(a, b)
    return -math.inf if days > FAR_DAYS else matter_of(a, b, background) + _PER_DAY * max(0.0, days - _NEAR_DAYS)


def matter_of(a: Account, b: Account, background: Background) -> float:
    """The same whatever the days.

    A headline says what the event is. That of the new report may say what is new, so it is not asked for in `b`.
    """
    same_person = _same_person(a, b, background)
    what = _HEADLINE * background.told(b, a)
    who = _names(a, b, background) + _SAME_PERSON * same_person + _OTHER_AGES * _of_other_ages(a, b)
    where = _place(a, b, background)
    if where < 0 and same_person:
        where *= _ELSEWHERE_TOO
    elif where <= ELSEWHERE and each_names_another(a, a.opening, b, b.opening):
        where += _OTHER_HEADLINES
    how_many = _PER_NUMBER * min(MOST_COUNTED, len(a.numbers.keys() & b.numbers.keys()))
    return what + who + where + how_many


def telling_names(a: Account, b: Account, background: Background) -> list[str]:
    """The names that both hold and few stories do."""
    return [name for name in a.names if name in b.names and background.tellers(name) <= _COMMON]


def _names(a: Account, b: Account, background: Background) -> float:
    """Rare names in common speak for one event, names that the other never tells against it."""
    if a.names.keys() & b.names.keys():
        return _PER_NAME * min(MOST_COUNTED, len(telling_names(a, b, background)))
    told = (a.surnames & b.terms.keys()) | (b.surnames & a.terms.keys())
    if any(background.holders(term) <= _COMMON for term in told):
        return 0.0
    return _PER_STRANGE_NAME * min(_MOST_STRANGE, len(a.names), len(b.names))


def _same_person(a: Account, b: Account, background: Background) -> bool:
    """Whether both tell more than once of somebody of whom few others tell."""
    both = [term for term in a.surnames & b.surnames if background.holders(term) <= _COMMON]
    return any(term in a.people and term in b.people for term in both)


def _of_other_ages(a: Account, b: Account) -> bool:
    """Whether both say how old somebody is, and nobody is of one age; newsrooms err by a year."""
    return bool(a.ages and b.ages) and all(abs(mine - other) > 1 for mine in a.ages for other in b.ages)


def _place(a: Account, b: Account, background: Background) -> float:
    """What the places add or take. In a busy city, being there too is no evidence, and more is asked."""
    near = nearness(a.places, b.places)
    if near <= 0:
        return near
    both = a.where & b.where
    stories = min(background.told_there(place) for place in (both if near == SAME_COUNTY else both & a.cities))
    quiet = min(1.0, _COMMON / max(1, stories))
    return near * quiet + _CROWDED * (1 - quiet)
