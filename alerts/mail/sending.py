"""Mails leave: those that may, each until it is taken or given up."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from math import inf

from alerts.mail.carriers import Mailer
from alerts.mail.deliveries import MAILS, Deliveries
from alerts.mail.handing import hand_over
from alerts.mail.returns import stops_of
from alerts.people import Delivery
from alerts.settings import MailSettings, is_local, is_one_click
from crawler.model import Why, because

_LEAVING = re.compile(rb"(?im)^List-Unsubscribe: <(https?://[^\s/>]+)")
_LINK = re.compile(rb"\b(https?://[^\s/>=\"]+)")

# 5 days, as RFC 5321, 4.5.4.1, wants, so over any weekend, and each hour, so that a morning's mail is not late by half
# a day after an hour without a server. A newer digest takes over earlier.
RETRY_MAIL_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, *[60] * 120))


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
    deliveries: Deliveries, mailer: Mailer, mail: MailSettings, clock: Callable[[], datetime], most: float = inf
) -> tuple[int, int]:
    """Send the mails that are queued, so many at most; returns (sent, not sent)."""
    deliveries.drop_old_empty_digests(clock())
    stops, operator = stops_of(deliveries.engine, clock()), mail.operator.strip().lower()

    def held(delivery: Delivery) -> Why:
        stopped = Why() if delivery.recipient == operator else stops.why(delivery.recipient)
        return held_back(mail, delivery.recipient, first_link(delivery.message)) or stopped

    def carry(delivery: Delivery) -> None:
        mailer.send(delivery.recipient, delivery.message)

    try:
        return hand_over(deliveries, MAILS, carry, clock, held, RETRY_MAIL_AFTER, mailer.connections, most)
    finally:
        mailer.close()
