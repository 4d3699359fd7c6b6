"""Which of its meanings each name of a text has."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crawler.places.context import Mention
from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Meaning, Place

# Chosen with relevance/places_dev in view, as `tests.benchmarks.places` measures.
_NEAR = 60  # kilometres
_FAR = 1.0  # degrees of latitude: 111 km
_SURE = 2.0  # support at which a bare name is settled: that of a city of 100,000 with nothing else
_SURE_AT_HOME = 1.6  # the same of "in Morven" where the outlet's own state has one: a place of some 300 people
_ALONE = 0.5  # what it adds when no other state has the name; twice that for a name of several words
_OBSCURE = 0.5  # of the context's support that counts for a place a hundredth the size of its namesake
_LEAD = 0.25  # over the next meaning: about four times its size
_KNOWN = 30_000  # people of a town that is meant though neither the words around nor the outlet's home say so
_GREAT = 50_000  # people of a town that is known by its name where nothing else shows that a town is meant


@dataclass(frozen=True, slots=True)
class Home:
    """Where an outlet is and what it covers ("Waltham, MA", "Essex County, MA", "NH"); it settles ambiguous names."""

    city: str = ""
    county: str = ""
    state: str = ""
    covers: tuple[str, ...] = ()


class Settled(NamedTuple):
    """A mention, its one meaning and how certain that is."""

    mention: Mention
    meaning: Meaning
    certainty: float

    @property
    def place(self) -> Place:
        return self.meaning.place


class Support:
    """What speaks for one meaning of a name: its size, the states named, the outlet's home, its neighbours."""

    def __init__(self, gazetteer: Gazetteer, home: Home, votes: Mapping[str, float]) -> None:
        self.language = gazetteer.language
        self.buildings = gazetteer.facilities
        self.votes = dict(votes)
        covered = [
            gazetteer.look_up(c) for c in (*home.covers, f"{home.city}, {home.state}", f"{home.county}, {home.state}")
        ]
        self.covered = {place for place in covered if place}
        self.home_states = {home.state} | {p.state for p in self.covered} - {""}
        self.settled: list[Meaning] = []

    def state(self, code: str) -> float:
        """0 to 1: how much of what the text says of states is said of this one."""
        return self.votes.get(code, 0.0) / max(1.0, sum(self.votes.values()))

    def near(self, meaning: Meaning) -> float:
        """0 to 1: how close the nearest place is that the text speaks of; one in the same county is close."""
        others = (o for o in self.settled if meaning.full or o.place != meaning.place)  # "Essex" beside "Essex County"
        return max((_closeness(meaning, other) for other in others), default=0.0)

    def among(self, code: str) -> float:
        """0 to 1: the share of this state in the places settled so far."""
        return sum(other.place.state == code for other in self.settled) / max(1, len(self.settled))

    def context(self, meaning: Meaning) -> float:
        """All support but size: 0 when nothing in the text or about the outlet points there."""
        place = meaning.place
        support = 2.0 * self.state(place.state)
        if place.state in self.home_states:
            support += 1.5 if meaning.population >= 1000 or place.kind != "city" else 0.7
        if place in self.covered or any(same_county(place, p) for p in self.covered if p.kind == "county"):
            support += 1.2
        return support + 1.5 * self.near(meaning) + 0.8 * self.among(place.state)

    def share(self, meaning: Meaning, greatest: int) -> float:
        """How much of the context counts, beside a namesake of `greatest` people: nobody far off means the hamlet."""
        return _OBSCURE if meaning.population * 100 < greatest and meaning.place.state not in self.home_states else 1.0

    def of(self, meaning: Meaning, context: float) -> float:
        size = 0.4 * math.log10(meaning.population + 30)
        return size + context - (0.0 if meaning.known else 0.3) - (0.0 if meaning.full else 1.0)


def same_county(one: Place, other: Place) -> bool:
    return one.county == other.county != "" and one.state == other.state


