"""The full-text index over `article.folded`: what is kept there, and questions for it as the database wants them.

Both databases are told to part words at spaces and nowhere else, so that what a word is is decided in one place,
`crawler.text`. The index may propose too much, never too little.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    String,
    TextClause,
    and_,
    bindparam,
    column,
    or_,
    select,
    table,
    text,
    true,
)

from crawler.text import search_words

# PostgreSQL takes words up to 2 KB and 1 MB of them in all, where a letter may take four bytes.
LONGEST_WORD = 500  # letters; of a longer word only its beginning is kept, and asked for
MOST_INDEXED = 250_000  # characters
UNCUT = "…"  # stands, as no word can, before what was cut: that article is proposed whatever is asked for
MOST_ASKED = 10_000  # phrases of a clause; what asks for more is not narrowed by it (PostgreSQL counts on its stack)

_MATCHES = "article_search MATCH :q"
_IN_SQLITE = "article.id IN (SELECT rowid FROM article_search WHERE article_search MATCH :q)"
_IN_POSTGRESQL = "article.search @@ CAST(:q AS tsquery)"
_CUT_IN_POSTGRESQL = f"article.search @@ CAST('''{UNCUT}''' AS tsquery)"
# Made once: SQLAlchemy prepares each type that it meets anew.
_ID, _ARTICLES = column("id", Integer), table("article")
_ROW_ID, _INDEX = column("rowid", Integer), table("article_search")


def indexed(words: Iterable[str]) -> str:
    """What the index keeps of an article of these words, which are those of `search_words()`."""
    folded = " ".join([word[:LONGEST_WORD] for word in words])
    return folded if len(folded) <= MOST_INDEXED else f"{UNCUT} {folded}"[:MOST_INDEXED].rstrip()


def holds(clauses: Sequence[Sequence[str]], dialect: str, first: bool = True) -> ColumnElement[bool] | TextClause:
    """The condition that an article may hold, for each clause, one of its phrases; a trailing * makes a prefix.

    `first` = False: few articles are asked whether they do; SQLite, which knows not how many hold a word, is not to
    begin with all of those.
    """
    values = question(clauses, dialect)
    return holding(tuple(values), dialect, first, **values)


def question(clauses: Sequence[Sequence[str]], dialect: str) -> dict[str, Any]:
    """What is asked of the index, as the parameters of `holding()`; {} when nothing narrows."""
    if not (asked := _asked(clauses)):
        return {}
    if dialect == "sqlite":
        return {"q": _in_fts5(asked)}
    return {"q": " & ".join(f"({' | '.join(map(_in_tsquery, clause))})" for clause in asked), **_orders(asked)}


def holding(names: Sequence[str], dialect: str, first: bool = True, **values: Any) -> ColumnElement[bool] | TextClause:
    """The condition of `holds()` with parameters of these names, so that it can be made once for all words.

    `values`: of all of them, where it is made for these words alone.
    """
    if not names:
        return true()
    if dialect == "sqlite":
        return text(_IN_SQLITE if first else f"+{_IN_SQLITE}").bindparams(**values)
    orders = [
        text(f"(' ' || article.folded || ' ') LIKE ANY(:{name})").bindparams(
            bindparam(name, values.get(name), ARRAY(String))
        )
        for name in names
        if name != "q"
    ]
    asked = text(_IN_POSTGRESQL).bindparams(bindparam("q", values.get("q"), String))
    return or_(text(_CUT_IN_POSTGRESQL), and_(asked, *orders))


def holders(names: Sequence[str], dialect: str, spanned: bool = False) -> Select[Any]:
    """The ids of the articles of which `holding()` is true; on SQLite the index alone is asked.

    `spanned`: those from `first` to `last`.
    """
    number, where = _ID, _ARTICLES
    condition = holding(names, dialect)
    if dialect == "sqlite" and names:
        number, where = _ROW_ID, _INDEX
        condition = text(_MATCHES)
    found: Select[Any] = select(number).select_from(where).where(condition)
    return found.where(number.between(bindparam("first"), bindparam("last"))) if spanned else found


def _asked(clauses: Sequence[Sequence[str]]) -> list[list[str]]:
    """What narrows, as it is kept."""
    asked = [list(dict.fromkeys(map(_kept, clause))) for clause in clauses]
    return [clause for clause in asked if "" not in clause and len(clause) <= MOST_ASKED]


def _kept(phrase: str) -> str:
    """A phrase as its words are kept."""
    words = [word[:LONGEST_WORD] for word in search_words(phrase.removesuffix("*"))]
    return " ".join(words) + "*" * phrase.endswith("*")


def _in_fts5(asked: Iterable[Sequence[str]]) -> str:
    clauses = (" OR ".join(f'"{phrase.removesuffix("*")}"{"*" * phrase.endswith("*")}' for phrase in c) for c in asked)
    return f'({" AND ".join(f"({clause})" for clause in clauses)}) OR "{UNCUT}"'


def _in_tsquery(phrase: str) -> str:
    words = " & ".join(f"'{word}'" for word in phrase.removesuffix("*").split(" "))
    return f"({words}{':*' * phrase.endswith('*')})"


def _orders(asked: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """That the words of phrases stand one after another, which PostgreSQL's index is not told."""
    return {
        f"order_{i}": [f"% {phrase.removesuffix('*')}{'' if phrase.endswith('*') else ' '}%" for phrase in clause]
        for i, clause in enumerate(asked)
        if any(" " in phrase for phrase in clause)
    }
