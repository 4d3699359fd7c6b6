"""The queue's mails and postings are handed to a carrier, and what came of each is recorded."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, repeat
from math import inf

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from alerts.mail.answers import masked
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused
from alerts.mail.crew import Crew, Handed
from alerts.mail.deliveries import Deliveries
from alerts.mail.leases import Holder
from alerts.mail.outgoing import Outgoing
from alerts.people import Delivery, DeliveryKind
from crawler.model import IcewireError, Why

log = logging.getLogger(__name__)

RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))  # a day

MOST_SILENT = 2  # mails in a row for which there was no server: then the others need not be tried
MOST_UNWANTED = 10  # mails in a row that were not taken because of us, each by a recipient's server of its own perhaps

LONGEST_BATCH = 600.0  # seconds; whoever sends looks for what others left then
MOST_CLAIMED = 256  # at once
SHARE_SECONDS = 5.0  # that what is claimed at once should take
FRESH = 2.0  # seconds; what was read before is read anew: whoever leaves takes what waits for them along
LOOK_AGAIN = 1.0  # seconds between two looks for more where there was none, while something is on its way
RECORD_AGAIN = (1.0, 2.0, 5.0, 10.0)  # seconds between two attempts to write down that a mail was taken


def hand_over(
    deliveries: Deliveries,
    kinds: Sequence[DeliveryKind],
    carry: Callable[[Delivery], None],
    clock: Callable[[], datetime],
    held: Callable[[Delivery], Why] = lambda _: Why(),
    waits: Sequence[timedelta] = RETRY_AFTER,
    at_once: int = 1,
    most: float = inf,
) -> tuple[int, int]:
    """Give what is queued of these kinds to a carrier; returns (sent, not sent).

    `carry` raises DeliveryRefused or DeliveryDelayed; after the last of `waits` a delivery is given up. It is called
    by up to `at_once` threads. Each delivery keeps its bytes and its id over every retry, and before a thread gets the
    next one, what came of its last is recorded: who is killed repeats no more than are on their way.

    Several may be at this at once: what one claims is its own as long as it is at work. A channel that did not take
    one is left alone until the next batch, so that it does not hold up the others; a server that takes nothing ends
    the batch, and so do some minutes, or so many as `most`, as there may be something else to do.
    """
    with _at_work(deliveries, clock) as holder, Crew(carry, at_once) as crew, deliveries.engine.connect() as recording:
        batch = _Batch(_Queue(deliveries, holder, kinds, clock, most), crew, deliveries, recording, clock, held, waits)
        batch.run()
    return batch.sent, batch.unsent


def next_share(done: int, seconds: float) -> int:
    """How many to claim after so many took so long: many where it is fast, and few where others could help.

    >>> next_share(1, 0.001), next_share(8, 0.01), next_share(64, 0.5), next_share(256, 60), next_share(1, 600)
    (8, 64, 256, 21, 1)
    """
    return max(1, min(MOST_CLAIMED, 8 * done, int(done * SHARE_SECONDS / max(seconds, 0.001))))


@contextmanager
def _at_work(deliveries: Deliveries, clock: Callable[[], datetime]) -> Iterator[Holder]:
    """Hold a lease, after what others left is queued again; give back what was not sent, however the work ends."""
    if left := deliveries.reclaim(clock()):
        log.warning("%d deliveries were cut off while they were sent, and are sent again", left)
    with deliveries.leases.held() as holder:
        try:
            yield holder
        finally:
            try:
                deliveries.give_back(holder)
            except DBAPIError as error:  # then it is over by itself in some minutes
                log.warning("what was not sent cannot be given back: %s", error.orig)


@dataclass(slots=True)
class _Queue:
    """What this holder claimed and has not begun; more is claimed when nothing of it may leave."""

    deliveries: Deliveries
    holder: Holder
    kinds: Sequence[DeliveryKind]
    clock: Callable[[], datetime]
    left: float = inf  # to be claimed
    waiting: Outgoing = field(default_factory=Outgoing)
    tired: set[int] = field(default_factory=set)  # channels
    _share: int = 1
    _read_at: float = 0.0  # the oldest of those that wait
    _looked_at: float = 0.0
    _found_none: Sequence[str] | None = None  # in other domains than these

    def next(self) -> Delivery | None:
        """The next one that may leave now; it is begun."""
        if time.monotonic() - self._read_at > FRESH and (old := self.waiting.empty()):
            self._read([delivery.id or 0 for delivery in old])
        while True:
            delivery = self.waiting.next()
            if delivery is None:
                if not self._claim():
                    return None
            elif delivery.channel_id in self.tired:
                self.waiting.arrived(delivery)
            else:
                self.holder.begin(delivery.id or 0)
                return delivery

    def _claim(self) -> bool:
        """Claim more; whether there was any."""
        now, crowded = time.monotonic(), self.waiting.crowded
        if self.left <= 0:
            return False
        if crowded == self._found_none and now - self._looked_at < LOOK_AGAIN:
            return False
        share = int(min(self._share, self.left))
        claimed = self.deliveries.claim(self.holder, self.clock(), share, self.kinds, self.tired, crowded)
        self.left -= len(claimed)
        if claimed:
            self._share = next_share(len(claimed), now - self._looked_at)
            self._read(claimed)
        self._looked_at, self._found_none = now, None if claimed else crowded
        return bool(claimed)

    def _read(self, delivery_ids: Sequence[int]) -> None:
        if self.waiting.is_empty:
            self._read_at = time.monotonic()
        self.waiting.add(self.deliveries.claimed(self.holder, delivery_ids))


@dataclass(slots=True)
class _Batch:
    """What came of the deliveries so far."""

    queue: _Queue
    crew: Crew
    deliveries: Deliveries
    recording: Connection
    clock: Callable[[], datetime]
    held: Callable[[Delivery], Why]
    waits: Sequence[timedelta]
    sent: int = 0
    unsent: int = 0
    silent: int = 0
    unwanted: int = 0
    at_once: int = 1  # doubled while they are taken, and one again when there is no server

    @property
    def is_over(self) -> bool:
        """Whether the others need not be tried."""
        return self.silent >= MOST_SILENT or self.unwanted >= MOST_UNWANTED

    def run(self) -> None:
        """Give out what may leave, and record what came of each, until nothing is left or the time is over."""
        ends = time.monotonic() + LONGEST_BATCH
        try:
            while True:
                while not self.is_over and self.crew.busy < self.at_once and time.monotonic() < ends:
                    delivery = self.queue.next()
                    if delivery is None:
                        break
                    self.give(delivery)
                if not self.crew.busy:
                    return
                self.settle(self.crew.handed(LOOK_AGAIN))
        except Exception:
            while self.crew.busy:  # what is taken meanwhile is not to go twice
                self.settle(self.crew.handed())
            raise

    def give(self, delivery: Delivery) -> None:
        """Let one be handed over, unless it may not leave yet."""
        if reason := self.held(delivery):
            self.queue.waiting.arrived(delivery)
            self.deliveries.record_held(delivery, reason, self.clock() + timedelta(minutes=15))
        else:
            self.crew.give(delivery)

    def settle(self, handed: Sequence[Handed]) -> None:
        """Record what came of these, first of all what was taken. Raises what a carrier should not have raised."""
        taken = [delivery for delivery, error in handed if error is None]
        if taken:
            _record_sent(self.deliveries, taken, self.clock(), self.recording)
        for delivery, error in handed:
            self.queue.waiting.arrived(delivery)
            if error is None:
                self.sent += 1
                self.silent = self.unwanted = 0
            elif isinstance(error, DeliveryRefused | DeliveryDelayed):
                self.unsent += 1
                self._record_unsent(delivery, error)
        self.at_once = 1 if self.silent else min(self.crew.most, self.at_once + len(handed))
        for _, error in handed:
            if error and not isinstance(error, DeliveryRefused | DeliveryDelayed):
                raise error

    def _record_unsent(self, delivery: Delivery, error: DeliveryRefused | DeliveryDelayed) -> None:
        if isinstance(error, DeliveryRefused):
            _give_up(self.deliveries, delivery, error, self.clock())
            return
        _delay(self.deliveries, delivery, error, self.clock(), self.waits)
        self.silent += error.whose == "server"
        self.unwanted += error.whose == "us"
        self.queue.tired |= {delivery.channel_id} if delivery.channel_id else set()


def _record_sent(deliveries: Deliveries, taken: Sequence[Delivery], now: datetime, recording: Connection) -> None:
    """However long that takes: while the disk is full, a mail that was taken and is not known to be would go again."""
    for wait in chain(RECORD_AGAIN, repeat(RECORD_AGAIN[-1])):
        try:
            deliveries.record_sent([delivery.id or 0 for delivery in taken], now, recording)
            return
        except DBAPIError as error:
            if wait == RECORD_AGAIN[0]:
                said = "mail %s was taken; nothing more is sent until that can be written down: %s"
                log.error(said, ", ".join(delivery.message_id for delivery in taken), error.orig)
            time.sleep(wait)


def _tell(delivery: Delivery, error: IcewireError) -> None:
    """Who gets which mail stands in the database, which forgets; a log does not, so it names no address."""
    what = "posting" if delivery.channel_id else "mail"
    said = masked(str(error), delivery.recipient)
    log.warning("%s %s: %s", what, delivery.message_id, said, extra={"delivery": delivery.id})


def _give_up(deliveries: Deliveries, delivery: Delivery, error: DeliveryRefused, now: datetime) -> None:
    _tell(delivery, error)
    nobody, unwelcome = (now, None) if error.nobody else (None, now)
    if deliveries.record_unsent(delivery, error.why, None, False, nobody, unwelcome, not error.nobody):
        log.warning("subscriber %s gets no more mail: none arrives there", delivery.subscriber_id)


def _delay(
    deliveries: Deliveries, delivery: Delivery, error: DeliveryDelayed, now: datetime, waits: Sequence[timedelta]
) -> None:
    retry_at = now + waits[delivery.attempts - 1] if delivery.attempts <= len(waits) else None
    _tell(delivery, error)
    since = now if error.full else None
    if deliveries.record_unsent(delivery, error.why, retry_at, error.in_doubt, unreached_since=since):
        log.warning("subscriber %s gets no more mail: none arrives there", delivery.subscriber_id)
