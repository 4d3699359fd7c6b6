"""Invented local news of real towns: the same seed gives the same story. Sentences are put together from parts.

A story takes its sentences from the pool of its kind and from what any paper writes around a story; most five words
in a row differ between stories, as they do in real ones.
"""

import functools
import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PART = re.compile(r"\{(\w+)\}")
_FIRST = (
    "Ana Bela Carl Dina Emil Faye Gus Hana Igor Juno Kirk Lena Milo Nell Omar Petra Quin Rosa Saul Tess Uri Vera Walt"
)
_LAST = (
    "Abbate Brisk Calder Dorsett Eckhart Farrow Galindo Hatch Ibarra Jessup Kowal Lunt Marek Nadeau Ortega Pell "
    "Quiroz Rusk Stroud Tamayo Umber Varga Wexler Yoder Zamora"
)


@dataclass(frozen=True, slots=True)
class Town:
    """A real place; `county` as the registry writes it."""

    name: str
    county: str
    state: str  # postal code
    state_name: str


@dataclass(frozen=True, slots=True)
class Story:
    """What a paper prints; of one event there may be copies at other papers."""

    event: int
    kind: str
    on_topic: bool
    title: str
    author: str
    paragraphs: tuple[str, ...]


@functools.cache
def known() -> dict[str, Any]:
    """The parts, from invented.toml."""
    return tomllib.loads(Path(__file__).with_name("invented.toml").read_text("utf-8"))


def towns() -> list[Town]:
    """Every town, in the same order each time."""
    return [Town(*(part.strip() for part in line.split(","))) for line in known()["towns"]]


def write_story(seed: int, event: int, town: Town, on_topic: bool) -> Story:
    """The story of an event: 300 to 900 words."""
    rng = random.Random(f"{seed}/{event}/{on_topic}")
    kinds = known()["on_topic" if on_topic else "off_topic"]
    kind = rng.choices(list(kinds), list(kinds.values()))[0]
    facts = _facts(rng, town)
    length = rng.randint(300, 900)
    sentences = [_say(rng, rng.choice(known()["ledes"][kind]), facts)]
    pools: dict[str, list[str]] = {kind: [], "any": []}
    written = len(sentences[0].split())
    while written < length:
        name = kind if rng.random() < 0.45 else "any"
        if not pools[name]:  # no form of sentence comes again before all others have
            forms = _forms(name, on_topic)
            pools[name] = rng.sample(forms, len(forms))
        sentence = _say(rng, pools[name].pop(), facts)
        sentences.append(sentence)
        written += len(sentence.split())
    title = _say(rng, rng.choice(known()["headlines"][kind]), facts)
    return Story(event, kind, on_topic, title, facts["reporter"], _paragraphs(rng, sentences))


def write_chatter(rng: random.Random, town: Town, sentences: int) -> str:
    """What readers and boxes say: sentences that belong to no story."""
    facts = _facts(rng, town)
    return " ".join(_say(rng, rng.choice(known()["sentences"]["reader"]), facts) for _ in range(sentences))


def write_headline(rng: random.Random, town: Town, kinds: list[str]) -> str:
    """A headline of one of these kinds."""
    return _say(rng, rng.choice(known()["headlines"][rng.choice(kinds)]), _facts(rng, town))


def _forms(name: str, on_topic: bool) -> list[str]:
    sentences: dict[str, list[str]] = known()["sentences"]
    shared = sentences["every_on_topic"] if on_topic and name != "any" else []
    return [*shared, *sentences.get(name, [])]


def _facts(rng: random.Random, town: Town) -> dict[str, str]:
    """What stays the same throughout a story: places, people, numbers."""
    last = rng.sample(_LAST.split(), 6)
    names = [f"{rng.choice(_FIRST.split())} {name}" for name in last]
    roles = ("person", "official", "lawyer", "neighbor", "chief", "reporter")
    several = rng.randint(2, 19)
    return {
        **dict(zip(roles, names, strict=True)),
        **{f"{role}_last": name for role, name in zip(roles, last, strict=True)},
        "town": town.name,
        "county": town.county,
        "state": town.state_name,
        "several": str(several) if several > 9 else "two three four five six seven eight nine".split()[several - 2],
        "age": str(rng.randint(19, 66)),
        "number": str(rng.randint(21, 940)),
        "year": str(rng.randint(1974, 2024)),
        "amount": f"${rng.randint(12, 980)},{rng.choice(('000', '400', '250', '700'))}",
        "day": rng.choice("Monday Tuesday Wednesday Thursday Friday Saturday".split()),
        "street": f"{rng.choice('Ash Birch Canal Depot Elm Foundry Grove Harbor Mill Orchard Pine Quarry'.split())} "
        f"{rng.choice(('Street', 'Avenue', 'Road'))}",
    }


def _say(rng: random.Random, sentence: str, facts: dict[str, str]) -> str:
    """A sentence with its parts filled in; a part may hold parts."""
    while found := _PART.search(sentence):
        name = found[1]
        said = facts[name] if name in facts else rng.choice(known()["parts"][name])
        sentence = sentence[: found.start()] + said + sentence[found.end() :]
    return sentence[:1].upper() + sentence[1:]


def _paragraphs(rng: random.Random, sentences: list[str]) -> tuple[str, ...]:
    paragraphs, at = [sentences[0]], 1
    while at < len(sentences):
        taken = rng.randint(1, 4)
        paragraphs.append(" ".join(sentences[at : at + taken]))
        at += taken
    return tuple(paragraphs)
