"""The query language: a text becomes a tree, or an error that points at the column.

docs/query-language.md has the grammar.
"""

import re
from functools import lru_cache

from alerts.locale import Saying, saying
from alerts.query.fields import EXAMPLES, Asking, WrongValueError, example, read_field, sought
from alerts.query.forms import forms_of
from alerts.query.syntax import AllOf, AnyOf, Near, Node, Phrase, Without, Word, wants_something
from alerts.query.tokens import QUOTE, QueryError, Token, is_quoted, is_word, read_tokens, unquoted
from crawler.text import fold, is_initials, printed, visible, word_spans

LONGEST = 4000  # characters of a query
DEEPEST = 20  # parentheses in parentheses
FARTHEST = 100  # words of NEAR
MOST_STARS = 3  # in a word
_STAR = "ꙮ"  # stands for a star while words are told apart: a letter that nobody writes
_PLACES = ("place", "county", "state", "near", "office")


def parse_tree(text: str, asking: Asking) -> Node:
    """The tree of a query; of an empty text AllOf(()), which everything fulfils. Raises only QueryError."""
    if len(text) > LONGEST:
        problem = saying("A query has at most %(most)s characters", most=LONGEST)
        raise QueryError(problem, text, LONGEST + 1, saying("two subscriptions"))
    text = visible(text)
    if not text.strip(f" \t\r\n{QUOTE}"):
        return AllOf(())
    return _Parser(text, asking).parse()


