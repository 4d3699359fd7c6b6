"""The mails with a link that lets somebody in: to their searches, or to another address."""

from dataclasses import dataclass
from datetime import datetime

from alerts.locale import known_language, translations
from alerts.mail.deliveries import Deliveries
from alerts.mail.letter import Letter
from alerts.mail.links import Links
from alerts.mail.message import Envelope, new_message, sender_domain
from alerts.mail.templating import render
from alerts.people import Subscriber
from alerts.settings import MailSettings


@dataclass(frozen=True, slots=True)
class AccountMails:
    """Queues them; each speaks its subscriber's language, and `token` is that of a pass."""

    deliveries: Deliveries
    links: Links
    settings: MailSettings

    def sign_in(self, subscriber: Subscriber, token: str, now: datetime) -> None:
        """A link to one's searches."""
        subject = translations(_spoken(subscriber)).gettext("Your link to your icewire searches")
        self._queue(subscriber, subscriber.email, subject, "sign_in.txt", self.links.sign_in(token), token, now)

    def new_address(self, subscriber: Subscriber, address: str, token: str, now: datetime) -> None:
        """Ask at another address whether the mails of a subscriber may go there; it does not say whose they are."""
        subject = translations(_spoken(subscriber)).gettext("Please confirm your new address for icewire")
        self._queue(subscriber, address, subject, "new_address.txt", self.links.new_address(token), token, now)

    def address_changed(self, subscriber: Subscriber, token: str, now: datetime) -> None:
        """Tell the address that was left, with a link back; it does not say whither the mails go."""
        subject = translations(_spoken(subscriber)).gettext("Your icewire mails go to another address now")
        url = self.links.new_address(token)
        self._queue(subscriber, subscriber.email, subject, "address_changed.txt", url, token, now)

    def _queue(
        self, subscriber: Subscriber, address: str, subject: str, template: str, url: str, token: str, now: datetime
    ) -> None:
        message_id = self.links.message_id(sender_domain(self.settings), template, token)
        message = new_message(subject, Envelope(address, message_id, now), self.settings)
        message.set_content(render(__package__, template, _spoken(subscriber), mail=self.settings, url=url))
        self.deliveries.queue(Letter("account", address, message_id, message.as_bytes()), subscriber.id or 0, now)


def _spoken(subscriber: Subscriber) -> str:
    return known_language(subscriber.language)
