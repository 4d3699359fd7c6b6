"""The query language: a text becomes a tree, or an error that points at the column.

    query   = part*                        every part must hold
    part    = near ("OR" near)*            OR binds tighter than standing side by side, as in web search
    near    = item ("NEAR/10" item)*       at most 10 words between
    item    = "-" item | "(" query ")" | word | detain* | =ICE | "a phrase" | field:value

Also read: AND, NOT, `|` for OR and AROUND(10) for NEAR/10. Commas, semicolons and em dashes are white space.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from alerts.query.fields import EXAMPLES, KINDS, Field, PlaceLookup, find_place, why_no_place
from alerts.query.syntax import AllOf, AnyOf, Near, Node, Phrase, Without, wants_something
from alerts.query.wordindex import Word, printed, word_spans
from crawler.model import Code, IcewireError, because
from crawler.text import fold

LONGEST = 4000  # characters of a query
DEEPEST = 20  # parentheses in parentheses
FARTHEST = 100  # words of NEAR


class QueryError(IcewireError):
    """A query that cannot be read. `column` counts from 1; `suggestion` is what to write instead, or ""."""

    def __init__(self, message: str, text: str, column: int, suggestion: str = "") -> None:
        self.message = message
        self.text = text
        self.column = column
        self.suggestion = suggestion
        super().__init__(self._shown())

    def _shown(self) -> str:
        """The message, the query with a caret under the column, and the suggestion."""
        first = max(0, self.column - 60)
        shown = re.sub(r"\s", " ", self.text[first : first + 100])
        caret = " " * (self.column - 1 - first) + "^"
        lines = [f"{self.message} (column {self.column})", f"  {shown}", f"  {caret}"]
        return "\n".join([*lines, f"Try: {self.suggestion}"] if self.suggestion else lines)


_TERMS: dict[str, Code] = {"source": "term_source", "lang": "term_language", "kind": "term_kind"}
_QUOTE = '"“”„‟«»″＂'
_APART = rf"\s,;—()|{_QUOTE}"  # what no bare word holds
_ENDS = rf"(?![^{_APART}])"
_TOKEN = re.compile(
    rf"""(?P<space>[\s,;—]+)
    |(?P<open>\()|(?P<close>\))
    |(?P<or>\|+|OR{_ENDS})|(?P<and>(?:AND|and|And){_ENDS})|(?P<not>NOT{_ENDS})
    |(?P<near>NEAR{_ENDS}|(?i:NEAR)/[^{_APART}]*|AROUND\(\d+\))
    |(?P<minus>[-−–](?![\s,;—]|$))
    |(?P<phrase>=?[{_QUOTE}][^{_QUOTE}]*[{_QUOTE}])
    |(?P<broken>=?[{_QUOTE}])
    |(?P<field>[^\W\d_]+:(?!//)(?:[{_QUOTE}][^{_QUOTE}]*[{_QUOTE}]|[^\s;()|{_QUOTE}]+)?)
    |(?P<word>(?:[^{_APART}]|(?<=\d),(?=\d)|(?<=\w)\(\w{{1,3}}\))+)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # a group of _TOKEN, or "end"
    text: str
    column: int


def parse_tree(text: str, places: PlaceLookup) -> Node:
    """The tree of a query; of an empty text AllOf(()), which everything fulfils. Raises only QueryError."""
    if len(text) > LONGEST:
        raise QueryError(f"A query has at most {LONGEST} characters", text, LONGEST + 1, "two subscriptions")
    if not text.strip(f" \t\r\n{_QUOTE}"):
        return AllOf(())
    return _Parser(text, places).parse()


class _Parser:
    def __init__(self, text: str, places: PlaceLookup) -> None:
        self.text = text
        self.places = places
        self.tokens = self._tokens()
        self.at = 0
        self.depth = 0

    def parse(self) -> Node:
        tree = self._query()
        if self._next.kind == "close":
            raise self._error("This parenthesis was never opened", self._next, self._with("", self._next))
        if tree == AllOf(()):
            raise QueryError("No word to look for", self.text, 1, "raid waltham")
        if not wants_something(tree):
            message = "A query needs something to look for, not only what to leave out"
            raise QueryError(message, self.text, 1, f"raid {self.text.strip()}")
        return tree

    def _tokens(self) -> list[_Token]:
        tokens: list[_Token] = []
        after_comma = False
        for match in _TOKEN.finditer(self.text):
            token = _Token(match.lastgroup or "", match.group(), match.start() + 1)
            if token.text == "OR" and after_comma:
                raise self._error("OR after a comma may be Oregon", token, 'place:"Salem, OR" or no comma')
            if token.kind == "broken":
                raise self._error("These quotes are never closed", token, self.text.rstrip() + '"')
            if token.kind != "space" and not self._is_punctuation(token):
                tokens.append(token)
            after_comma = token.kind == "space" and "," in token.text
        return [*tokens, _Token("end", "", len(self.text.rstrip()) + 1)]

    def _is_punctuation(self, token: _Token) -> bool:
        """A "&", "..." or "–" by itself says nothing; an operator by itself was meant to say something."""
        if token.kind != "word" or any(word_spans(token.text)):
            return False
        if "*" in token.text:
            raise self._error("A star stands at the end of a word", token, "detain*")
        if token.text in ("-", "−", "="):
            raise self._error(
                f"“{token.text}” must touch the word it belongs to", token, self._with(token.text, token, touching=True)
            )
        return True

    @property
    def _next(self) -> _Token:
        return self.tokens[self.at]

    def _take(self) -> _Token:
        token = self._next
        self.at += 1
        return token

    def _error(self, message: str, token: _Token, suggestion: str = "", offset: int = 0) -> QueryError:
        return QueryError(message, self.text, token.column + offset, suggestion)

    def _with(self, better: str, token: _Token, touching: bool = False) -> str:
        """The query with something better in the place of a token; `touching` what follows."""
        start = token.column - 1
        rest = self.text[start + len(token.text) :]
        return (self.text[:start] + better + (rest.lstrip() if touching else rest)).strip()

    def _query(self) -> Node:
        parts: list[Node] = []
        while self._next.kind not in ("close", "end"):
            if self._next.kind == "and":
                self._joins(self._take(), bool(parts))
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _joins(self, token: _Token, has_left: bool) -> None:
        if not has_left or self._next.kind in ("close", "end", "and", "or", "near"):
            word = token.text.upper()
            raise self._error(f"“{token.text}” joins two things", token, f'raid {word} waltham, or "{token.text}"')

    def _part(self) -> Node:
        start = self._next
        nodes = [self._near()]
        while self._next.kind == "or":
            self._joins(self._take(), True)
            nodes.append(self._near())
        if len(nodes) == 1:
            return nodes[0]
        if any(isinstance(node, Without) for node in nodes):
            raise self._error("What is left out cannot be one side of OR", start, "raid -(hockey OR rink)")
        return AnyOf(tuple(nodes))

    def _near(self) -> Node:
        start = self._next
        first = self._item()
        if self._next.kind != "near":
            return first
        sides, gaps = [self._side(first, start)], []
        while self._next.kind == "near":
            token = self._take()
            self._joins(token, True)
            gaps.append(self._gap(token))
            start = self._next
            sides.append(self._side(self._item(), start))
        return Near(tuple(sides), tuple(gaps))

    def _gap(self, token: _Token) -> int:
        number = re.sub(r"\D", "", token.text) if re.fullmatch(r"\D+\d{1,3}\)?", token.text) else ""
        if not number or not 1 <= int(number) <= FARTHEST:
            raise self._error(f"NEAR needs a number of words from 1 to {FARTHEST}", token, "NEAR/10")
        return int(number)

    def _side(self, node: Node, start: _Token) -> tuple[Phrase, ...]:
        phrases = node.nodes if isinstance(node, AnyOf) else (node,)
        sides = tuple(phrase for phrase in phrases if isinstance(phrase, Phrase))
        if len(sides) < len(phrases):
            message = "NEAR stands between words, phrases, or words joined by OR in parentheses"
            raise self._error(message, start, "(arrest* OR detain*) NEAR/10 courthouse")
        return sides

    def _item(self) -> Node:
        token = self._take()
        match token.kind:
            case "open":
                return self._group(token)
            case "minus" | "not":
                if self._next.kind in ("minus", "not", "or", "and", "near", "close", "end"):
                    raise self._error(f"“{token.text}” stands before what to leave out", token, "-hockey")
                return Without(self._item())
            case "phrase":
                exact = token.text.startswith("=")
                return self._phrase(token, token.text[1 + exact : -1], 1 + exact, exact, quoted=True)
            case "field":
                return self._field(token)
            case "word":
                return self._word(token)
            case _:
                raise self._error(f"“{token.text}” joins two things", token, f'"{token.text}" to look for the word')

    def _group(self, token: _Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._error(f"At most {DEEPEST} parentheses in each other", token)
        node = self._query()
        if self._next.kind != "close":
            raise self._error("This parenthesis is never closed", token, self.text.rstrip() + ")")
        if node == AllOf(()):
            raise self._error("Nothing stands in these parentheses", token, "(waltham OR worcester)")
        self._take()
        self.depth -= 1
        return node

    def _word(self, token: _Token) -> Phrase:
        word = fold(token.text)
        if word == "or":
            message = f"Write OR in capitals, or “{token.text}” in quotes"
            raise self._error(message, token, self._with("OR", token))
        if word == "not":
            message = f"Write - to leave a word out, or “{token.text}” in quotes"
            raise self._error(message, token, self._with("-", token, touching=True))
        exact = token.text.startswith("=")
        return self._phrase(token, token.text[exact:], int(exact), exact)

    def _phrase(self, token: _Token, inside: str, offset: int, exact: bool = False, quoted: bool = False) -> Phrase:
        words: list[Word] = []
        stars: set[int] = set()
        for folded, start, end in word_spans(inside):
            starred = inside.startswith("*", end)
            if starred and (exact or (len(folded) < 2 and not words)):
                message = "A star does not go with =" if exact else "A star needs two letters before it"
                raise self._error(message, token, "detain*", offset + end)
            stars |= {end} if starred else set()
            words.append(Word(folded, starred, printed(inside[start:end]) if exact else ""))
        for star in re.finditer(r"\*(\w?)", inside):
            if star.start() not in stars or star[1]:
                raise self._error("A star stands at the end of a word", token, "detain*", offset + star.start())
        if not words:
            raise self._error("No word stands in these quotes", token, '"Moody Street"')
        return Phrase(tuple(words), _label(inside, quoted and len(words) > 1))

    def _field(self, token: _Token) -> Node:
        written, _, value = token.text.partition(":")
        name = fold(written)
        value = value.strip(_QUOTE).strip() if value[:1] in _QUOTE else value.rstrip(",")
        if name == "near":
            message = "near: a point is not supported yet"
            raise self._error(message, token, f"{EXAMPLES['place']} or {EXAMPLES['county']}")
        if name not in EXAMPLES and not value:
            return self._phrase(token, written, 0)  # "Update:" is a word
        if name not in EXAMPLES:
            known = ", ".join(f"{field}:" for field in EXAMPLES)
            message = f"No field is called “{written}”; there are {known}"
            quoted = f'"{re.sub(f"[{_QUOTE}]", "", token.text)}"'
            raise self._error(message, token, self._with(quoted, token))
        if not value:
            raise self._error(f"{name}: needs its value right behind the colon", token, EXAMPLES[name])
        if name in ("place", "county", "state"):
            return self._place(token, name, value, len(written) + 1)
        if name == "lang" and not re.fullmatch(r"[a-z]{2,3}", fold(value)):
            raise self._error("A language is a code of two or three letters", token, EXAMPLES[name])
        if name == "kind" and fold(value) not in KINDS:
            close = get_close_matches(fold(value), KINDS, 1)
            message = f"No kind is called “{value}”; there are {', '.join(KINDS)}"
            raise self._error(message, token, f"kind:{close[0]}" if close else EXAMPLES[name])
        return Field(name, fold(value), None, because(_TERMS[name], value=value))

    def _place(self, token: _Token, name: str, value: str, offset: int) -> Field:
        place = find_place(self.places, name, value)
        if place:
            return Field(name, fold(str(place)), place, because("term_place", place=str(place)))
        message, suggestion = why_no_place(self.places, name, value)
        raise self._error(message, token, suggestion, offset)


def _label(inside: str, quoted: bool) -> str:
    """The words as a reader would say them, without the punctuation around them."""
    spans = list(word_spans(inside))
    end = spans[-1][2]
    said = " ".join(inside[spans[0][1] : end + inside.startswith("*", end)].split())
    said += ")" * (said.count("(") - said.count(")"))  # 287(g)
    return f"“{said}”" if quoted else said
