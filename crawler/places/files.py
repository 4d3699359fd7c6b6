"""Read the data files of places."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.model import IcewireError
from crawler.places.spoken import Spoken
from crawler.text import DataTable
from crawler.topic import Subject, TopicError

_LISTS = (  # of language.toml, which explains each
    "never_bare", "ordinary", "people", "abroad", "capital", "city_or_state", "locative", "passing", "before",
    "institution", "carried", "thoroughfare", "official", "game", "desk", "agency", "titles", "event", "venue",
    "campus", "country",
)  # fmt: skip
_NAMED = ("ACT", "AGENCY", "LAW", "PEOPLE", "SENT")  # of its table [named]


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


def topic_rows(subject: Subject, name: str, columns: str) -> Iterator[Sequence[str]]:
    """The rows of a CSV file of the topic; none where it has no such file. Raises GazetteerError."""
    file = subject.folder / name
    return rows(file, columns) if file.exists() else iter(())


def read_language(path: Path, subject: Subject) -> tuple[dict[str, tuple[str, ...]], Spoken]:
    """The lists of words of language.toml by their names, and what its names stand for, with what the topic adds.

    Raises GazetteerError.
    """

    def read(data: DataTable) -> tuple[dict[str, tuple[str, ...]], Spoken]:
        data.only(*_LISTS, "named")
        return {name: data.texts(name) for name in _LISTS}, Spoken(data.table("named").only(*_NAMED).alternatives())

    try:
        return subject.added_to(path, "places.toml", read)
    except TopicError as error:
        raise GazetteerError(str(error)) from error
