"""Queries made from the grammar that docs/query-language.md writes down."""

import re
from functools import cache
from pathlib import Path

from hypothesis import assume
from hypothesis import strategies as st

_TERMINAL = re.compile(r"\"[^\"]*\"|'[^']*'")


def rules() -> dict[str, str]:
    """The rules of docs/query-language.md by name."""
    page = (Path(__file__).parents[2] / "docs/query-language.md").read_text("utf-8")
    written = page.partition("```ebnf\n")[2].partition("```")[0]
    return dict(re.findall(r"^(\w+) *= (.*) ;$", written, re.M))


RULES = rules()


@cache
def queries(name: str, depth: int = 0) -> st.SearchStrategy[str]:
    """Texts of a rule; in depth, only what ends."""
    return st.deferred(lambda: _choice(RULES[name], depth))


def _choice(body: str, depth: int) -> st.SearchStrategy[str]:
    ways = [way for way in split_rule(body, "|") if depth < 3 or "query" not in way]
    return st.one_of([_sequence(way, depth) for way in ways])


def _sequence(body: str, depth: int) -> st.SearchStrategy[str]:
    return st.tuples(*[_piece(piece.strip(), depth) for piece in split_rule(body, ",")]).map("".join)


def _piece(piece: str, depth: int) -> st.SearchStrategy[str]:
    if _TERMINAL.fullmatch(piece):
        return st.just(piece[1:-1])
    if piece[0] == "{":
        return st.lists(_choice(piece[1:-1], depth), max_size=2).map("".join)
    if piece[0] == "[":
        return st.just("") | _choice(piece[1:-1], depth)
    return queries(piece, depth + (piece == "query"))


def split_rule(body: str, mark: str) -> list[str]:
    """Apart at a mark that stands in no quotes and no brackets."""
    parts, level, at = [""], 0, 0
    while at < len(body):
        terminal = _TERMINAL.match(body, at)
        piece = terminal.group() if terminal else body[at]
        level += (piece in "[{") - (piece in "]}") if len(piece) == 1 else 0
        parts = [*parts, ""] if piece == mark and not level else [*parts[:-1], parts[-1] + piece]
        at += len(piece)
    return [part.strip() for part in parts]


_UNCLEAR = re.compile(r""",\s*OR\b|:[^\s"']+,\s""")
_TRIES = 4


@st.composite
def readable(draw: st.DrawFn, rule: str) -> str:
    """Queries of a rule that are read: what the grammar makes, but for a comma that may belong to a place.

    "waltham, OR" may be Oregon; "office:Boston, raid" is asked to be quoted.
    """
    for _ in range(_TRIES):  # nearly half are unclear: else most examples would be thrown away
        if not _UNCLEAR.search(text := draw(queries(rule))):
            break
    assume(not _UNCLEAR.search(text))
    return text
