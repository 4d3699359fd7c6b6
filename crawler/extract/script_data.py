"""The JSON in a page's scripts, however they give it: whole, assigned, in pieces, by numbers or by names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from crawler.text import JSON_DECODER

# Bounds, chosen by hand.
_MOST_SCRIPTS = 60
_MOST_LETTERS = 3_000_000  # of one script
_FEWEST_LETTERS = 120
_DEEPEST = 40
_MOST_RESOLVED = 50_000
_MOST_FAILED = 3_000  # beginnings of a value in one script: json counts the lines before each error

_ASSIGNED = re.compile(r"[=(]\s*+(?=\{\s*+[\"}]|\[\s*+[\"{\[\]\dtfn-]|\")")
_FLIGHT = re.compile(r"^\w{1,6}:(?:T[0-9a-f]+,)?", re.MULTILINE)
# One that is never closed goes on to the end, so that none is read again and again.
_STRING = re.compile(r'(?<!\\)"((?:[^"\\]|\\.){200,}+)(?:"|\Z)', re.DOTALL)


def scripts_of(tree: HtmlElement) -> list[str]:
    """What the scripts of a page hold, those with data."""
    found = (script.text or "" for script in tree.iter("script"))
    kept = [text[:_MOST_LETTERS] for text in found if len(text) >= _FEWEST_LETTERS and ("{" in text or "[" in text)]
    return kept[:_MOST_SCRIPTS]


def values_in(scripts: Sequence[str]) -> Iterator[Any]:
    """The JSON in scripts: whole ones, what is assigned or given to a function, and strings that hold JSON again.

    Of a script with other data, its long texts.
    """
    flight: list[str] = []  # a page's pieces as Next.js streams them
    for script in scripts:
        plain = script.strip().removeprefix("<!--").removesuffix("-->").strip()
        found = _decoded(plain, 0)
        values = [found[0]] if found else list(_begun(plain, _ASSIGNED))
        for value in values:
            yield from _unfolded(value, flight)
        if not any(isinstance(value, dict | list) for value in values):
            yield from (text[0] for text in map(_decoded_string, _STRING.finditer(plain)) if text)
    yield from _begun("".join(flight), _FLIGHT)


def _begun(text: str, begin: re.Pattern[str]) -> Iterator[Any]:
    """The values that stand behind each match of a pattern, none within another; after many that are none, no more."""
    at = failed = 0
    while failed < _MOST_FAILED and (match := begin.search(text, at)):
        found = _decoded(text, match.end())
        at = found[1] if found else match.end()
        if found:
            yield found[0]
        failed += not found and text[at : at + 1] in '[{"'


def _decoded(text: str, at: int) -> tuple[Any, int] | None:
    if at >= len(text) or text[at] not in '[{"':
        return None
    try:
        return JSON_DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def _decoded_string(found: re.Match[str]) -> tuple[Any, int] | None:
    return _decoded(found[0], 0)


def _unfolded(value: Any, flight: list[str]) -> Iterator[Any]:
    if isinstance(value, list) and len(value) == 2 and value[0] == 1 and isinstance(value[1], str):
        flight.append(value[1])
    elif isinstance(value, str):
        found = _decoded(value.strip(), 0)
        if found and not isinstance(found[0], str):
            yield found[0]
    elif isinstance(value, list) and _is_numbered(value):
        yield _Resolver(dict(enumerate(value))).of_number(0)
    elif isinstance(value, dict):
        table = next((v for v in (value, *value.values()) if isinstance(v, dict) and _is_table(v)), None)
        yield _Resolver(table).of_names(value) if table else value
    elif isinstance(value, list):
        yield value


def _is_numbered(values: list[Any]) -> bool:
    """Whether objects hold the places of their parts in this list, as Nuxt writes them."""
    first = next((v for v in values[:3] if isinstance(v, dict)), None)
    return bool(first) and len(values) > 3 and all(isinstance(v, int) for v in (first or {}).values())


def _is_table(value: dict[str, Any]) -> bool:
    """Whether objects are kept by name, "Article:7", and hold each other's names, as Apollo writes them."""
    return sum(":" in key and isinstance(item, dict) for key, item in value.items()) > 1


class _Resolver:
    """Puts parts of a table where they are referred to; only so many, so that no circle is endless."""

    def __init__(self, table: Mapping[Any, Any]) -> None:
        self.table, self.left = table, _MOST_RESOLVED

    def of_number(self, number: Any, depth: int = 0) -> Any:
        """What stands at a place, with its parts."""
        self.left -= 1
        value = self.table.get(number) if isinstance(number, int) else None
        if depth > _DEEPEST or self.left < 0:
            return None
        if isinstance(value, dict):
            return {key: self.of_number(part, depth + 1) for key, part in value.items()}
        if isinstance(value, list):
            if value and isinstance(value[0], str):  # ["Reactive", 7]
                value = value[1:]
                return self.of_number(value[0], depth + 1) if value else None
            return [self.of_number(part, depth + 1) for part in value]
        return value

    def of_names(self, value: Any, depth: int = 0) -> Any:
        """The same value, with what it names in place of the names."""
        self.left -= 1
        if depth > _DEEPEST or self.left < 0:
            return None
        if isinstance(value, dict):
            name = value.get("__ref") or (value.get("id") if value.get("type") == "id" else None)
            if isinstance(name, str) and name in self.table:
                return self.of_names(self.table[name], depth + 1)
            return {key: self.of_names(part, depth + 1) for key, part in value.items()}
        if isinstance(value, list):
            return [self.of_names(part, depth + 1) for part in value]
        return value
