"""The phrases in which a search is read back, by language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from alerts.locale.translation import known_language
from alerts.locale.wording import fill

_TABLES = {
    "kind": "kinds", "lang": "languages", "figure": "figures", "act": "acts", "actor": "actors", "word": "words",
}  # fmt: skip


@dataclass(frozen=True)
class Phrasebook:
    """The phrases of one language."""

    language: str
    phrases: Mapping[str, Any]

    def say(self, code: str, **args: Any) -> str:
        """The phrase of a code, filled."""
        return fill(self.phrases[code], self.language, args)

    def called(self, name: str, value: str) -> str:
        """What a kind, a language, a figure and the like is called; the value itself when there is no word for it."""
        table = _TABLES.get(name, "")
        return str(self.phrases.get(table, {}).get(value, value))


@cache
def phrasebook(language: str) -> Phrasebook:
    """The phrases of a language; English for one that has none."""
    known = known_language(language)
    return Phrasebook(known, tomllib.loads(files(__package__).joinpath(f"reading_{known}.toml").read_text("utf-8")))
