"""Which of the places named is the scene of the event: each weighed by where and how it is spoken of."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crawler.places.context import Mention
from crawler.places.place import Place
from crawler.places.settle import Settled, same_county
from crawler.places.spoken import Relation

# Chosen with relevance/places_dev in view, as `tests.benchmarks.places` measures.
_PART = {"title": 3.0, "lede": 1.7, "body": 0.7}
# How much of a mention's weight counts for the scene, and how much when the text names no scene at all.
_AS_SCENE: dict[Relation, float] = {
    "scene": 1.0, "home": 0.85, "court": 0.3, "voice": 0.3, "held": 0.27, "apart": 0.25, "past": 0.2, "carried": 0.1,
    "origin": 0.1,
}  # fmt: skip
_AT_LEAST: dict[Relation, float] = {
    "scene": 1.0, "home": 1.0, "past": 1.0, "held": 0.8, "court": 0.6, "voice": 0.6, "apart": 0.5, "carried": 0.5,
    "origin": 0.1,
}  # fmt: skip
_FAR_FROM_TITLE = 0.5  # of its weight that a place keeps when the title speaks of other states only
_BROUGHT_TO: frozenset[Relation] = frozenset(("held", "origin"))  # "Nurse moved to Texas" hides no town of hers
_DESK = 0.2  # of a dateline's weight when the text says that the event is elsewhere
_LOCATED = 0.8  # weight from which a mention says where something happens
_SHARE = 0.42  # of the best place's score that a further place needs
_FINER = 0.6  # of a county's score that a city in it needs to stand before it
_LEAST = 0.45  # score under which nothing is said
_LEAST_BESIDE = 0.6  # score under which no further place is named
_FEW = 2  # states: in more there is no one scene


@dataclass(slots=True)
class Scene:
    """What speaks for one place being where the event is."""

    weights: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)  # the same where all stand apart from a scene
    certainty: float = 0.0
    eventful: bool = False
    relation: Relation = "origin"  # of what speaks most strongly
    said: dict[str, float] = field(default_factory=dict)  # sentence → how strongly it speaks of it

    def add(self, mention: Mention, certainty: float, share: float, is_state: bool) -> None:
        whole = mention.weight * _PART[mention.part] * share
        weight = whole * _AS_SCENE[mention.relation]
        if weight * certainty >= max(self.weights, default=0.0):
            self.relation = mention.relation
        self.weights.append(weight * certainty)
        if not (mention.relation == "court" and is_state):  # a state's court hears the whole country's cases
            self.apart.append(whole * _AT_LEAST[mention.relation] * certainty)
        self.eventful = self.eventful or mention.eventful
        self.certainty = max(self.certainty, certainty)
        self.said[mention.sentence] = max(weight, self.said.get(mention.sentence, 0.0))

    @property
    def sentences(self) -> tuple[str, ...]:
        """Those that say it, best first."""
        return tuple(sorted(self.said, key=lambda sentence: -self.said[sentence]))

    @property
    def score(self) -> float:
        return _sum(self.weights)

    def sure(self, score: float) -> float:
        """0 to 1, of the score that it was ranked by."""
        return round(self.certainty * (1 - math.exp(-score / 2)), 2)


def _sum(weights: Sequence[float]) -> float:
    """Each further mention counts less than the one before."""
    return sum(w / (1 + 0.7 * i) for i, w in enumerate(sorted(weights, reverse=True)))


def weigh(settled: Sequence[Settled]) -> dict[Place, Scene]:
    """What speaks for each place that is named."""
    scenes: dict[Place, Scene] = defaultdict(Scene)
    heading = [s for s in settled if s.mention.part == "title"]
    titled = {s.place for s in heading}
    happens = {s.place for s in heading if s.mention.relation not in _BROUGHT_TO}
    for one in settled:
        share = _share(one, titled if one.place.kind == "state" else happens, settled)
        scenes[one.place].add(one.mention, one.certainty, share, one.place.kind == "state")
    return dict(scenes)


def _share(one: Settled, titled: set[Place], settled: Sequence[Settled]) -> float:
    """What is left of a mention in the light of what else the text names."""
    share = _FAR_FROM_TITLE if titled and one.place.state not in {p.state for p in titled} else 1.0
    if one.mention.dateline and any(_is_elsewhere(other, one.place) for other in settled):
        share *= _DESK
    return share


def _is_elsewhere(other: Settled, desk: Place) -> bool:
    """Whether another mention says that the event is not where the report was written."""
    mention = other.mention
    if other.place == desk or other.place.kind == "state" or _holds(other.place, desk):
        return False
    if mention.dateline or mention.relation != "scene":
        return False
    return mention.part == "title" or (mention.part == "lede" and mention.weight >= _LOCATED and mention.eventful)


def _holds(one: Place, other: Place) -> bool:
    """Whether one is the county that the other lies in."""
    return same_county(one, other) and one.kind != other.kind


def ranked(scenes: Mapping[Place, Scene], titled: set[str]) -> list[tuple[Place, float]]:
    """The places of the event and their scores, best first; `titled` are the states that the title names."""
    scores = _scores(scenes)
    best = max(scores.values(), default=0.0)
    least = min(best, max(_SHARE * best, _LEAST_BESIDE))
    kept = sorted((place for place, score in scores.items() if score >= least), key=lambda p: -scores[p])
    if len({place.state for place in kept}) > _FEW:
        kept = [place for place in kept if place.state in titled]
    kept = _finer_first(_telling(kept, scenes), scores)
    return [(place, scores.get(place, scenes[place].score)) for place in (*kept, *_other_states(scenes, kept, titled))]


def _telling(kept: list[Place], scenes: Mapping[Place, Scene]) -> list[Place]:
    """Further places only where a sentence tells of the event, too: "The quilt hangs in …" does not."""
    if not kept or not scenes[kept[0]].eventful:
        return kept
    best = kept[0]
    return [place for place in kept if place == best or _tells(place, scenes[place], best, scenes[best])]


def _tells(place: Place, scene: Scene, best: Place, other: Scene) -> bool:
    """Whether the event is told of a place beside the best; not where somebody is only from."""
    if scene.relation == "home" and other.relation == "scene":
        return False
    told = scene.eventful or bool(scene.said.keys() & other.said.keys())
    return told or place.kind == "state" or same_county(place, best)


def _other_states(scenes: Mapping[Place, Scene], kept: Sequence[Place], titled: set[str]) -> list[Place]:
    """States of the title that are as much the scene as the towns of another: "Skokie woman lied, Wisconsin says"."""
    finer = {place.state for place in kept if place.kind != "state"}
    others = [p for p in scenes if p.kind == "state" and p.state in titled - finer and p not in kept] if finer else []
    return [p for p in others if scenes[p].relation == "scene" and scenes[p].score >= _LEAST_BESIDE]


def _scores(scenes: Mapping[Place, Scene]) -> dict[Place, float]:
    """How strongly each place is the scene: cities and counties, else states, else places that stand apart."""
    said = {place: scene.score for place, scene in scenes.items() if scene.score >= _LEAST}
    apart = {place: _sum(scene.apart) for place, scene in scenes.items()}
    apart = {place: score for place, score in apart.items() if score >= _LEAST}
    return _finer(said) or said or _finer(apart) or apart


def _finer(scores: Mapping[Place, float]) -> dict[Place, float]:
    return {place: score for place, score in scores.items() if place.kind != "state"}


def _finer_first(kept: list[Place], scores: Mapping[Place, float]) -> list[Place]:
    """A city before the county that it lies in, where both are about as much the scene."""
    best = kept[0] if kept else None
    if best is None or best.kind != "county":
        return kept
    city = next((p for p in kept if p.kind == "city" and same_county(p, best)), None)
    if city is None or scores[city] < _FINER * scores[best]:
        return kept
    return [city, *(p for p in kept if p != city)]