class _Parser:
    def __init__(self, text: str, asking: Asking) -> None:
        self.text = text
        self.asking = asking
        self.tokens = read_tokens(text)
        self.at = 0
        self._next = self.tokens[0]
        self.depth = 0
        self.in_title = False

    def parse(self) -> Node:
        tree = self._query()
        if self._next.kind == "close":
            raise self._error(saying("This parenthesis was never opened"), self._next, self._with("", self._next))
        if tree == AllOf(()):
            raise QueryError(saying("No word to look for"), self.text, 1, f"{sought()} waltham")
        if not wants_something(tree):
            problem = saying("A query needs something to look for, not only what to leave out")
            raise QueryError(problem, self.text, 1, f"{sought()} {self.text.strip()}")
        return tree

    def _take(self) -> Token:
        token = self._next
        self.at += 1
        self._next = self.tokens[self.at]
        return token

    def _error(self, problem: Saying, token: Token, instead: Saying | str = "", offset: int = 0) -> QueryError:
        return QueryError(problem, self.text, token.column + offset, instead)

    def _with(self, better: str, token: Token, touching: bool = False) -> str:
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

    def _joins(self, token: Token, has_left: bool) -> None:
        if not has_left or self._next.kind in ("close", "end", "and", "or", "near"):
            ways = f"{sought()} {token.text.upper()} waltham", f'"{token.text}"'
            instead = saying("%(one)s, or %(other)s", one=ways[0], other=ways[1])
            raise self._error(saying("“%(word)s” joins two things", word=token.text), token, instead)

    def _part(self) -> Node:
        start = self._next
        nodes = [self._near()]
        while self._next.kind == "or":
            self._joins(self._take(), True)
            nodes.append(self._near())
        if len(nodes) == 1:
            return nodes[0]
        if any(isinstance(node, Without) for node in nodes):
            problem = saying("What is left out cannot be one side of OR")
            raise self._error(problem, start, f"{sought()} -(hockey OR rink)")
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

    def _gap(self, token: Token) -> int:
        number = re.sub(r"\D", "", token.text) if re.fullmatch(r"\D+[0-9]{1,3}\)?", token.text) else ""
        if not number or not 1 <= int(number) <= FARTHEST:
            problem = saying("NEAR needs a number of words from 1 to %(most)s", most=FARTHEST)
            raise self._error(problem, token, "NEAR/10")
        return int(number)

    def _side(self, node: Node, start: Token) -> tuple[Phrase, ...]:
        phrases = node.nodes if isinstance(node, AnyOf) else (node,)
        sides = tuple(phrase for phrase in phrases if isinstance(phrase, Phrase))
        if len(sides) < len(phrases):
            problem = saying("NEAR stands between words, phrases, or words joined by OR in parentheses")
            raise self._error(problem, start, "(arrest* OR detain*) NEAR/10 courthouse")
        return sides

    def _item(self) -> Node:
        token = self._take()
        match token.kind:
            case "open":
                return self._group(token)
            case "minus" | "not":
                if self._next.kind in ("minus", "not", "or", "and", "near", "close", "end"):
                    problem = saying("“%(sign)s” stands before what to leave out", sign=token.text)
                    raise self._error(problem, token, "-hockey")
                return Without(self._item())
            case "phrase" | "single":
                return self._quoted(token, token.text)
            case "field":
                return self._field(token)
            case "plain":
                return _plain_phrase(token.text, self.in_title)
            case "word":
                return self._word(token)
            case _:
                problem = saying("“%(word)s” joins two things", word=token.text)
                raise self._error(problem, token, saying('"%(word)s" to look for the word', word=token.text))

    def _group(self, token: Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._error(saying("At most %(most)s parentheses in each other", most=DEEPEST), token)
        node = self._query()
        if self._next.kind != "close":
            raise self._error(saying("This parenthesis is never closed"), token, self.text.rstrip() + ")")
        if node == AllOf(()):
            raise self._error(saying("Nothing stands in these parentheses"), token, "(waltham OR worcester)")
        self._take()
        self.depth -= 1
        return node

    def _word(self, token: Token) -> Phrase:
        word = fold(token.text)
        if word in ("or", "o"):
            better = word.upper()
            problem = saying("Write %(better)s in capitals, or “%(word)s” in quotes", better=better, word=token.text)
            raise self._error(problem, token, self._with(better, token))
        if word == "not":
            problem = saying("Write - to leave a word out, or “%(word)s” in quotes", word=token.text)
            raise self._error(problem, token, self._with("-", token, touching=True))
        return self._bare(token, token.text, 0)

    def _bare(self, token: Token, text: str, offset: int) -> Phrase:
        exact = text.startswith("=")
        return self._phrase(token, text[exact:], offset + exact, exact, quoted=False)

    def _quoted(self, token: Token, text: str, offset: int = 0) -> Phrase:
        exact = text.startswith("=")
        inside, before = unquoted(text[exact:])
        return self._phrase(token, inside, offset + exact + before, exact, quoted=True)

    def _phrase(self, token: Token, inside: str, offset: int, exact: bool, quoted: bool) -> Phrase:
        inside = re.sub(r"\s", " ", inside.replace(_STAR, " ")).replace("*", _STAR)
        spans = list(word_spans(inside))
        if not spans:
            raise self._error(saying("No word stands in these quotes"), token, '"Moody Street"')
        written = _written(inside, spans[0][1], spans[-1][2])
        in_title = self.in_title or (token.kind == "field" and fold(token.text.partition(":")[0]) == "title")
        quoted = quoted or not is_word(written) or (in_title and bool(re.search(r"[();|,]", written)))
        words: list[Word] = []
        for folded, start, end in spans:
            if _STAR in folded:
                self._check_stars(token, folded, offset + start, exact, first=not words)
            expand = not exact and not quoted and end == spans[-1][2]
            words.append(_word(folded, inside[start:end], exact, expand))
        return Phrase(tuple(words), written, quoted, in_title)

    def _check_stars(self, token: Token, folded: str, offset: int, exact: bool, first: bool) -> None:
        before = folded.index(_STAR)
        if exact:
            raise self._error(saying("A star does not go with ="), token, "detain*", offset + before)
        if before < (2 if first else 1):
            raise self._error(saying("A star needs two letters before it"), token, "detain*", offset + before)
        if folded.count(_STAR) > MOST_STARS:
            raise self._error(saying("A word has at most %(most)s stars", most=MOST_STARS), token, "detain*", offset)

    def _field(self, token: Token) -> Node:
        written, _, value = token.text.partition(":")
        name = fold(written)
        if name not in EXAMPLES and not value:
            return self._phrase(token, written, 0, exact=False, quoted=False)  # "Update:" is a word
        if name not in EXAMPLES:
            known = ", ".join(f"{field}:" for field in EXAMPLES)
            problem = saying("No field is called “%(name)s”; there are %(known)s", name=written, known=known)
            quoted = f'"{re.sub(f"[{QUOTE}]", "", token.text)}"'
            raise self._error(problem, token, self._with(quoted, token))
        if name == "title":
            return self._title(token, value, len(written) + 1)
        said = unquoted(value)[0] if is_quoted(value) else value.rstrip(",")
        if not said.strip():
            raise self._error(_no_value(name), token, example(name))
        try:
            if name in _PLACES and value.endswith(",") and self._next.kind in ("plain", "word"):
                problem = saying("A place with a comma wants quotes")
                raise WrongValueError(problem, self._in_quotes(name, value, 1))
            return read_field(name, " ".join(said.split()), self.asking)
        except WrongValueError as error:
            longer = self._longer_value(name, value) if name in _PLACES and not is_quoted(value) else ""
            offset = len(written) + 1 if error.inside else 0
            raise self._error(error.problem, token, longer or error.instead, offset) from None

    def _title(self, token: Token, value: str, offset: int) -> Node:
        if value:
            return (
                self._quoted(token, value, offset) if is_quoted(value.lstrip("=")) else self._bare(token, value, offset)
            )
        if self._next.kind != "open" or self._next.column != token.column + len(token.text):
            raise self._error(_no_value("title"), token, EXAMPLES["title"])
        outer, self.in_title = self.in_title, True
        node = self._group(self._take())
        self.in_title = outer
        return node

    def _in_quotes(self, name: str, value: str, more: int) -> str:
        words = [token.text for token in self.tokens[self.at : self.at + more] if token.kind in ("plain", "word")]
        return f'{name}:"{" ".join([value, *words])}"'

    def _longer_value(self, name: str, value: str) -> str:
        """What was meant where quotes were forgotten: state:New York, office:San Francisco."""
        for more in (1, 2, 3):
            quoted = self._in_quotes(name, value, more)
            try:
                read_field(name, quoted.partition(":")[2].strip('"'), self.asking)
            except WrongValueError:
                continue
            return quoted
        return ""


def _no_value(name: str) -> Saying:
    return saying("%(field)s: needs its value right behind the colon", field=name)


@lru_cache(20_000)
def _plain_phrase(text: str, in_title: bool) -> Phrase:
    """A plain word; kept, as searches that are read together have many in common."""
    folded = text if text.islower() else text.lower()
    word = Word((), folded) if "*" in text else _word(folded, text, exact=False, expand=True)
    return Phrase((word,), text, title=in_title)


def _word(folded: str, shown: str, exact: bool, expand: bool) -> Word:
    if _STAR in folded:
        return Word((), re.sub(r"\*+", "*", folded.replace(_STAR, "*")))
    letters = printed(shown)
    if exact or (is_initials(shown) and letters.isupper()):  # "U.S." is "US", and not "us"
        return Word((folded,), exact=letters)
    if not expand or len(folded) < 2 or (letters.isupper() and len(letters) < 6):  # "ICE", "SWAT" have no plural
        return Word((folded,))
    return Word(forms_of(folded))


def _written(inside: str, start: int, end: int) -> str:
    """The words as a reader would say them, without the punctuation around them."""
    said = " ".join(inside[start:end].replace(_STAR, "*").split())
    return said + ")" * (said.count("(") - said.count(")"))  # 287(g)
