"""What every document that a query meets must have, so that an index can tell which queries are worth asking."""

from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from alerts.query.syntax import (
    AllOf,
    AnyOf,
    Around,
    Fact,
    Field,
    InOffice,
    InPlace,
    Near,
    Node,
    Phrase,
    Published,
    Without,
    Word,
)  # fmt: skip

Atom = Phrase | Field


class Clause(NamedTuple):
    """Every document has at least one of these atoms; how many documents do, 0 to 1, at most and by estimate."""

    share: float
    atoms: tuple[Atom, ...]


# By the reports of ICE activity in the data that the words' shares are of, and by hand where those have few.
_RARE_WORD, _SHORT_WORD, _RARE_BEGUN = 0.003, 0.02, 0.02
_PAIR = 0.2  # of those that have the rarer of two words have them one after the other
_PLACE_SHARES = {"state": 0.05, "county": 0.01}
_CITY, _OFFICE, _AROUND_100_KM = 0.003, 0.06, 0.02
_FACT_SHARES = {"source": 0.005, "kind": 0.2, "lang": 0.5}


def clauses_of(node: Node, share: Callable[[Atom], float | None]) -> list[Clause]:
    """Clauses that every document that fulfils a node fulfils as well; the other way round does not hold.

    `share` tells how many documents have an atom, None for an atom that an index cannot look up. Empty when nothing
    that it can look up is needed.
    """
    match node:
        case AllOf(nodes):
            return [clause for part in nodes for clause in clauses_of(part, share)]
        case AnyOf(nodes):
            ways = [min(clauses_of(part, share), default=None, key=_share) for part in nodes]
            return _together([way for way in ways if way]) if all(ways) else []
        case Near(sides):
            each = [[clause for phrase in side for clause in clauses_of(phrase, share)] for side in sides]
            return [clause for side in each for clause in _together(side)] if all(each) else []
        case Without():
            return []
    known = share(node)
    return [] if known is None else [Clause(known, (node,))]


def rarest(clauses: list[Clause]) -> Clause | None:
    """The clause that the fewest documents fulfil; None of none."""
    return min(clauses, key=_share, default=None)


def _together(ways: list[Clause]) -> list[Clause]:
    """One clause that each of these fulfils."""
    if len(ways) == 1:
        return ways
    return [Clause(sum([way.share for way in ways]), tuple([atom for way in ways for atom in way.atoms]))]


def _share(clause: Clause) -> float:
    return clause.share


def share_of(atom: Atom) -> float | None:
    """How many of our stories have an atom, 0 to 1, by estimate; None for days, which no index looks up."""
    match atom:
        case Phrase(words):
            return share_of_word(words[0]) if len(words) == 1 else _PAIR * min(map(share_of_word, words))
        case InPlace(place):
            return _PLACE_SHARES.get(place.kind, _CITY)
        case Around():
            return _AROUND_100_KM * min(1.0, (atom.kilometres / 100) ** 2)
        case InOffice():
            return _OFFICE
        case Fact(name):
            return _FACT_SHARES[name]
        case Published():
            return None


def share_of_word(word: Word) -> float:
    """How many of our stories have a word, in one of its forms."""
    if word.wild:
        return _share_of_begun(word.prefix)
    shares = _shares()
    return min(1.0, sum([shares.get(form, _RARE_WORD if len(form) > 2 else _SHORT_WORD) for form in word.forms]))


@lru_cache(10_000)
def _share_of_begun(prefix: str) -> float:
    if len(prefix) < 2:
        return 1.0
    known = sum(share for word, share in _shares().items() if word.startswith(prefix))
    return min(1.0, known + _RARE_BEGUN / max(1, len(prefix) - 2))


@cache
def _shares() -> dict[str, float]:
    """The words that one in fifty of our stories has, or more; `tests.tools.word_shares` counts them."""
    shares: dict[str, float] = {}
    for line in files(__package__).joinpath("data/word_shares.txt").read_text("utf-8").splitlines():
        share, _, words = line.partition(" ")
        shares |= dict.fromkeys(words.split(), int(share) / 100)
    return shares
