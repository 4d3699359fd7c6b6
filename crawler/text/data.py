"""Knowledge that stands beside the code as TOML: what is wrong in such a file is named by file and key."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn


class DataTable:
    """A table of a data file. What is asked of it comes as asked, or ValueError names file, table and key."""

    def __init__(self, place: str, values: Mapping[str, Any]) -> None:
        self._place, self._values = place, values

    @property
    def place(self) -> str:
        """Where it stands: the file, and the table in it."""
        return self._place

    @property
    def keys(self) -> tuple[str, ...]:
        """Its keys in the order of the file."""
        return tuple(self._values)

    def only(self, *keys: str) -> "DataTable":
        """This table, if it has no other keys."""
        if unknown := set(self._values) - set(keys):
            self._complain(min(unknown), f"expected only {', '.join(keys)}")
        return self

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self._values.get(key, default)
        return value if isinstance(value, str) else self._complain(key, f"expected a text, not {value!r}")

    def number(self, key: str) -> float:
        """A number, which must be there."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._complain(key, f"expected a number, not {value!r}")
        return float(value)

    def flag(self, key: str) -> bool:
        """Whether it is set; false where nothing is said."""
        value = self._values.get(key, False)
        return value if isinstance(value, bool) else self._complain(key, f"expected true or false, not {value!r}")

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts, none of them empty; without a default it must be there."""
        value = self._values.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(text, str) and text for text in value):
            self._complain(key, f"expected a list of texts, not {value!r}")
        return tuple(value)

    def table(self, key: str) -> "DataTable":
        """The table [key]."""
        value = self._values.get(key)
        if not isinstance(value, dict):
            self._complain(key, f"expected a table, not {value!r}")
        return DataTable(f"{self._place} [{key}]", value)

    def tables(self, key: str) -> tuple["DataTable", ...]:
        """The tables [[key]], in the order of the file."""
        value = self._values.get(key)
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self._complain(key, f"expected tables [[{key}]], not {value!r}")
        return tuple(DataTable(f"{self._place} [[{key}]] {n}", table) for n, table in enumerate(value, 1))

    def joined(self, more: "DataTable") -> "DataTable":
        """This table and what another adds to it, list by list and table by table."""
        values = dict(self._values)
        for key in more.keys:
            if isinstance(values.get(key), dict):
                values[key] = self.table(key).joined(more.table(key))._values
            else:
                values[key] = [*self.texts(key, ()), *more.texts(key)]
        return DataTable(f"{self.place} and {more.place}" if more.keys else self.place, values)

    def alternatives(self) -> dict[str, str]:
        """Of each list a regular expression that any of its texts fits; of an empty one what nothing fits."""
        return {key: self.pattern(key, "|".join(self.texts(key)) or "(?!)").pattern for key in self.keys}

    def pattern(self, key: str, written: str, flags: int = 0) -> re.Pattern[str]:
        """A regular expression that was made of what stands at a key."""
        try:
            return re.compile(written, flags)
        except re.error as error:
            self._complain(key, f"expected regular expressions ({error})")

    def _complain(self, key: str, expected: str) -> NoReturn:
        raise ValueError(f"{self._place} {key}: {expected}")


def read_data(path: Path) -> DataTable:
    """The whole of a TOML file; ValueError when it cannot be read. Callers keep what they make of it."""
    try:
        return DataTable(f"{path}:", tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}; expected TOML in UTF-8") from error
