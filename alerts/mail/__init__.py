"""Bytes into the world."""

from alerts.mail.answers import told as told_by
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, Mailer, Outbox, SmtpMailer
from alerts.mail.confirm import queue_confirmation
from alerts.mail.deliveries import Deliveries, Letter, delivery_of
from alerts.mail.handing import hand_over
from alerts.mail.links import Links, load_key
from alerts.mail.mending import mending, told_as
from alerts.mail.message import MAIL_POLICY, Envelope, new_message, page_of, sender_domain
from alerts.mail.returns import Effect, find_sent, forgive, record_returned, sender_refusals, stops_of
from alerts.mail.sending import deliver, held_back
from alerts.mail.session import Patience
from alerts.mail.styling import styled
from alerts.mail.templating import render

__all__ = [
    "MAIL_POLICY",
    "Deliveries",
    "DeliveryDelayed",
    "DeliveryRefused",
    "Effect",
    "Envelope",
    "Letter",
    "Links",
    "Mailer",
    "Outbox",
    "Patience",
    "SmtpMailer",
    "deliver",
    "delivery_of",
    "find_sent",
    "forgive",
    "hand_over",
    "held_back",
    "load_key",
    "mending",
    "new_message",
    "page_of",
    "queue_confirmation",
    "record_returned",
    "render",
    "sender_domain",
    "sender_refusals",
    "stops_of",
    "styled",
    "told_as",
    "told_by",
]
