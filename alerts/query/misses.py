"""What keeps a story from a search, in words."""

from collections.abc import Iterable, Sequence

from alerts.locale import in_words
from alerts.query.document import Document
from alerts.query.facts import label_of
from alerts.query.query import Query
from alerts.query.syntax import AllOf, AnyOf, Around, Fact, InOffice, InPlace, Near, Node, Phrase, Published, Without

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
    phrases = [in_words(label_of(node)) for node in nodes if isinstance(node, Phrase)]
    places = [_place(node) for node in nodes if isinstance(node, InPlace | Around | InOffice)]
    said = [f"{_or(phrases)} is not in it"] if phrases else []
    if places:
        happened = ", ".join(map(str, document.places))
        said.append(
            f"it happened in {happened}, not {_or(places)}" if happened else f"no place is said, so not {_or(places)}"
        )
    told = {"kind": " and ".join(document.kinds), "lang": document.language, "source": document.source_id}
    for node in nodes:
        match node:
            case Fact(name, value):
                said.append(f"its {_FIELDS[name]} is {told[name] or 'not said'}, not {value}")
            case Published():
                day = f"on {document.published_at:%Y-%m-%d}" if document.published_at else "on no day that is said"
                said.append(f"it was published {day}, not {in_words(label_of(node)).removeprefix('published ')}")
            case AllOf() | AnyOf() | Near() | Without():
                said += _lacks(node, document)
    return ", and ".join(said)


def _place(node: InPlace | Around | InOffice) -> str:
    match node:
        case InPlace(_, name):
            return f"in {name}"
        case InOffice(office):
            return f"in the area of ICE's {office} office"
    return f"within {node.distance:g} {node.unit} of {node.name}"


def _or(labels: Iterable[str]) -> str:
    return " or ".join(labels)
