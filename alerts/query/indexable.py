"""Queries that an index can decide by itself: words and facts, all of which one report has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerts.query.query import Query
from alerts.query.syntax import AllOf, AnyOf, Field, Node, Phrase, Word
from alerts.query.wider import asks_of_words

_LONGEST = 400  # letters of a word that any index keeps whole


@dataclass(frozen=True, slots=True)
class Simple:
    """What every document that meets a query has."""

    clauses: tuple[tuple[str, ...], ...]  # of each one of its folded words; a trailing * makes a prefix
    fields: tuple[Field, ...]  # all of these
    whole: bool  # and every document that has them meets the query


def simple(query: Query) -> Simple | None:
    """What a query comes to when its words stand each for itself, beside fields; None of one that wants more.

    More is a phrase, an order, a headline, a word as printed, what must be missing, and words or else a field.
    """
    clauses: list[tuple[str, ...]] = []
    fields: list[Field] = []
    whole = True
    for part in _parts(query.tree):
        words = tuple(_words(part))
        if words and "" not in words:
            clauses.append(words)
        elif asks_of_words(Query("", part)):
            return None
        elif isinstance(part, AllOf | AnyOf) or not isinstance(part, Field):
            whole = False  # a matter of fields alone
        else:
            fields.append(part)
    return Simple(tuple(clauses), tuple(fields), whole)


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, AllOf):
        for part in node.nodes:
            yield from _parts(part)
    else:
        yield node


def _words(node: Node) -> Sequence[str]:
    """The words of which one is wanted; with "" among them when an index cannot tell, () of what is no words."""
    match node:
        case Phrase():
            return _forms(node.words[0]) if node.is_word else ("",)
        case AnyOf(nodes) if all(isinstance(way, Phrase) for way in nodes):
            return [word for way in nodes for word in _words(way)]
    return ()


def _forms(word: Word) -> Sequence[str]:
    if not word.wild:
        return word.forms if max(map(len, word.forms)) <= _LONGEST else ("",)
    plain = word.wild.endswith("*") and word.wild.count("*") == 1 and len(word.wild) <= _LONGEST
    return (f"{word.prefix}*",) if plain else ("",)
