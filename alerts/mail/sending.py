"""The queue's mails are handed to a carrier, each until it is taken or given up."""

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, repeat

from sqlalchemy.exc import DBAPIError

from alerts.mail.answers import masked
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, Mailer
from alerts.mail.deliveries import MAILS, Deliveries
from alerts.mail.leases import Holder
from alerts.mail.returns import stops_of
from alerts.people import Delivery, DeliveryKind
from alerts.settings import MailSettings, is_local, is_one_click
from crawler.model import IcewireError, Why, because

log = logging.getLogger(__name__)

_LEAVING = re.compile(rb"(?im)^List-Unsubscribe: <(https?://[^\s/>]+)")
_LINK = re.compile(rb"\b(https?://[^\s/>=\"]+)")

# Of a posting: a day. Of a mail: 5 days, as RFC 5321, 4.5.4.1, wants, so over any weekend, and each hour, so that a
# morning's mail is not late by half a day after an hour without a server. A newer digest takes over earlier.
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
RETRY_MAIL_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, *[60] * 120))

MOST_SILENT = 2  # mails in a row for which there was no server: then the others need not be tried
MOST_UNWANTED = 10  # mails in a row that were not taken because of us, each by a recipient's server of its own perhaps

LONGEST_BATCH = 600.0  # seconds; whoever sends looks for what others left then
MOST_CLAIMED = 256  # at once
SHARE_SECONDS = 5.0  # that what is claimed at once should take
RECORD_AGAIN = (1.0, 2.0, 5.0, 10.0)  # seconds between two attempts to write down that a mail was taken


def held_back(mail: MailSettings, recipient: str, link: str) -> Why:
    """Why a mail may not leave yet; nothing = it may, as it always may to the operator.

    The law wants a postal address in it, a reader a person to reach, and a `link` to leave or to say yes that works
    from anywhere and that nobody on the way reads along; "" = it has none.
    """
    if not mail.smtp_host or (mail.operator and recipient == mail.operator.strip().lower()):
        return Why()
    if not (mail.postal_address and mail.contact):
        return because("held_back")
    if link and (not is_one_click(link) or is_local(link)):
        return because("held_for_https", url=link)
    return Why()


def first_link(message: bytes) -> str:
    """Where a mail's own links lead, as far as the host: that to leave, else the first of its text; "" without any."""
    found = _LEAVING.search(message) or _LINK.search(message)
    return found[1].decode("ascii", "replace") if found else ""


def deliver(
    deliveries: Deliveries, mailer: Mailer, mail: MailSettings, clock: Callable[[], datetime]
) -> tuple[int, int]:
    """Send the mails that are queued; returns (sent, not sent)."""
    deliveries.drop_old_empty_digests(clock())
    stops, operator = stops_of(deliveries.engine, clock()), mail.operator.strip().lower()

    def held(delivery: Delivery) -> Why:
        stopped = Why() if delivery.recipient == operator else stops.why(delivery.recipient)
        return held_back(mail, delivery.recipient, first_link(delivery.message)) or stopped

    def carry(delivery: Delivery) -> None:
        mailer.send(delivery.recipient, delivery.message)

    return hand_over(deliveries, MAILS, carry, clock, held, RETRY_MAIL_AFTER)


def hand_over(
    deliveries: Deliveries,
    kinds: Sequence[DeliveryKind],
    carry: Callable[[Delivery], None],
    clock: Callable[[], datetime],
    held: Callable[[Delivery], Why] = lambda _: Why(),
    waits: Sequence[timedelta] = RETRY_AFTER,
) -> tuple[int, int]:
    """Give what is queued of these kinds to a carrier; returns (sent, not sent).

    `carry` raises DeliveryRefused or DeliveryDelayed; after the last of `waits` a delivery is given up. Each keeps its
    bytes and its id over every retry. Several may be at this at once: what one claims is its own as long as it is at
    work. A channel that did not take one is left alone until the next batch, so that it does not hold up the others;
    a server that takes nothing ends the batch, and so do some minutes, as there may be something else to do.
    """
    batch = _Batch(deliveries, carry, clock, held, waits)
    ends, share = time.monotonic() + LONGEST_BATCH, 1
    with _at_work(deliveries, clock) as holder:
        while not batch.is_over and time.monotonic() < ends:
            begun = time.monotonic()
            claimed = deliveries.claim(holder, clock(), share, kinds, batch.tired)
            for delivery_id in claimed:
                delivery = None if batch.is_over else deliveries.claimed(holder, delivery_id)
                if delivery and delivery.channel_id not in batch.tired:
                    holder.begin(delivery_id)
                    batch.send(delivery)
            if not claimed:
                break
            share = next_share(len(claimed), time.monotonic() - begun)
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
class _Batch:
    """What came of the deliveries so far."""

    deliveries: Deliveries
    carry: Callable[[Delivery], None]
    clock: Callable[[], datetime]
    held: Callable[[Delivery], Why]
    waits: Sequence[timedelta]
    sent: int = 0
    unsent: int = 0
    silent: int = 0
    unwanted: int = 0
    tired: set[int] = field(default_factory=set)  # channels

    @property
    def is_over(self) -> bool:
        """Whether the others need not be tried."""
        return self.silent >= MOST_SILENT or self.unwanted >= MOST_UNWANTED

    def send(self, delivery: Delivery) -> None:
        """Give one to the carrier and record what came of it."""
        if reason := self.held(delivery):
            self.deliveries.record_held(delivery, reason, self.clock() + timedelta(minutes=15))
            return
        try:
            self.carry(delivery)
        except DeliveryRefused as error:
            _give_up(self.deliveries, delivery, error, self.clock())
            self.unsent += 1
        except DeliveryDelayed as error:
            _delay(self.deliveries, delivery, error, self.clock(), self.waits)
            self.unsent += 1
            self.silent += error.whose == "server"
            self.unwanted += error.whose == "us"
            self.tired |= {delivery.channel_id} if delivery.channel_id else set()
        else:
            _record_sent(self.deliveries, delivery, self.clock())
            self.sent += 1
            self.silent = self.unwanted = 0


def _record_sent(deliveries: Deliveries, delivery: Delivery, now: datetime) -> None:
    """However long that takes: while the disk is full, a mail that was taken and is not known to be would go again."""
    for wait in chain(RECORD_AGAIN, repeat(RECORD_AGAIN[-1])):
        try:
            deliveries.record_sent(delivery.id or 0, now)
            return
        except DBAPIError as error:
            if wait == RECORD_AGAIN[0]:
                said = "mail %s was taken; nothing more is sent until that can be written down: %s"
                log.error(said, delivery.message_id, error.orig, extra={"delivery": delivery.id})
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
