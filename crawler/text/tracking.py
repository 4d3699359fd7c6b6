"""Which parameters of a web address do not tell which page is meant: what tracking.toml lists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.text.data import read_data

_FILE = Path(__file__).with_name("tracking.toml")


@dataclass(frozen=True, slots=True)
class _Parameters:
    tracking: re.Pattern[str]
    origin: frozenset[str]
    origin_value: re.Pattern[str]
    dress: Mapping[str, re.Pattern[str]]  # by the parameter's name


def is_tracking(name: str) -> bool:
    """Whether a parameter, named in small letters, only says how a reader came or is counted."""
    return _parameters().tracking.fullmatch(name) is not None


def names_page(name: str, value: str) -> bool:
    """Whether a parameter, both in small letters, may say which page is meant, and not only in what dress."""
    known = _parameters()
    if known.tracking.fullmatch(name) or (name in known.dress and known.dress[name].fullmatch(value)):
        return False
    return not (name in known.origin and known.origin_value.fullmatch(value))


@cache
def _parameters() -> _Parameters:
    data = read_data(_FILE).only("tracking", "origin", "origin_value", "dress")
    dress = data.table("dress")
    return _Parameters(
        data.pattern("tracking", "|".join(data.texts("tracking"))),
        frozenset(data.texts("origin")),
        data.pattern("origin_value", "|".join(data.texts("origin_value"))),
        {name: dress.pattern(name, dress.text(name)) for name in dress.keys},
    )
