"""Questions for the full-text index over `article.folded`, as the database at hand wants them."""

from collections.abc import Sequence

from sqlalchemy import TextClause, text


def holds(clauses: Sequence[Sequence[str]], dialect: str) -> TextClause:
    """The condition that an article holds, for each clause, one of its phrases; a trailing * makes a prefix."""
    if dialect == "sqlite":
        found = text("article.id IN (SELECT rowid FROM article_search WHERE article_search MATCH :q)")
        return found.bindparams(q=_fts5(clauses))
    return text("article.search @@ to_tsquery('simple', :q)").bindparams(q=_tsquery(clauses))


def _fts5(clauses: Sequence[Sequence[str]]) -> str:
    def phrase(words: str) -> str:
        return f'"{words.removesuffix("*")}"' + ("*" if words.endswith("*") else "")

    return " AND ".join(f"({' OR '.join(map(phrase, clause))})" for clause in clauses)


def _tsquery(clauses: Sequence[Sequence[str]]) -> str:
    def phrase(words: str) -> str:
        quoted = [f"'{w}'" for w in words.removesuffix("*").replace("'", " ").split()]
        return "(" + " <-> ".join(quoted) + (":*" if words.endswith("*") else "") + ")"

    return " & ".join(f"({' | '.join(map(phrase, clause))})" for clause in clauses)