def _closeness(one: Meaning, other: Meaning) -> float:
    """1 for the same spot, 0 for all that is far."""
    least = 0.6 if same_county(one.place, other.place) else 0.0
    if abs((one.latitude or 0.0) - (other.latitude or 0.0)) > _FAR:
        return least
    return max(1 - one.distance(other) / _NEAR, least)


def settle(named: Sequence[Mention], support: Support) -> list[Settled]:
    """Give each mention its one meaning and how certain that is; a mention that stays open is left out.

    Names with a state beside them come first, then those with the fewest meanings: each helps the next.
    """
    settled: list[Settled] = []
    groups: dict[str, list[Mention]] = defaultdict(list)
    chosen: dict[str, Meaning] = {}
    for mention in named:
        if mention.state:
            meaning = max(mention.meanings, key=lambda m: (m.full, m.known, m.population))
            settled.append(Settled(mention, meaning, 1.0))
            support.settled.append(meaning)
            chosen.setdefault(mention.key, meaning)
        else:
            groups[mention.key].append(mention)
    for key in sorted(groups, key=lambda k: (k not in chosen, len(groups[k][0].meanings))):
        choice = (chosen[key], 0.95) if key in chosen else _choose(key, groups[key], support)
        if choice:
            meaning, certainty = choice
            support.settled.append(meaning)
            settled.extend(Settled(mention, meaning, certainty) for mention in groups[key])
    return settled


def _choose(key: str, group: Sequence[Mention], support: Support) -> tuple[Meaning, float] | None:
    """The meaning of a name that the text leaves bare, or None when nothing settles it."""
    language = support.language
    towns = [mention for mention in group if all(m.place.kind == "city" for m in mention.meanings)]
    meanings = list(dict.fromkeys(meaning for mention in towns or group for meaning in mention.meanings))
    if key in language["capital"] and any(m.place.state == "DC" for m in meanings):
        return _capital(group, support)
    if key not in language["city_or_state"]:
        meanings = [m for m in meanings if m.place.kind == "state" and m.known] or meanings
    greatest = max((m.population for m in meanings if m.full), default=0)
    contexts = [(m, support.context(m) * support.share(m, greatest)) for m in meanings]
    ranked = sorted(((support.of(m, c), c, m) for m, c in contexts), key=lambda r: -r[0])
    score, context, meaning = ranked[0]
    placed = any(m.placed for m in group)
    if key in language["ordinary"] and not (placed and context >= 1.0):
        return None
    if not placed and meaning.population < _GREAT and all(m.word for m in group):
        return None
    stands_for_itself = key in support.buildings or meaning.place.kind != "city"
    if not (placed or stands_for_itself) and context < 1.0 and meaning.population < _KNOWN:
        return None  # "Hilton": a firm or a person rather than a town that nothing points to
    if key in language["people"] and not placed and meaning.population < (20_000 if context >= 1.5 else 500_000):
        return None
    if key in language["abroad"] and context < 1.4:
        return None
    rival = next((s for s, _, m in ranked[1:] if m.place.state != meaning.place.state), None)
    if rival is None and meaning.full and meaning.known:
        score += 2 * _ALONE if placed and " " in key else _ALONE
    at_home = placed and meaning.known and meaning.place.state in support.home_states
    if score < (_SURE_AT_HOME if at_home else _SURE) or (not placed and not meaning.known):
        return None
    lead = score - (rival or 0.0)
    return (meaning, min(1.0, 0.55 + 0.5 * lead)) if lead > _LEAD else None


def _capital(group: Sequence[Mention], support: Support) -> tuple[Meaning, float] | None:
    """Bare "Washington" is most often the government; the state only where other things point there."""
    local = "WA" in support.home_states or any(m.place.state == "WA" for m in support.settled)
    code = "WA" if local else "DC"
    meaning = next((m for m in group[0].meanings if m.place.state == code and m.place.kind != "county"), None)
    return (meaning, 0.7 if local else 0.2) if meaning else None
