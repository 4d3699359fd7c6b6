"""A tree as a query: what `parse` reads as the same tree again."""

from datetime import timedelta

from alerts.query.syntax import AllOf, AnyOf, Around, Fact, InOffice, InPlace, Near, Node, Phrase, Published, Without

_ONE_DAY = timedelta(days=1)


def printed_query(node: Node) -> str:
    """The query in its one spelling; of AllOf(()) nothing."""
    match node:
        case AllOf(nodes):
            return " ".join(_part(part, AllOf) for part in nodes)
        case AnyOf(nodes):
            return " OR ".join(_part(part, AllOf, AnyOf) for part in nodes)
        case Without(part):
            return "-" + _part(part, AllOf, AnyOf, Near, Without)
        case Near(sides, gaps):
            printed = [_side(side) for side in sides]
            return printed[0] + "".join(f" NEAR/{gap} {side}" for gap, side in zip(gaps, printed[1:], strict=True))
        case Phrase():
            return _phrase(node)
    return _field(node)


def _part(node: Node, *loose: type) -> str:
    """A node inside another, in parentheses when it is of a kind that the other would tear apart."""
    printed = printed_query(node)
    return f"({printed})" if isinstance(node, loose) else printed


def _side(side: tuple[Phrase, ...]) -> str:
    return _phrase(side[0]) if len(side) == 1 else f"({' OR '.join(map(_phrase, side))})"


def _phrase(phrase: Phrase) -> str:
    exact = "=" if all(word.exact for word in phrase.words) else ""
    said = f'"{phrase.written}"' if phrase.quoted else phrase.written
    return ("title:" if phrase.title else "") + exact + said


def _field(node: InPlace | Around | InOffice | Fact | Published) -> str:
    match node:
        case InPlace(place, name):
            return f"state:{place.state}" if place.kind == "state" else f'place:"{name}"'
        case Around():
            return f'near:"{node.name} {node.distance:g}{node.unit}"'
        case InOffice(office):
            return f'office:"{office}"'
        case Fact(name, value):
            return f'{name}:"{value}"'
        case Published(first, last):
            return f"since:{first}" if first else f"before:{last + _ONE_DAY}" if last else ""
