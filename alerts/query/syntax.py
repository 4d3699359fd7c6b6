"""A query as a tree."""

from dataclasses import dataclass

from alerts.query.fields import Field
from alerts.query.wordindex import Word


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after another; often one word."""

    words: tuple[Word, ...]
    label: str  # as a reader would say it


@dataclass(frozen=True, slots=True)
class Near:
    """Each side (one of its phrases) at most gaps[i] words from the next one, in either order."""

    sides: tuple[tuple[Phrase, ...], ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Without:
    node: "Node"


@dataclass(frozen=True, slots=True)
class AllOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple["Node", ...]


Node = Phrase | Near | Field | Without | AllOf | AnyOf


def wants_something(node: Node) -> bool:
    """Whether something must be there for a document to match, not only be absent."""
    match node:
        case Without():
            return False
        case AllOf(nodes):
            return any(map(wants_something, nodes))
        case AnyOf(nodes):
            return all(map(wants_something, nodes))
    return True
