"""What keeps a story from a search, in words."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import reduce

from alerts.locale import Called, Filling, Saying, marked, one_of, saying
from alerts.query.document import Document
from alerts.query.facts import label_of
from alerts.query.query import Query
from alerts.query.syntax import AllOf, AnyOf, Around, Fact, InOffice, InPlace, Near, Node, Phrase, Published, Without


def why_missed(documents: Sequence[Document], query: Query) -> tuple[Saying, ...]:
    """What keeps a story from a query, a clause each, in the document that lacks least; () when the story matches.

    `documents` are what `match_story` gets: one of them has to fulfil all of the query.
    """
    return min((tuple(_lacks(query.tree, document)) for document in documents), key=len, default=())


def _lacks(node: Node, document: Document) -> list[Saying]:
    if isinstance(node, AllOf):
        return [clause for part in node.nodes for clause in _lacks(part, document)]
    if Query("", node).match(document):
        return []
    match node:
        case Without(part):
            held = Query("", part).match(document)
            if held is None or not held.terms:
                return [saying("it has something that the search leaves out")]
            terms = _joined("%(one)s, %(other)s", held.terms)
            return [saying("it has %(terms)s, which the search leaves out", terms=terms)]
        case AnyOf(nodes):
            return [_none_of(nodes, document)]
        case Near(sides, gaps):
            absent = [side for side in sides if not Query("", AnyOf(side)).match(document)]
            if absent:
                return [_none_of(side, document) for side in absent]
            words = _and([one_of([phrase.label for phrase in side]) for side in sides])
            apart = saying("%(words)s do not stand at most %(gaps)s words apart", words=words, gaps=_and(gaps))
            return [apart]
    return [_none_of((node,), document)]


def _none_of(nodes: Sequence[Node], document: Document) -> Saying:
    """One clause for alternatives of which none is fulfilled: words together, places together, what else there is."""
    phrases = [label_of(node) for node in nodes if isinstance(node, Phrase)]
    places = [_place(node) for node in nodes if isinstance(node, InPlace | Around | InOffice)]
    said = [saying("%(words)s is not in it", words=one_of(phrases))] if phrases else []
    if places and document.places:
        happened = ", ".join(map(str, document.places))
        said.append(saying("it happened in %(place)s, not %(wanted)s", place=happened, wanted=one_of(places)))
    elif places:
        said.append(saying("no place is said, so not %(wanted)s", wanted=one_of(places)))
    for node in nodes:
        match node:
            case Fact():
                said.append(_other(node, document))
            case Published():
                said.append(_another_day(node, document))
            case AllOf() | AnyOf() | Near() | Without():
                said += _lacks(node, document)
    return _joined(marked("%(one)s, and %(other)s"), said)


def _place(node: InPlace | Around | InOffice) -> Saying:
    match node:
        case InPlace(_, name):
            return saying("in %(place)s", place=name)
        case InOffice(office):
            return saying("in the area of the %(office)s field office", office=office)
    far = f"{node.distance:g}"
    return saying("within %(distance)s %(unit)s of %(place)s", distance=far, unit=node.unit, place=node.name)


def _other(node: Fact, document: Document) -> Saying:
    """A kind, a language or an outlet other than the one that is asked for."""
    match node:
        case Fact("source", value):
            return saying("it is from %(outlet)s, not from %(wanted)s", outlet=document.source_name, wanted=value)
        case Fact("lang", value):
            spoken, wanted = Called("lang", document.language.partition("-")[0]), Called("lang", value)
            return saying("it is in %(language)s, not in %(wanted)s", language=spoken, wanted=wanted)
    wanted = Called("kind", node.value)
    if not document.kinds:
        return saying("it is of no kind that is known, so not about %(wanted)s", wanted=wanted)
    kinds = _and([Called("kind", kind) for kind in document.kinds])
    return saying("it is about %(kinds)s, not about %(wanted)s", kinds=kinds, wanted=wanted)


def _another_day(node: Published, document: Document) -> Saying:
    if document.published_at is None:
        return saying("nobody says on which day it was published")
    day = document.published_at.astimezone(UTC).date()
    if node.first and node.first > day:
        return saying("it was published on %(day)s, before %(wanted)s", day=day, wanted=node.first)
    return saying("it was published on %(day)s, after %(wanted)s", day=day, wanted=node.last or day)


def _and(parts: Sequence[Filling]) -> Saying:
    return _joined(marked("%(one)s and %(other)s"), parts)


def _joined(how: str, parts: Iterable[Filling]) -> Saying:
    """Several one after the other, as a sentence of the catalogues joins two; at least one."""
    first, *others = [part if isinstance(part, Saying) else one_of([part]) for part in parts]
    return reduce(lambda one, other: Saying(how, {"one": one, "other": other}), others, first)
