"""Where a story happens: the places that a text speaks of as the scene, settled and ranked, and what the others are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.places.gazetteer import Gazetteer
from crawler.places.mentions import mentions, states_named
from crawler.places.place import Place
from crawler.places.ranking import Scene, ranked, weigh
from crawler.places.reach import is_national, is_opinion
from crawler.places.settle import Home as Home  # for those who ask find_scene()
from crawler.places.settle import Settled, Support, settle
from crawler.places.spoken import Relation

Role = Literal["event", "about", "named"]
_ABOUT: frozenset[Relation] = frozenset(("held", "court", "home", "voice"))  # how a place is spoken of that is "about"

_MOST = 4  # places of one story
_MOST_OTHERS = 6
_FURTHER = 8  # sentences kept of a place, beside the best


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A place that a story names: what it is to the event, the sentence that says so, how sure that is (0 to 1).

    "event": it happens there. "about": somebody of the story lives, is held, is heard by a court or speaks for it
    there. "named": only in passing, as another event's place, an example, an origin.
    """

    place: Place
    sentence: str
    confidence: float
    further: tuple[str, ...] = ()  # other sentences that say so, best first
    role: Role = "event"


def find_scene(gazetteer: Gazetteer, title: str, text: str, home: Home) -> tuple[PlaceFound, ...]:
    """Where the event happens, best first, at most four; () when the text does not say, or it is a whole country's.

    The outlet's home helps to tell which of several places a name means; it is never itself an answer.
    A county or state stands in the answer only when the text names it, a state only when nothing finer does.
    """
    return tuple(found for found in find_places(gazetteer, title, text, home) if found.role == "event")


def find_places(gazetteer: Gazetteer, title: str, text: str, home: Home) -> tuple[PlaceFound, ...]:
    """All places that a story names, each with its role: those of the event first, as find_scene() gives them."""
    named = mentions(gazetteer, title, text)
    settled = settle(named, Support(gazetteer, home, states_named(named, gazetteer.language["capital"])))
    scenes = weigh(settled)
    titled = {one.place.state for one in settled if one.mention.part == "title"}
    events = ranked(scenes, titled)
    if is_national(title, text, (one.mention for one in settled)):
        events = [(place, score) for place, score in events if _is_here(place, settled, home)]
    elif home.state and is_opinion(title):
        events = [(place, score) for place, score in events if place.state in {home.state, *titled}]
    chosen = {place for place, _ in events}
    others = sorted((p for p in scenes if p not in chosen), key=lambda p: -scenes[p].score)
    return (
        *(_found(place, scenes[place], score, "event") for place, score in events[:_MOST]),
        *(_found(p, scenes[p], scenes[p].score, _role(scenes[p])) for p in others[:_MOST_OTHERS]),
    )


def _is_here(place: Place, settled: Sequence[Settled], home: Home) -> bool:
    """Whether a story of the whole country says of a place at home that it happens there, too."""
    if not home.state or place.state != home.state:
        return False
    return any(s.place == place and s.mention.relation == "scene" and s.mention.part != "body" for s in settled)


def _role(scene: Scene) -> Role:
    return "about" if scene.relation in _ABOUT else "named"


def _found(place: Place, scene: Scene, score: float, role: Role) -> PlaceFound:
    best, *others = scene.sentences
    further = tuple(others[:_FURTHER]) if role == "event" else ()
    return PlaceFound(place, best, scene.sure(score), further, role)
