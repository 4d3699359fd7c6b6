"""What keeps a story from a search, in words."""

from collections.abc import Iterable, Sequence

from alerts.locale import in_words
from alerts.query.fields import Field
from alerts.query.query import Document, Query
from alerts.query.syntax import AllOf, AnyOf, Near, Node, Phrase, Without

_FIELDS = {"kind": "kind", "lang": "language", "source": "outlet"}


def why_missed(documents: Sequence[Document], query: Query) -> tuple[str, ...]:
    """What keeps a story from a query, a clause each, in the document that lacks least; () when the story matches.

    `documents` are what `match_story` gets: one of them has to fulfil all of the query.
    """
    return min((tuple(_lacks(query.tree, document)) for document in documents), key=len, default=())


def _lacks(node: Node, document: Document) -> list[str]:
    if isinstance(node, AllOf):
        return [clause for part in node.nodes for clause in _lacks(part, document)]
    if Query("", node).match(document):
        return []
    match node:
        case Without(part):
            held = Query("", part).match(document)
            terms = held.terms if held else ()
            return [f"it has {', '.join(map(in_words, terms)) or 'something'}, which the search leaves out"]
        case AnyOf(nodes):
            return [_none_of(nodes, document)]
        case Near(sides, gaps):
            absent = [side for side in sides if not Query("", AnyOf(side)).match(document)]
            apart = " and ".join(_or(phrase.label for phrase in side) for side in sides)
            within = f"at most {' and '.join(map(str, gaps))} words apart"
            return [_none_of(side, document) for side in absent] or [f"{apart} do not stand {within}"]
    return [_none_of((node,), document)]


def _none_of(nodes: Sequence[Node], document: Document) -> str:
    """One clause for alternatives of which none is fulfilled: words together, places together, what else there is."""
    phrases = [node.label for node in nodes if isinstance(node, Phrase)]
    places = [str(node.place) for node in nodes if isinstance(node, Field) and node.place]
    said = [f"{_or(phrases)} is not in it"] if phrases else []
    if places:
        happened = ", ".join(map(str, document.places))
        said.append(
            f"it happened in {happened}, not in {_or(places)}" if happened else f"no place is said, not {_or(places)}"
        )
    told = {"kind": document.kind, "lang": document.language, "source": document.source_id}
    for node in nodes:
        if isinstance(node, Field) and not node.place:
            said.append(f"its {_FIELDS[node.name]} is {told[node.name] or 'not said'}, not {node.value}")
        elif not isinstance(node, Field | Phrase):
            said += _lacks(node, document)
    return ", and ".join(said)


def _or(labels: Iterable[str]) -> str:
    return " or ".join(labels)
