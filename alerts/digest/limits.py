"""How much one mail holds: so many entries, so many of a section, so many of an outlet. Pure."""

from collections import Counter
from collections.abc import Sequence

from alerts.digest.story import DigestItem

MOST_ENTRIES = 80
MOST_BYTES = 90_000  # of the HTML as it is sent; Gmail hides what is beyond 102 kB, the way to unsubscribe with it
MOST_OF_A_SECTION = 25  # unless the reader says another number
MOST_UPDATES = 20
MOST_OF_AN_OUTLET = 5  # in a section


def parted(items: Sequence[DigestItem], most: int) -> tuple[tuple[DigestItem, ...], tuple[DigestItem, ...]]:
    """The first `most` of a section, at most five of one outlet, and the rest; both in their order.

    What a server refused a mail for, perhaps, is not shown.
    """
    shown: list[DigestItem] = []
    rest: list[DigestItem] = []
    of_outlet: Counter[str] = Counter()
    for item in items:
        if not item.story.unwelcome and len(shown) < most and of_outlet[item.story.outlet] < MOST_OF_AN_OUTLET:
            of_outlet[item.story.outlet] += 1
            shown.append(item)
        else:
            rest.append(item)
    return tuple(shown), tuple(rest)


def shares(wanted: Sequence[int], most: int) -> list[int]:
    """How many entries each section gets of `most`: all it wants, or as many as any other.

    >>> shares([3, 50, 60], 40), shares([5, 5], 9)
    ([3, 19, 18], [5, 4])
    """
    given = [0] * len(wanted)
    for _ in range(min(most, sum(wanted))):
        least = min((i for i, n in enumerate(wanted) if given[i] < n), key=lambda i: (given[i], i))
        given[least] += 1
    return given
