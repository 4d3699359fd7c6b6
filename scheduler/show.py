"""What the command line prints: tables for people, JSON with --json, errors to stderr.

Rich is loaded by what needs it, and the database's classes only where an error is told: plain lines need neither.
"""

import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TextIO
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

_NARROW = 12  # columns of a terminal that text which may be broken should have
_NARROWEST = 6  # and must have, lest a table be nothing but broken words


@cache
def out() -> "Console":
    """Standard output with styles, where it is a terminal."""
    from rich.console import Console

    return Console(highlight=False)


@cache
def err() -> "Console":
    """Standard error with styles, where it is a terminal."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table and the key it shows."""

    title: str
    key: str
    style: str = ""
    ratio: int | None = None  # share of the free width; None = as wide as needed, broken only where nothing else can be


def rows(found: Sequence[dict[str, Any]], columns: Iterable[Column], as_json: bool, empty: str) -> None:
    """Print rows as a table, or as JSON with every field; `empty` is said when there is none.

    A terminal breaks what is too wide, but never the first column, which is the key. A file or a pipe, and a terminal
    that is too narrow, gets each row whole.
    """
    if as_json:
        data(list(found))
        return
    if not found:
        say(empty)
        return
    from rich.cells import cell_len, set_cell_size

    screen, columns = out(), list(columns)
    cells = [[_cell(row.get(column.key)) for column in columns] for row in found]
    lines = [[column.title for column in columns], *cells]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    gaps = 2 * (len(columns) - 1)
    if not screen.is_terminal or screen.width < widths[0] + gaps + sum(min(w, _NARROWEST) for w in widths[1:]):
        for line in lines:
            say("  ".join(map(set_cell_size, line, widths)).rstrip())
        return
    unbroken = sum(w if c.ratio is None else min(w, _NARROW) for c, w in zip(columns, widths, strict=True)) + gaps
    screen.print(_table(columns, cells, roomy=unbroken <= screen.width))


def _table(columns: Sequence[Column], cells: Iterable[Iterable[str]], roomy: bool) -> "Table":
    """A table for a terminal; roomy: only the columns with a ratio need be broken."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, expand=roomy and any(c.ratio for c in columns))
    for n, column in enumerate(columns):
        table.add_column(
            column.title,
            style=column.style,
            ratio=column.ratio,
            overflow="fold",
            header_style="bold",
            no_wrap=n == 0 or (column.ratio is None and roomy),
        )
    for line in cells:
        table.add_row(*map(escape, line))
    return table


@contextmanager
def failures(as_json: bool) -> Iterator[dict[str, Any]]:
    """With --json an error is JSON, too: {"error": …} and what was put into the dict by then. It goes on to stderr."""
    known: dict[str, Any] = {}
    try:
        yield known
    except Exception as error:
        from alerts.locale import worded
        from crawler.model import IcewireError

        if as_json and isinstance(error, IcewireError):
            data({"error": worded(error), **known})
        raise


def say(text: str) -> None:
    """Print a sentence, without what would steer the terminal, which breaks its line."""
    print(seen(text), flush=True)  # noqa: T201


def title(text: str) -> None:
    """Print a line as it is, in bold where that can be seen."""
    if not sys.stdout.isatty():
        say(text)
        return
    from rich.text import Text

    out().print(Text(seen(text), "bold"), soft_wrap=True)


def hanging(head: str, text: str) -> None:
    """Print text behind a head, which is markup; where a terminal or the text breaks its line, it stays indented."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    text = seen(text)
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(head, escape(text))
    if out().is_terminal:
        out().print(grid)
        return
    first = Text.from_markup(head)
    first.append(text.replace("\n", "\n" + " " * first.cell_len))
    out().print(first, soft_wrap=True)


def complain(error: object) -> None:
    """Print an error to stderr."""
    from rich.markup import escape

    from alerts.locale import worded

    said = seen(worded(error) if isinstance(error, Exception) else str(error))
    err().print(f"[bold red]error[/] {escape(said)}", soft_wrap=True)


def note(text: str) -> None:
    """Print something worth knowing to stderr, where it does not mix with the output."""
    print(f"note: {seen(text)}", file=sys.stderr, flush=True)  # noqa: T201


def data(value: Any) -> None:
    """Print JSON: one document, UTF-8 or ASCII, times in ISO 8601."""
    sys.stdout.write(_json(value, indent=2) + "\n")


def line(value: Any) -> None:
    """Print JSON in one line and at once, for whoever reads along."""
    print(_json(value), flush=True)  # noqa: T201


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


def local(when: datetime | date | None, timezone: str) -> str:
    """A UTC time in a reader's zone, to the minute; a day as it is."""
    if isinstance(when, datetime):
        when = when.astimezone(ZoneInfo(timezone))
        return f"{when:%Y-%m-%d %H:%M}"
    return when.isoformat() if when else ""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return " ".join(seen(str(value)).split())


def seen(text: str) -> str:
    """Text that steers no terminal. Most does not, and what knows about the rest is slow to load."""
    if max(text, default="") < "\u0300" and all(line.isprintable() for line in text.split("\n")):
        return text  # above, some letters are printable and show nothing
    from crawler.text import visible

    return visible(text)


def _json(value: Any, indent: int | None = None) -> str:
    """All that the value holds; what steers a terminal, or what it cannot show, is written as \\u and a number."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=_plain)
    if seen(text) == text and _takes_all(sys.stdout):
        return text
    return json.dumps(value, indent=indent, default=_plain)


def _takes_all(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def lossy() -> None:
    """From now on a terminal that is not UTF-8 shows ? for what it lacks; no command fails for a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
