"""The mails with a link that lets somebody in: to their searches, or to another address."""

from datetime import datetime

from alerts.locale import known_language, translations
from alerts.mail.deliveries import Deliveries
from alerts.mail.letter import Letter
from alerts.mail.links import Links
from alerts.mail.message import Envelope, new_message, sender_domain
from alerts.mail.templating import render
from alerts.people import Subscriber
from alerts.settings import MailSettings


def queue_sign_in(
    deliveries: Deliveries, links: Links, settings: MailSettings, subscriber: Subscriber, token: str, now: datetime
) -> None:
    """A link to one's searches; `token` is that of a pass."""
    language = known_language(subscriber.language)
    subject = translations(language).gettext("Your link to your icewire searches")
    shown = "sign_in.txt", links.sign_in(token)
    _queue(deliveries, links, settings, subscriber, subscriber.email, subject, shown, token, now)


def queue_new_address(
    deliveries: Deliveries,
    links: Links,
    settings: MailSettings,
    subscriber: Subscriber,
    address: str,
    token: str,
    now: datetime,
) -> None:
    """Ask at another address whether the mails of a subscriber may go there; it does not say whose they are."""
    language = known_language(subscriber.language)
    subject = translations(language).gettext("Please confirm your new address for icewire")
    shown = "new_address.txt", links.new_address(token)
    _queue(deliveries, links, settings, subscriber, address, subject, shown, token, now)


def queue_address_changed(
    deliveries: Deliveries,
    links: Links,
    settings: MailSettings,
    subscriber: Subscriber,
    address: str,
    token: str,
    now: datetime,
) -> None:
    """Tell the address that was left, with a link back; it does not say whither the mails go."""
    language = known_language(subscriber.language)
    subject = translations(language).gettext("Your icewire mails go to another address now")
    shown = "address_changed.txt", links.new_address(token)
    _queue(deliveries, links, settings, subscriber, address, subject, shown, token, now)


def _queue(
    deliveries: Deliveries,
    links: Links,
    settings: MailSettings,
    subscriber: Subscriber,
    address: str,
    subject: str,
    shown: tuple[str, str],
    token: str,
    now: datetime,
) -> None:
    template, url = shown
    message_id = links.message_id(sender_domain(settings), template, token)
    message = new_message(subject, Envelope(address, message_id, now), settings)
    message.set_content(render(__package__, template, known_language(subscriber.language), mail=settings, url=url))
    deliveries.queue(Letter("account", address, message_id, message.as_bytes()), subscriber.id or 0, now)
