"""The mail that asks whether the owner of an address wants a search (double opt-in)."""

import re
from datetime import datetime
from email.message import EmailMessage

from alerts.locale import known_language, translations
from alerts.mail.deliveries import Deliveries
from alerts.mail.letter import Letter
from alerts.mail.links import Links
from alerts.mail.message import Envelope, new_message, sender_domain
from alerts.mail.templating import render
from alerts.people import Subscriber, Subscription
from alerts.settings import MailSettings

_JOINED = re.compile(r"(?<=\S)[.:/@]+(?=\S)|[/@]+")  # what makes an address of words
_LONGEST = 300  # characters of a search that is told to whom it may be foreign


def queue_confirmation(
    deliveries: Deliveries,
    links: Links,
    settings: MailSettings,
    subscriber: Subscriber,
    subscription: Subscription,
    reading: str,
    now: datetime,
) -> None:
    """Ask the owner of an address whether they want this search, once; `reading` says it in words."""
    assert subscriber.id is not None
    assert subscription.id is not None
    asked_at = subscription.asked_at or now
    message_id = links.message_id(sender_domain(settings), "confirm", subscription.id, subscription.generation)
    envelope = Envelope(subscriber.email, message_id, asked_at)
    yes = links.confirm(subscription.id, subscription.generation, asked_at)
    language = known_language(subscriber.language)
    when = (subscriber.digest_at, subscriber.timezone)
    message = confirm_message(reading, when, yes, envelope, settings, language)
    letter = Letter("confirm", subscriber.email, message_id, message.as_bytes())
    deliveries.queue(letter, subscriber.id, now, asked_at)


def confirm_message(
    reading: str,
    when: tuple[str, str],
    confirm_url: str,
    envelope: Envelope,
    settings: MailSettings,
    language: str = "en",
) -> EmailMessage:
    """Text only; it says the search in our own words, the hour and the zone, and the link that says yes.

    Nothing stands in it as whoever asked has written it: it must not carry a stranger's message.
    """
    message = new_message(translations(language).gettext("Please confirm your icewire search"), envelope, settings)
    at, timezone = when
    shown = {"reading": _harmless(reading), "at": at, "timezone": timezone, "confirm_url": confirm_url}
    message.set_content(render(__package__, "confirm.txt", language, mail=settings, **shown))
    return message


def _harmless(reading: str) -> str:
    """A search as words only: its terms are a stranger's, and a mail program would make a link of an address.

    >>> _harmless("stories that mention www.evil.example/pay, in Waltham, MA")
    'stories that mention www evil example pay, in Waltham, MA'
    """
    said = " ".join(_JOINED.sub(" ", reading).split())
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST].rsplit(' ', 1)[0]} …"
