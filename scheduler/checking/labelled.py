"""A file of labelled stories as an operator keeps it: JSON lines, a JSON list, or CSV with a header.

A story that cannot be taken does not stop the others: it is told by its line, with what was expected there.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.model import IcewireError
from crawler.topic import Truth

_LABELS: Mapping[str, Truth] = {
    **dict.fromkeys(("activity", "ice_activity"), "activity"),
    **dict.fromkeys(("mention", "ice_mention"), "mention"),
    **dict.fromkeys(("none", "not_ice", "near"), "none"),
}
_KNOWN_LABELS = "activity, mention or none (or ice_activity, ice_mention, not_ice)"
_EXAMPLE = '{"title": "…", "text": "…", "label": "activity"}'
_PARTED = re.compile("[,;]")
_TRUE = ("true", "yes", "1")


@dataclass(frozen=True, slots=True)
class LabelledStory:
    """A story and what a person says of it; what was not said is empty, and places None."""

    line: int
    title: str
    text: str
    label: Truth
    url: str = ""
    language: str = "en"
    source: str = ""
    kinds: tuple[str, ...] = ()
    places: tuple[str, ...] | None = None
    unsure: bool = False  # a person could not tell either: it is left out


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a story of the file cannot be taken."""

    line: int
    said: str


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """All that a file holds."""

    stories: tuple[LabelledStory, ...]
    faults: tuple[Fault, ...]


class _FaultyError(Exception):
    """A story that cannot be taken; the message says what was expected."""


def read_labelled(path: Path) -> LabelledFile:
    """The stories of a file. Raises IcewireError when it cannot be read at all, or holds none."""
    written = _read(path)
    stories, faults = [], []
    for line, value in _values(path, written):
        try:
            stories.append(_story(line, value))
        except _FaultyError as error:
            faults.append(Fault(line, str(error)))
    if not stories and not faults:
        raise IcewireError(f"{path}: it holds no story; write one a line, like {_EXAMPLE}")
    return LabelledFile(tuple(stories), tuple(faults))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"
        raise IcewireError(f"{path}: {said}") from error
    except OSError as error:
        raise IcewireError(f"{path}: it cannot be read: {error.strerror or error}") from error


def _values(path: Path, written: str) -> Iterator[tuple[int, Any]]:
    """What stands in each line of the file, or at each place of its list; a fault in place of what cannot be read."""
    if path.suffix.lower() in (".csv", ".tsv") or written.lstrip()[:1] not in ("{", "[", ""):
        return _rows(path, written)
    if written.lstrip().startswith("["):
        return _listed(path, written)
    return _lines(written)


def _lines(written: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(written.split("\n"), 1):  # not splitlines(): a text may hold other breaks
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                yield number, _FaultyError(f"no JSON ({error}); expected one story a line, like {_EXAMPLE}")


def _listed(path: Path, written: str) -> Iterator[tuple[int, Any]]:
    try:
        yield from enumerate(json.loads(written), 1)
    except ValueError as error:
        raise IcewireError(f"{path}: no JSON ({error}); expected a list of stories, or one a line") from error


def _rows(path: Path, written: str) -> Iterator[tuple[int, Any]]:
    head = written.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(written, newline=""), delimiter=max("\t;,", key=head.count))
    columns = [name.strip().lower() for name in reader.fieldnames or ()]
    if missing := {"title", "label"} - set(columns):
        said = f"its first line names no column {' and none '.join(sorted(missing))}"
        raise IcewireError(f"{path}: {said}; expected a header like title,text,label, or one JSON object a line")
    reader.fieldnames = columns
    begun = reader.line_num + 1
    for row in reader:
        extra = row.pop(None, None)  # where csv puts what has no column
        cells = {name: value for name, value in row.items() if value}
        said = "more cells than the header names; put text that holds a comma or a line break in double quotes"
        yield begun, _FaultyError(said) if extra else {"title": "", **cells}
        begun = reader.line_num + 1


def _story(line: int, value: Any) -> LabelledStory:
    """Raises _FaultyError."""
    if isinstance(value, _FaultyError):
        raise value
    if not isinstance(value, dict):
        raise _FaultyError(f"expected an object like {_EXAMPLE}, not {type(value).__name__}")
    if "title" not in value:
        raise _FaultyError("title: it is missing; expected the headline, or an empty one")
    title, text = _text(value, "title"), _text(value, "text")
    if not title.strip() and not text.strip():
        raise _FaultyError("title and text are both empty; expected a headline or a text")
    label = _LABELS.get(_text(value, "label").strip().lower())
    if label is None:
        said = "it is missing" if not value.get("label") else f"“{value['label']}” is none"
        raise _FaultyError(f"label: {said}; expected {_KNOWN_LABELS}")
    return LabelledStory(
        line=line,
        title=title,
        text=text,
        label=label,
        url=_text(value, "url"),
        language=_text(value, "lang") or _text(value, "language") or "en",
        source=_text(value, "source"),
        kinds=tuple(kind for part in _PARTED.split(_text(value, "kind").lower()) if (kind := part.strip())),
        places=_places(value.get("places")),
        unsure=str(value.get("unsure", "")).lower() in _TRUE,
    )


def _text(value: Mapping[str, Any], key: str) -> str:
    said = value.get(key)
    if said is None:
        return ""
    if not isinstance(said, str):
        raise _FaultyError(f"{key}: expected a text, not {json.dumps(said)[:60]}")
    return said


def _places(said: Any) -> tuple[str, ...] | None:
    """Places as a person writes them: parted by semicolons, or a list of names or of {"name", "state"}."""
    if said is None:
        return None
    names = said.split(";") if isinstance(said, str) else said
    if not isinstance(names, list):
        raise _FaultyError(f'places: expected a list like ["Lynn, MA"], not {json.dumps(said)[:60]}')
    return tuple(name for one in names if (name := _place(one)))


def _place(said: Any) -> str:
    if isinstance(said, str):
        return "" if said.strip().lower() == "none" else said.strip()
    if isinstance(said, dict) and isinstance(said.get("name"), str):
        return f"{said['name']}, {said['state']}" if said.get("state") and said.get("kind") != "state" else said["name"]
    raise _FaultyError(f'places: expected names like "Lynn, MA", not {json.dumps(said)[:60]}')
