"""The keyword query: what a subscriber looks for, and whether a document holds it.

One matcher serves alerts, the preview, the archive search and the feeds, so they never disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerts.query.clauses import Atom, clauses_of, share_of
from alerts.query.document import Document
from alerts.query.fields import Asking, PlaceLookup
from alerts.query.grammar import parse_tree
from alerts.query.printing import printed_query
from alerts.query.reasons import Hit, find, hit_of
from alerts.query.syntax import Node, Phrase, Word
from alerts.query.tokens import QueryError
from alerts.query.truth import fulfils

__all__ = ["Document", "Needed", "PlaceLookup", "Query", "QueryError", "parse"]


@dataclass(frozen=True, slots=True)
class Needed:
    """Words one after another that a full-text index is asked for; `prefix` goes for the last word."""

    words: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Made by `parse`; its tree is a value, equal when two ask the same in the same words."""

    text: str  # as written
    tree: Node

    def match(self, document: Document) -> Hit | None:
        """Why the document matches, or None. Never raises."""
        found = find(self.tree, document)
        return None if found is None else hit_of(found, document)

    def is_met_by(self, document: Document) -> bool:
        """Whether the document matches: many times sooner than `match` says why."""
        return fulfils(document, self.tree)

    @property
    def canonical(self) -> str:
        """The query in its one spelling, which is read as the same tree again; days are dates in it."""
        return printed_query(self.tree)

    def needed(self) -> tuple[tuple[Needed, ...], ...]:
        """Clauses that every matching document fulfils, each by at least one of its alternatives.

        The other way round does not hold: this is the question to a full-text index of folded letters and
        digits, and `match` then decides. () when words alone cannot narrow the search.
        """
        clauses = clauses_of(self.tree, _share_of_words)
        return tuple(
            tuple(needed for atom in clause.atoms if isinstance(atom, Phrase) for needed in _needed(atom.words))
            for clause in clauses
        )


def parse(text: str, places: PlaceLookup, sources: Mapping[str, str] | None = None, today: date | None = None) -> Query:
    """Read a query; an empty text is a query that everything matches. Raises QueryError and nothing else.

    With `sources` (id → name), an outlet that is none of them is a mistake: for who writes a query, not for one that
    was kept and outlives an outlet. Without `today`, days are to be written as dates: "since:7d" would mean another
    day each day.
    """
    return Query(text, parse_tree(text, Asking(places, sources, today)))


def _share_of_words(atom: Atom) -> float | None:
    """A full-text index knows words and no fields."""
    return share_of(atom) if isinstance(atom, Phrase) else None


def _needed(words: Sequence[Word]) -> tuple[Needed, ...]:
    """The ways to fulfil a phrase, up to its first star: an index knows a prefix only at the end of a phrase."""
    end = next((i for i, word in enumerate(words, 1) if word.wild), len(words))
    ways: list[tuple[str, ...]] = [()]
    for word in words[:end]:
        ways = [(*way, form) for way in ways for form in (word.forms or (word.prefix,))]
    return tuple(Needed(way, bool(words[end - 1].wild)) for way in ways)
