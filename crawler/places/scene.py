"""Where a story happens: the places that a text speaks of as the scene, settled and ranked."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crawler.places.context import Mention
from crawler.places.gazetteer import Gazetteer, Meaning, Place
from crawler.places.mentions import mentions, states_named
from crawler.places.spoken import Relation

# Chosen with relevance/places_dev in view, as `tests.benchmarks.places` measures.
_PART = {"title": 3.0, "lede": 1.7, "body": 0.7}
# How much of a mention's weight counts for the scene, and how much when the text names no scene at all.
_AS_SCENE: dict[Relation, float] = {"scene": 1.0, "held": 0.3, "court": 0.3, "apart": 0.25, "origin": 0.1}
_AT_LEAST: dict[Relation, float] = {"scene": 1.0, "held": 0.8, "court": 0.6, "apart": 0.5, "origin": 0.1}
_FAR_FROM_TITLE = 0.5  # of its weight that a place keeps when the title speaks of other states only
_MOST = 4  # places of one story
_FURTHER = 8  # sentences kept of a place, beside the best
_SHARE = 0.42  # of the best place's score that a further place needs
_FINER = 0.6  # of a county's score that a city in it needs to stand before it
_LEAST = 0.6  # score under which nothing is said
_NEAR = 60  # kilometres
_FAR = 1.0  # degrees of latitude: 111 km
_SURE = 2.0  # support at which a bare name is settled: that of a city of 100,000 with nothing else

_ALONE = 0.5  # what it adds when no other state has the name; twice that for a name of several words
_OBSCURE = 0.5  # of the context's support that counts for a place a hundredth the size of its namesake
_LEAD = 0.25  # over the next meaning: about four times its size


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A place of the event, the sentence that says so, and how sure that is (0 to 1)."""

    place: Place
    sentence: str
    confidence: float
    further: tuple[str, ...] = ()  # other sentences that say so, best first


@dataclass(frozen=True, slots=True)
class Home:
    """Where an outlet is and what it covers ("Waltham, MA", "Essex County, MA", "NH"); it settles ambiguous names."""

    city: str = ""
    county: str = ""
    state: str = ""
    covers: tuple[str, ...] = ()


def find_scene(gazetteer: Gazetteer, title: str, text: str, home: Home) -> tuple[PlaceFound, ...]:
    """Where the event happens, best first, at most four; () when the text does not say.

    The outlet's home helps to tell which of several places a name means; it is never itself an answer.
    A county or state stands in the answer only when the text names it, a state only when nothing finer does.
    """
    named = mentions(gazetteer, title, text)
    settled = _settle(named, _Support(gazetteer, home, states_named(named, gazetteer.language["capital"])))
    in_title = {meaning.place.state for mention, meaning, _ in settled if mention.part == "title"}
    scenes: dict[Place, _Scene] = defaultdict(_Scene)
    for mention, meaning, certainty in settled:
        far = in_title and meaning.place.state not in in_title
        scenes[meaning.place].add(mention, certainty, _FAR_FROM_TITLE if far else 1.0)
    return _rank(scenes)


class _Support:
    """What speaks for one meaning of a name: its size, the states named, the outlet's home, its neighbours."""

    def __init__(self, gazetteer: Gazetteer, home: Home, votes: Mapping[str, float]) -> None:
        self.language = gazetteer.language
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
        return max((_closeness(meaning, other) for other in self.settled), default=0.0)

    def among(self, code: str) -> float:
        """0 to 1: the share of this state in the places settled so far."""
        return sum(other.place.state == code for other in self.settled) / max(1, len(self.settled))

    def context(self, meaning: Meaning) -> float:
        """All support but size: 0 when nothing in the text or about the outlet points there."""
        place = meaning.place
        support = 2.0 * self.state(place.state)
        if place.state in self.home_states:
            support += 1.5 if meaning.population >= 1000 or place.kind != "city" else 0.7
        if place in self.covered or any(_same_county(place, p) for p in self.covered if p.kind == "county"):
            support += 1.2
        return support + 1.5 * self.near(meaning) + 0.8 * self.among(place.state)

    def share(self, meaning: Meaning, greatest: int) -> float:
        """How much of the context counts, beside a namesake of `greatest` people: nobody far off means the hamlet."""
        return _OBSCURE if meaning.population * 100 < greatest and meaning.place.state not in self.home_states else 1.0

    def of(self, meaning: Meaning, context: float) -> float:
        size = 0.4 * math.log10(meaning.population + 30)
        return size + context - (0.0 if meaning.known else 0.3) - (0.0 if meaning.full else 1.0)


def _same_county(one: Place, other: Place) -> bool:
    return one.county == other.county != "" and one.state == other.state


def _closeness(one: Meaning, other: Meaning) -> float:
    """1 for the same spot, 0 for all that is far."""
    least = 0.6 if _same_county(one.place, other.place) else 0.0
    if abs((one.latitude or 0.0) - (other.latitude or 0.0)) > _FAR:
        return least
    return max(1 - one.distance(other) / _NEAR, least)


