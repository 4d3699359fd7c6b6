"""The queue's mails are handed to a carrier, each until it is taken or given up."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from alerts.mail.answers import masked
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, Mailer
from alerts.mail.deliveries import MAILS, Deliveries
from alerts.mail.returns import stops_of
from alerts.people import Delivery, DeliveryKind
from alerts.settings import MailSettings
from crawler.model import IcewireError, Why, because

log = logging.getLogger(__name__)

# Of a posting: a day. Of a mail: 5 days, as RFC 5321, 4.5.4.1, wants, so over any weekend, and each hour, so that a
# morning's mail is not late by half a day after an hour without a server. A newer digest takes over earlier.
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
RETRY_MAIL_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, *[60] * 120))

MOST_SILENT = 2  # mails in a row for which there was no server: then the others need not be tried
MOST_UNWANTED = 10  # mails in a row that were not taken because of us, each by a recipient's server of its own perhaps


def held_back(mail: MailSettings, recipient: str) -> Why:
    """Why a mail may not leave yet: the law wants a postal address, a reader a person to reach. Nothing = it may."""
    if not mail.smtp_host or (mail.postal_address and mail.contact):
        return Why()
    if mail.operator and recipient == mail.operator.strip().lower():
        return Why()
    return because("held_back")


def deliver(
    deliveries: Deliveries, mailer: Mailer, mail: MailSettings, clock: Callable[[], datetime]
) -> tuple[int, int]:
    """Send the mails that are queued; returns (sent, not sent)."""
    deliveries.drop_old_empty_digests(clock())
    stops, operator = stops_of(deliveries.engine, clock()), mail.operator.strip().lower()

    def held(delivery: Delivery) -> Why:
        stopped = Why() if delivery.recipient == operator else stops.why(delivery.recipient)
        return held_back(mail, delivery.recipient) or stopped

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
    bytes and its id over every retry. Each is claimed at its own moment: in a long batch the last ones must not look
    abandoned when they are begun. A channel that did not take one is left alone until the next batch, so that it does
    not hold up the others, and a server that takes nothing ends the batch.
    """
    sent = unsent = silent = unwanted = 0
    done: list[int] = []  # each is tried once a batch
    tired: list[int] = []
    while max(silent / MOST_SILENT, unwanted / MOST_UNWANTED) < 1:
        delivery = deliveries.claim_delivery(clock(), done, kinds, tired)
        if delivery is None:
            break
        assert delivery.id is not None
        done.append(delivery.id)
        reason = held(delivery)
        if reason:
            deliveries.record_held(delivery.id, reason, clock() + timedelta(minutes=15))
            continue
        try:
            carry(delivery)
        except DeliveryRefused as error:
            _give_up(deliveries, delivery, error, clock())
            unsent += 1
        except DeliveryDelayed as error:
            _delay(deliveries, delivery, error, clock(), waits)
            unsent += 1
            silent += error.whose == "server"
            unwanted += error.whose == "us"
            tired += [delivery.channel_id] if delivery.channel_id else []
        else:
            deliveries.record_sent(delivery.id, clock())
            sent += 1
            silent = unwanted = 0
    return sent, unsent


def _tell(delivery: Delivery, error: IcewireError) -> None:
    """Who gets which mail stands in the database, which forgets; a log does not, so it names no address."""
    what = "posting" if delivery.channel_id else "mail"
    log.warning("%s %s: %s", what, delivery.message_id, masked(str(error), delivery.recipient))


def _give_up(deliveries: Deliveries, delivery: Delivery, error: DeliveryRefused, now: datetime) -> None:
    _tell(delivery, error)
    nobody, unwelcome = (now, None) if error.nobody else (None, now)
    if deliveries.record_unsent(delivery.id or 0, error.why, None, False, nobody, unwelcome, not error.nobody):
        log.warning("subscriber %s gets no more mail: none arrives there", delivery.subscriber_id)


def _delay(
    deliveries: Deliveries, delivery: Delivery, error: DeliveryDelayed, now: datetime, waits: Sequence[timedelta]
) -> None:
    retry_at = now + waits[delivery.attempts - 1] if delivery.attempts <= len(waits) else None
    _tell(delivery, error)
    since = now if error.full else None
    if deliveries.record_unsent(delivery.id or 0, error.why, retry_at, error.in_doubt, unreached_since=since):
        log.warning("subscriber %s gets no more mail: none arrives there", delivery.subscriber_id)
