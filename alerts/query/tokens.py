"""A query in tokens, and the error that points at one."""

import re
from typing import NamedTuple

from alerts.locale import Saying, as_it_is, saying
from crawler.model import IcewireError
from crawler.text import fold, word_spans


class QueryError(IcewireError):
    """A query that cannot be read. `column` counts from 1; `suggestion` is what to write instead, or ""."""

    def __init__(self, problem: Saying, text: str, column: int, instead: Saying | str = "") -> None:
        self.problem = problem
        self.text = text
        self.column = column
        self.instead = as_it_is(instead) if isinstance(instead, str) else instead
        self.message = problem.said()
        self.suggestion = self.instead.said()
        super().__init__(self._shown())

    def said(self, language: str) -> str:
        """The message in the language of its reader."""
        return self.problem.said(language)

    def suggested(self, language: str) -> str:
        """The suggestion in the language of its reader; a query in it stays a query."""
        return self.instead.said(language)

    @property
    def pointed(self) -> str:
        """The query, or the part of it that matters, and a caret under the column."""
        first = max(0, self.column - 60)
        shown = re.sub(r"\s", " ", self.text[first : first + 100])
        return f"  {shown}\n  {' ' * (self.column - 1 - first)}^"

    def _shown(self) -> str:
        """The message, the query with a caret under the column, and the suggestion."""
        lines = [f"{self.message} (column {self.column})", self.pointed]
        return "\n".join([*lines, f"Try: {self.suggestion}"] if self.suggestion else lines)


QUOTE = '"“”„‟«»″＂❝❞〝〞'
_DASH = "-−–—‐‑‒―﹣－"
_APART = rf"\s,;—―()|{QUOTE}"  # what no bare word holds
_ENDS = rf"(?![^{_APART}])"
_QUOTED = rf"[{QUOTE}][^{QUOTE}]*[{QUOTE}]"
# Single quotes, where they cannot be apostrophes: an opening one behind a space, a closing one before one.
_SINGLE = rf"(?:''|‘‘|``|['‘‚‛‹`])(?:[^'’‘‹›`{QUOTE}]|(?<=\w)['’‘`](?=\w))+(?:''|’’|['’‘›])(?=[\s,;:.!?)|]|$)"
# "plain" is a "word" that needs no second look, as most of what is asked is.
_TOKEN = re.compile(
    rf"""(?P<plain>(?!(?i:or?|and|y|not?|near)(?![a-zA-Z0-9]))(?:[a-zA-Z0-9]+|[a-zA-Z0-9]{{2,}}\*)(?=[\s)]|$))
    |(?P<space>(?:[\s,;]|[—―](?!(?<![^\s(|,;—―][—―])[^\s,;—―]))+)
    |(?P<open>\()|(?P<close>\))
    |(?P<or>\|+|(?:OR|O){_ENDS})|(?P<and>(?:AND|and|And|Y|y){_ENDS})|(?P<not>(?:NOT|NO){_ENDS})
    |(?P<near>NEAR{_ENDS}|(?i:NEAR)/[^{_APART}]*|AROUND\(\d+\))
    |(?P<minus>[{_DASH}](?![\s,;—―]|$))
    |(?P<phrase>=?{_QUOTED})
    |(?P<single>=?{_SINGLE})
    |(?P<broken>=?[{QUOTE}])
    |(?P<field>[^\W\d_]+:(?!//)(?:=?{_QUOTED}|=?{_SINGLE}|[^\s;()|{QUOTE}]+)?)
    |(?P<word>(?:[^{_APART}]|(?<=\d),(?=\d)|(?<=\w)\(\w{{1,3}}\))+)
    """,
    re.VERBOSE,
)
_MARKS = f"{QUOTE}'’‘‚‛‹›`"


class Token(NamedTuple):
    """A piece of a query and where it stands."""

    kind: str  # a group of _TOKEN, or "end"
    text: str
    column: int
    after_comma: bool = False


def is_word(text: str) -> bool:
    """Whether this is read as a bare word and nothing else."""
    token = _TOKEN.match(text)
    return (
        token is not None
        and token.group() == text
        and token.lastgroup in ("plain", "word")
        and fold(text) not in ("or", "not", "o")
    )


def unquoted(text: str) -> tuple[str, int]:
    """What stands in the quotes of a phrase, and how many characters before it."""
    inside = text.lstrip(_MARKS)
    return inside.rstrip(_MARKS), len(text) - len(inside)


def is_quoted(text: str) -> bool:
    """Whether a value stands in quotes."""
    return bool(re.fullmatch(rf"{_QUOTED}|{_SINGLE}", text))


def read_tokens(text: str) -> list[Token]:
    """The tokens of a query, the last of them its end. Raises QueryError."""
    tokens: list[Token] = []
    after_comma = False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "space":
            after_comma = "," in match.group()
            continue
        token = Token(kind, match.group(), match.start() + 1, after_comma)
        after_comma = False
        if token.kind == "broken":
            raise QueryError(saying("These quotes are never closed"), text, token.column, text.rstrip() + '"')
        if token.text == "OR" and token.after_comma:
            problem, instead = saying("OR after a comma may be Oregon"), saying('place:"Salem, OR" or no comma')
            raise QueryError(problem, text, token.column, instead)
        if kind != "word" or not _is_punctuation(token, text):
            tokens.append(token)
    return [*tokens, Token("end", "", len(text.rstrip()) + 1)]


def _is_punctuation(token: Token, text: str) -> bool:
    """A "&", "..." or "–" by itself says nothing; an operator by itself was meant to say something."""
    if any(word_spans(token.text)):
        return False
    if "*" in token.text:
        raise QueryError(saying("A star needs two letters before it"), text, token.column, "detain*")
    if token.text in ("-", "−", "="):
        start = token.column - 1
        touching = text[:start] + token.text + text[start + 1 :].lstrip()
        problem = saying("“%(sign)s” must touch the word it belongs to", sign=token.text)
        raise QueryError(problem, text, token.column, touching.strip())
    return True
