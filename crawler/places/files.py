"""Read the data files of places."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.model import IcewireError
from crawler.text import read_data

_LISTS = (  # of language.toml, which explains each
    "never_bare", "ordinary", "people", "abroad", "capital", "city_or_state", "locative", "passing", "before",
    "institution", "carried", "thoroughfare", "official", "game", "desk", "titles", "event", "venue",
    "campus", "country",
)  # fmt: skip


class GazetteerError(IcewireError):
    """A data file of places cannot be read."""


def rows(path: Path, columns: str) -> Iterator[Sequence[str]]:
    """The rows of a CSV file, gzipped or not, whose first line is `columns`. Raises GazetteerError."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            if next(reader, []) != columns.split(","):
                raise GazetteerError(f"{path}: the first line must be {columns}")
            for row in reader:
                if len(row) != columns.count(",") + 1:
                    raise GazetteerError(f"{path}, line {reader.line_num}: expected the columns {columns}")
                yield row
    except OSError as error:
        raise GazetteerError(f"{path} cannot be read ({error}); reinstall icewire or give the right folder.") from error


def word_lists(path: Path) -> dict[str, tuple[str, ...]]:
    """The lists of words of a TOML file by their names. Raises GazetteerError."""
    try:
        lists = read_data(path).only(*_LISTS)
        return {name: lists.texts(name) for name in _LISTS}
    except ValueError as error:
        raise GazetteerError(str(error)) from error
