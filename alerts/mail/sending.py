"""The queue's mails are handed to a carrier, each until it is taken or given up."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, Mailer
from alerts.mail.deliveries import MAILS, Deliveries
from alerts.people import Delivery, DeliveryKind
from alerts.settings import MailSettings
from crawler.model import Why, because

log = logging.getLogger(__name__)

RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))


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

    def held(delivery: Delivery) -> Why:
        return held_back(mail, delivery.recipient)

    def carry(delivery: Delivery) -> None:
        mailer.send(delivery.recipient, delivery.message)

    return hand_over(deliveries, MAILS, carry, clock, held)


def hand_over(
    deliveries: Deliveries,
    kinds: Sequence[DeliveryKind],
    carry: Callable[[Delivery], None],
    clock: Callable[[], datetime],
    held: Callable[[Delivery], Why] = lambda _: Why(),
) -> tuple[int, int]:
    """Give what is queued of these kinds to a carrier; returns (sent, not sent).

    `carry` raises DeliveryRefused or DeliveryDelayed. Each keeps its bytes and its id over every retry. Each is claimed
    at its own moment: in a long batch the last ones must not look abandoned when they are begun. A channel that did not
    take one is left alone until the next batch, so that it does not hold up the others.
    """
    sent = unsent = 0
    done: list[int] = []  # each is tried once a batch
    tired: list[int] = []
    while delivery := deliveries.claim_delivery(clock(), done, kinds, tired):
        assert delivery.id is not None
        done.append(delivery.id)
        reason = held(delivery)
        if reason:
            deliveries.record_held(delivery.id, reason, clock() + timedelta(minutes=15))
            continue
        try:
            carry(delivery)
        except DeliveryRefused as error:
            deliveries.record_unsent(delivery.id, error.why, None)
            unsent += 1
        except DeliveryDelayed as error:
            wait = RETRY_AFTER[delivery.attempts - 1] if delivery.attempts <= len(RETRY_AFTER) else None
            deliveries.record_unsent(delivery.id, error.why, clock() + wait if wait else None)
            log.warning("%s %s: %s", "posting" if delivery.channel_id else "mail", delivery.message_id, error)
            unsent += 1
            tired += [delivery.channel_id] if delivery.channel_id else []
        else:
            deliveries.record_sent(delivery.id, clock())
            sent += 1
    return sent, unsent
