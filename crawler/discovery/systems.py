"""Publishing systems, as systems.toml lists them: what gives one away, and where its sites have their feeds."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.text import DataTable, read_data

_FILE = Path(__file__).with_name("systems.toml")


@dataclass(frozen=True, slots=True)
class System:
    """A publishing system: what gives it away in a page, and where its sites have their feeds and news sitemaps."""

    name: str
    mark: re.Pattern[str]
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Systems:
    """Those that we know, the rarer ones first, and what to try where none is known."""

    named: tuple[System, ...]
    any: System


@cache
def systems() -> Systems:
    """Those of the shipped file, read once in each process."""
    data = read_data(_FILE).only("system", "any")
    return Systems(tuple(map(_system, data.tables("system"))), _paths("any", re.compile(""), data.table("any")))


def _system(table: DataTable) -> System:
    name = table.only("name", "mark", "feeds", "sitemaps").text("name")
    return _paths(name, table.pattern("mark", table.text("mark"), re.IGNORECASE), table)


def _paths(name: str, mark: re.Pattern[str], table: DataTable) -> System:
    return System(name, mark, table.texts("feeds", ()), table.texts("sitemaps", ()))
