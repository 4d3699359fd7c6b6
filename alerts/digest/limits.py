"""How much one mail holds: so many entries, so many of a section, so many of an outlet. Pure."""

from collections import Counter
from collections.abc import Sequence

from alerts.digest.story import DigestItem

MOST_ENTRIES = 80
MOST_BYTES = 90_000  # of the HTML as it is sent; Gmail hides what is beyond 102 kB, the way to unsubscribe with it
MOST_OF_A_SECTION = 25  # unless the reader says another number
MOST_UPDATES = 20
MOST_OF_AN_OUTLET = 5  # in a section
MOST_IN_A_MAIL = 10  # of an outlet, unless digest.most_of_an_outlet says another number


class Outlets:
    """How often one mail tells of each outlet alone. What several newsrooms report, and what the reader asked of an
    outlet by its name, is told however often."""

    def __init__(self, most: int = MOST_IN_A_MAIL) -> None:
        self.most = most
        self.told: Counter[str] = Counter()

    def parted(
        self, items: Sequence[DigestItem], most: int, most_of_an_outlet: int = MOST_OF_AN_OUTLET
    ) -> tuple[tuple[DigestItem, ...], tuple[DigestItem, ...], tuple[DigestItem, ...]]:
        """The first `most` of a section, the rest for which there is no room, and what is too much of one outlet; all
        in their order."""
        shown: list[DigestItem] = []
        rest: list[DigestItem] = []
        over: list[DigestItem] = []
        here: Counter[str] = Counter()
        for item in items:
            outlet = item.story.outlet
            counts = not (item.story.others or item.story.wished)
            if item.story.unwelcome:  # a server refused a mail for it, perhaps
                rest.append(item)
            elif counts and (here[outlet] >= most_of_an_outlet or self.told[outlet] >= self.most):
                over.append(item)
            elif len(shown) < most:
                shown.append(item)
                here[outlet] += counts
                self.told[outlet] += counts
            else:
                rest.append(item)
        return tuple(shown), tuple(rest), tuple(over)


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
