"""Which parameters of a web address do not tell which page is meant: what tracking.toml lists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.text.data import read_data

_FILE = Path(__file__).with_name("tracking.toml")
_LONG_NUMBER = re.compile(r"\d{5}")
_HYPHENS = 3  # chosen by hand: more than the name of a section has


@dataclass(frozen=True, slots=True)
class _Parameters:
    tracking: re.Pattern[str]
    origin: re.Pattern[str]
    origin_value: re.Pattern[str]
    beside_name: re.Pattern[str]
    dress: Mapping[str, re.Pattern[str]]  # by the parameter's name


def is_tracking(name: str, value: str, path: str) -> bool:
    """Whether a parameter, both in small letters, only says how a reader came to a path or is counted there."""
    known = _parameters()
    if known.tracking.fullmatch(name) or (known.origin.fullmatch(name) and known.origin_value.fullmatch(value)):
        return True
    return known.beside_name.fullmatch(name) is not None and _names_article(path)


def names_page(name: str, value: str, path: str) -> bool:
    """Whether a parameter, both in small letters, may say which page is meant, and not only in what dress."""
    dress = _parameters().dress.get(name)
    return not (dress and dress.fullmatch(value)) and not is_tracking(name, value, path)


def _names_article(path: str) -> bool:
    """Whether a path ends in the name or number of an article."""
    last = path.rstrip("/").rpartition("/")[2]
    return last.count("-") >= _HYPHENS or _LONG_NUMBER.search(last) is not None


@cache
def _parameters() -> _Parameters:
    data = read_data(_FILE).only("tracking", "origin", "origin_value", "beside_name", "dress")
    dress = data.table("dress")

    def names(key: str) -> re.Pattern[str]:
        return data.pattern(key, "|".join(data.texts(key)))

    return _Parameters(
        names("tracking"),
        names("origin"),
        names("origin_value"),
        names("beside_name"),
        {name: dress.pattern(name, dress.text(name)) for name in dress.keys},
    )
