"""What the command line prints: tables for people, JSON with --json, errors to stderr."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table and the key it shows."""

    title: str
    key: str
    style: str = ""
    ratio: int | None = None  # share of the free width; None = as wide as needed, never broken


def rows(found: Sequence[dict[str, Any]], columns: Iterable[Column], as_json: bool, empty: str) -> None:
    """Print rows as a table, or as JSON with every field; `empty` is said when there is none."""
    if as_json:
        data(list(found))
        return
    if not found:
        out.print(empty)
        return
    columns = list(columns)
    table = Table(box=None, pad_edge=False, expand=any(c.ratio for c in columns))
    for column in columns:
        table.add_column(
            column.title,
            style=column.style,
            ratio=column.ratio,
            overflow="fold",
            header_style="bold",
            no_wrap=column.ratio is None,
        )
    for row in found:
        table.add_row(*(_cell(row.get(c.key)) for c in columns))
    out.print(table)


def say(text: str) -> None:
    """Print a sentence as it is; the terminal breaks its line."""
    out.print(text, markup=False, soft_wrap=True)


def complain(error: object) -> None:
    """Print an error to stderr."""
    err.print(f"[bold red]error[/] {escape(str(error))}", soft_wrap=True)


def note(text: str) -> None:
    """Print something worth knowing to stderr, where it does not mix with the output."""
    err.print(f"note: {text}", markup=False, soft_wrap=True)


def data(value: Any) -> None:
    """Print JSON: one document, UTF-8, times in ISO 8601."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False, default=_plain)
    sys.stdout.write("\n")


def line(value: Any) -> None:
    """Print JSON in one line and at once, for whoever reads along."""
    print(json.dumps(value, ensure_ascii=False, default=_plain), flush=True)  # noqa: T201


def ago(then: datetime | None, now: datetime) -> str:
    """A time as a person says it.

    >>> from datetime import UTC
    >>> ago(datetime(2026, 3, 9, 11, 30, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC))
    '30 min ago'
    """
    if then is None:
        return "never"
    minutes = (now - then).total_seconds() / 60
    if minutes < 1:
        return "just now"
    if minutes < 90:
        return f"{minutes:.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days ago"


def count(number: int, one: str, many: str = "") -> str:
    """A number of things.

    >>> count(1, "feed"), count(2, "feed")
    ('1 feed', '2 feeds')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def local(when: datetime | None, timezone: str) -> str:
    """A UTC time in a reader's zone, to the minute."""
    return when.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M") if when else ""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
