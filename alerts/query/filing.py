"""Where a part of a search is filed: by which atoms a document is known that may fulfil it."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from math import inf
from typing import NamedTuple

from alerts.query.clauses import Atom, clauses_of, rarest, share_of
from alerts.query.keys import Key, is_sure, keys_of
from alerts.query.syntax import AnyOf, Node


class Filing(NamedTuple):
    """Every document that fulfils a part has one of these atoms."""

    atoms: tuple[Atom, ...]
    share: float  # how many documents have one, 0 to 1, by estimate
    sure: bool  # whether every document that shares a key with one of them fulfils the part

    def keys(self) -> Iterator[Key]:
        """What the atoms are looked up by; some perhaps twice."""
        return chain.from_iterable(map(keys_of, self.atoms))


@lru_cache(1000)  # a part is mostly filed a moment before its search
def filing_of(node: Node) -> Filing:
    """Where a part is filed: under what the fewest documents have."""
    clause = rarest(clauses_of(node, share_of))
    if clause is None:
        return Filing((), inf, sure=False)  # it is looked up by nothing
    asked = node.nodes if isinstance(node, AnyOf) else (node,)
    return Filing(clause.atoms, clause.share, asked == clause.atoms and all(map(is_sure, clause.atoms)))
