"""Bytes into the world."""

from alerts.mail.links import Links, load_key
from alerts.mail.mail import (
    Envelope,
    MailDelayed,
    Mailer,
    MailRefused,
    Outbox,
    SmtpMailer,
    confirm_message,
    new_message,
    page_of,
    sender_domain,
    templates,
)

__all__ = [
    "Envelope",
    "Links",
    "MailDelayed",
    "MailRefused",
    "Mailer",
    "Outbox",
    "SmtpMailer",
    "confirm_message",
    "load_key",
    "new_message",
    "page_of",
    "sender_domain",
    "templates",
]
