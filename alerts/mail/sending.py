"""The queue's mails are handed to a carrier, each until it is taken or given up."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from alerts.mail.carriers import MailDelayed, Mailer, MailRefused
from alerts.mail.deliveries import Deliveries
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
    """Send what is queued; returns (sent, not sent). A mail keeps its bytes and its Message-ID over every retry.

    Each mail is claimed at its own moment: in a long batch the last ones must not look abandoned when they are begun.
    """
    sent = unsent = 0
    done: list[int] = []  # each is tried once a batch
    while delivery := deliveries.claim_delivery(clock(), done):
        assert delivery.id is not None
        done.append(delivery.id)
        reason = held_back(mail, delivery.recipient)
        if reason:
            deliveries.record_held(delivery.id, reason, clock() + timedelta(minutes=15))
            continue
        try:
            mailer.send(delivery.recipient, delivery.message)
        except MailRefused as error:
            deliveries.record_unsent(delivery.id, error.why, None)
            unsent += 1
        except MailDelayed as error:
            wait = RETRY_AFTER[delivery.attempts - 1] if delivery.attempts <= len(RETRY_AFTER) else None
            deliveries.record_unsent(delivery.id, error.why, clock() + wait if wait else None)
            log.warning("mail %s: %s", delivery.message_id, error)
            unsent += 1
        else:
            deliveries.record_sent(delivery.id, clock())
            sent += 1
    return sent, unsent
