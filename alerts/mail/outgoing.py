"""Which of the deliveries that were claimed goes next: none to a domain that is busy with enough of them."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from alerts.mail.stops import domain_of
from alerts.people import Delivery

MOST_OF_A_DOMAIN = 4  # at once: a provider takes more at a time for an attack
CROWD = 64  # of one domain waiting: then the others are looked for, so that they do not wait for it


class Outgoing:
    """Deliveries in their order, each domain's apart, and how many of each are on their way."""

    def __init__(self) -> None:
        self._by_domain: dict[str, deque[Delivery]] = {}
        self._on_the_way: Counter[str] = Counter()

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """These were claimed."""
        for delivery in deliveries:
            self._by_domain.setdefault(domain_of(delivery.recipient), deque()).append(delivery)

    def next(self) -> Delivery | None:
        """One that may leave now, and does; None when there is none. The domains take turns."""
        for domain, waiting in self._by_domain.items():
            if self._on_the_way[domain] < MOST_OF_A_DOMAIN:
                self._on_the_way[domain] += 1
                delivery = waiting.popleft()
                del self._by_domain[domain]
                if waiting:
                    self._by_domain[domain] = waiting
                return delivery
        return None

    def arrived(self, delivery: Delivery) -> None:
        """One that left is on its way no more."""
        self._on_the_way[domain_of(delivery.recipient)] -= 1

    def empty(self) -> list[Delivery]:
        """Take all."""
        all_waiting = [delivery for waiting in self._by_domain.values() for delivery in waiting]
        self._by_domain.clear()
        return all_waiting

    @property
    def is_empty(self) -> bool:
        """Whether none waits."""
        return not self._by_domain

    @property
    def crowded(self) -> Sequence[str]:
        """The domains of which so many wait that more are of no use."""
        return sorted(domain for domain, waiting in self._by_domain.items() if len(waiting) >= CROWD)
