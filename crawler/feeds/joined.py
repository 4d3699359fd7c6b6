"""A broken document as two readers see it, item by item: what one of them lost, the other may have."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crawler.feeds.elements import Elements, FeedDocument, Item

_KEYS = ("guid", "id", "link", "title")  # by which the two views of an item know each other


@dataclass(slots=True)
class _Other:
    """The items of the second view that no item of the first has taken."""

    document: FeedDocument
    left: dict[int, Elements] = field(default_factory=dict)
    known: dict[tuple[str, str], deque[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, item in enumerate(self.document.items):
            self.left[number] = elements = self.document.elements(item)
            for key in _keys(elements):
                self.known.setdefault(key, deque()).append(number)

    def take(self, elements: Elements) -> Elements:
        """What the second view says of an item of the first; {} when it does not have it."""
        for key in _keys(elements):
            numbers = self.known.get(key, deque())
            while numbers:
                if (number := numbers.popleft()) in self.left:
                    return self.left.pop(number)
        return {}


def joined(one: FeedDocument, other: FeedDocument, own_link: Callable[[Elements], str]) -> FeedDocument:
    """All that either of two views knows, the first believed where both say something.

    An item that only the second has is taken when it has a link that none of the first leads to.
    """
    if not other.items:
        return one
    rest = _Other(other)
    items: list[Item] = [_filled(mine, rest.take(mine)) for mine in map(one.elements, one.items)]
    links = {own_link(one.elements(item)) for item in items}
    items += [elements for elements in rest.left.values() if (link := own_link(elements)) and link not in links]
    return FeedDocument(one.head or other.head, items, one.entries or other.entries, one.bases, one.beyond)


def _filled(elements: Elements, other: Elements) -> Elements:
    """What the first view says, and the second of whatever the first says nothing."""
    missing = {
        name: said for name, said in other.items() if not any(e.text() or e.attributes for e in elements.get(name, ()))
    }
    return {**elements, **missing} if missing else elements


def _keys(elements: Elements) -> Iterator[tuple[str, str]]:
    for name in _KEYS:
        for element in elements.get(name, ()):
            if said := element.attributes.get("href") or element.text():
                yield name, " ".join(said.split())
