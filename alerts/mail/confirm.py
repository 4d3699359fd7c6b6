"""The mail that asks whether the owner of an address wants a digest (double opt-in)."""

from datetime import datetime
from email.message import EmailMessage

from alerts.locale import known_language, translations
from alerts.mail.deliveries import Deliveries, Letter
from alerts.mail.links import Links
from alerts.mail.message import Envelope, new_message, sender_domain
from alerts.mail.templating import render
from alerts.people import Subscriber
from alerts.settings import MailSettings


def queue_confirmation(
    deliveries: Deliveries,
    links: Links,
    settings: MailSettings,
    subscriber: Subscriber,
    search: str,
    reading: str,
    now: datetime,
) -> None:
    """Ask the owner of an address whether they want this search; `reading` says it in words."""
    assert subscriber.id is not None
    message_id = links.message_id(sender_domain(settings), "confirm", subscriber.id, now.isoformat())
    envelope = Envelope(subscriber.email, message_id, now)
    language = known_language(subscriber.language)
    message = confirm_message(
        search, reading, links.confirm(subscriber.id, subscriber.created_at), envelope, settings, language
    )
    deliveries.queue(Letter("confirm", subscriber.email, message_id, message.as_bytes()), subscriber.id, now)


def confirm_message(
    search: str, reading: str, confirm_url: str, envelope: Envelope, settings: MailSettings, language: str = "en"
) -> EmailMessage:
    """Text only; it names the search and the link that says yes."""
    message = new_message(translations(language).gettext("Please confirm your icewire search"), envelope, settings)
    shown = {"search": search, "reading": reading, "confirm_url": confirm_url, "mail": settings}
    message.set_content(render(__package__, "confirm.txt", language, **shown))
    return message
