"""Bytes into the world."""

from alerts.mail.account import AccountMails
from alerts.mail.answers import told as told_by
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, Mailer, Outbox, SmtpMailer
from alerts.mail.confirm import queue_confirmation
from alerts.mail.deliveries import MAILS, Deliveries
from alerts.mail.dkim import DkimKey, dkim_key_of, signed, signing
from alerts.mail.handing import hand_over
from alerts.mail.leases import Leases, LeaseTimes
from alerts.mail.letter import Letter, delivery_of
from alerts.mail.links import Links, load_key
from alerts.mail.mending import mending, told_as
from alerts.mail.message import (
    MAIL_POLICY,
    Envelope,
    common_headers,
    new_message,
    page_of,
    quoted_printable,
    sender_domain,
    two_parts,
)
from alerts.mail.returns import Effect, find_sent, forgive, record_returned, sender_refusals, stops_of
from alerts.mail.sending import deliver, held_back
from alerts.mail.session import Patience
from alerts.mail.styling import styled, styled_part
from alerts.mail.templating import macro, render

__all__ = [
    "MAILS",
    "MAIL_POLICY",
    "AccountMails",
    "Deliveries",
    "DeliveryDelayed",
    "DeliveryRefused",
    "DkimKey",
    "Effect",
    "Envelope",
    "LeaseTimes",
    "Leases",
    "Letter",
    "Links",
    "Mailer",
    "Outbox",
    "Patience",
    "SmtpMailer",
    "common_headers",
    "deliver",
    "delivery_of",
    "dkim_key_of",
    "find_sent",
    "forgive",
    "hand_over",
    "held_back",
    "load_key",
    "macro",
    "mending",
    "new_message",
    "page_of",
    "queue_confirmation",
    "quoted_printable",
    "record_returned",
    "render",
    "sender_domain",
    "sender_refusals",
    "signed",
    "signing",
    "stops_of",
    "styled",
    "styled_part",
    "told_as",
    "told_by",
    "two_parts",
]