def _settle(named: Sequence[Mention], support: _Support) -> list[tuple[Mention, Meaning, float]]:
    """Give each mention its one meaning and how certain that is; a mention that stays open is left out.

    Names with a state beside them come first, then those with the fewest meanings: each helps the next.
    """
    settled: list[tuple[Mention, Meaning, float]] = []
    groups: dict[str, list[Mention]] = defaultdict(list)
    chosen: dict[str, Meaning] = {}
    for mention in named:
        if mention.state:
            meaning = max(mention.meanings, key=lambda m: (m.full, m.known, m.population))
            settled.append((mention, meaning, 1.0))
            support.settled.append(meaning)
            chosen.setdefault(mention.key, meaning)
        else:
            groups[mention.key].append(mention)
    for key in sorted(groups, key=lambda k: (k not in chosen, len(groups[k][0].meanings))):
        choice = (chosen[key], 0.95) if key in chosen else _choose(key, groups[key], support)
        if choice:
            meaning, certainty = choice
            support.settled.append(meaning)
            settled.extend((mention, meaning, certainty) for mention in groups[key])
    return settled


def _choose(key: str, group: Sequence[Mention], support: _Support) -> tuple[Meaning, float] | None:
    """The meaning of a name that the text leaves bare, or None when nothing settles it."""
    language = support.language
    if key in language["capital"]:
        return _capital(group, support)
    meanings = list(dict.fromkeys(meaning for mention in group for meaning in mention.meanings))
    if key not in language["city_or_state"]:
        meanings = [m for m in meanings if m.place.kind == "state" and m.known] or meanings
    greatest = max((m.population for m in meanings if m.full), default=0)
    contexts = [(m, support.context(m) * support.share(m, greatest)) for m in meanings]
    ranked = sorted(((support.of(m, c), c, m) for m, c in contexts), key=lambda r: -r[0])
    score, context, meaning = ranked[0]
    placed = any(m.placed for m in group)
    if key in language["ordinary"] and not (placed and context >= 1.0):
        return None
    if key in language["people"] and not placed and meaning.population < (20_000 if context >= 1.5 else 500_000):
        return None
    if key in language["abroad"] and context < 1.4:
        return None
    rival = next((s for s, _, m in ranked[1:] if m.place.state != meaning.place.state), None)
    if rival is None and meaning.full and meaning.known:
        score += 2 * _ALONE if placed and " " in key else _ALONE
    if score < _SURE or (not placed and not meaning.known):
        return None
    lead = score - (rival or 0.0)
    return (meaning, min(1.0, 0.55 + 0.5 * lead)) if lead > _LEAD else None


def _capital(group: Sequence[Mention], support: _Support) -> tuple[Meaning, float] | None:
    """Bare "Washington" is most often the government; the state only where other things point there."""
    local = "WA" in support.home_states or any(m.place.state == "WA" for m in support.settled)
    code = "WA" if local else "DC"
    meaning = next((m for m in group[0].meanings if m.place.state == code and m.place.kind != "county"), None)
    return (meaning, 0.7 if local else 0.2) if meaning else None


@dataclass(slots=True)
class _Scene:
    """What speaks for one place being where the event is."""

    weights: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)  # the same where all stand apart from a scene
    certainty: float = 0.0
    said: dict[str, float] = field(default_factory=dict)  # sentence → how strongly it speaks of it

    def add(self, mention: Mention, certainty: float, share: float) -> None:
        whole = mention.weight * _PART[mention.part] * share
        weight = whole * _AS_SCENE[mention.relation]
        self.weights.append(weight * certainty)
        self.apart.append(whole * _AT_LEAST[mention.relation] * certainty)
        self.certainty = max(self.certainty, certainty)
        self.said[mention.sentence] = max(weight, self.said.get(mention.sentence, 0.0))

    @property
    def sentences(self) -> tuple[str, ...]:
        """Those that say it, best first."""
        return tuple(sorted(self.said, key=lambda sentence: -self.said[sentence]))


def _score(weights: Sequence[float]) -> float:
    """Each further mention counts less than the one before."""
    return sum(w / (1 + 0.7 * i) for i, w in enumerate(sorted(weights, reverse=True)))


def _scores(scenes: Mapping[Place, _Scene]) -> dict[Place, float]:
    """How strongly each place is the scene: cities and counties, else states, else places that stand apart."""
    scores = {place: _score(scene.weights) for place, scene in scenes.items()}
    said = {place: score for place, score in scores.items() if score >= _LEAST}
    finer = {place: score for place, score in said.items() if place.kind != "state"}
    apart = {place: _score(scene.apart) for place, scene in scenes.items() if place.kind != "state"}
    return finer or said or {place: score for place, score in apart.items() if score >= _LEAST}


def _rank(scenes: Mapping[Place, _Scene]) -> tuple[PlaceFound, ...]:
    scores = _scores(scenes)
    best = max(scores.values(), default=0.0)
    kept = [place for place, score in scores.items() if score >= _SHARE * best]
    kept.sort(key=lambda place: -scores[place])
    return tuple(_found(place, scenes[place], scores[place]) for place in _finer_first(kept, scores)[:_MOST])


def _found(place: Place, scene: _Scene, score: float) -> PlaceFound:
    best, *others = scene.sentences
    sure = round(scene.certainty * (1 - math.exp(-score / 2)), 2)
    return PlaceFound(place, best, sure, tuple(others[:_FURTHER]))


def _finer_first(ranked: list[Place], scores: Mapping[Place, float]) -> list[Place]:
    """A city before the county that it lies in, where both are about as much the scene."""
    best = ranked[0] if ranked else None
    if best is None or best.kind != "county":
        return ranked
    city = next((p for p in ranked if p.kind == "city" and _same_county(p, best)), None)
    if city is None or scores[city] < _FINER * scores[best]:
        return ranked
    return [city, *(p for p in ranked if p != city)]
