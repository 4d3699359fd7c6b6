"""The phrases in which a search is read back, by language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from alerts.locale.translation import known_language
from alerts.locale.wording import fill
from crawler.topic import Wording, chosen

_OF_TOPIC = {"kind": "kinds", "actor": "actors", "word": "words", "figure": "figures"}
_TABLES = {"lang": "languages", "figure": "figures", "act": "acts"}


@dataclass(frozen=True)
class Phrasebook:
    """The phrases of one language."""

    language: str
    phrases: Mapping[str, Any]

    @property
    def topic(self) -> Wording:
        """What the topic, its kinds and its actors are called."""
        return chosen().wording(self.language)

    def say(self, code: str, **args: Any) -> str:
        """The phrase of a code, filled."""
        return fill(self.phrases[code], self.language, args)

    def called(self, name: str, value: str) -> str:
        """What a kind, a language, a figure and the like is called; the value itself when there is no word for it."""
        ours = self.phrases.get(_TABLES.get(name, ""), {})
        its_own = getattr(self.topic, _OF_TOPIC[name]) if name in _OF_TOPIC else {}
        return str(ours.get(value) or its_own.get(value) or value)


@cache
def phrasebook(language: str) -> Phrasebook:
    """The phrases of a language; English for one that has none."""
    known = known_language(language)
    return Phrasebook(known, tomllib.loads(files(__package__).joinpath(f"reading_{known}.toml").read_text("utf-8")))
