"""A deployment's rows and settings on one database, and what tests of digests and mails do with them."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import Engine

from alerts.digest.compose import Digest
from alerts.digest.post import Post
from alerts.digest.render import digest_mail
from alerts.mail.confirm import queue_confirmation
from alerts.mail.deliveries import Deliveries
from alerts.mail.leases import Leases, LeaseTimes
from alerts.mail.letter import Letter
from alerts.mail.links import Links
from alerts.mail.message import Envelope
from alerts.matching.catch_up import match_new_search
from alerts.matching.matches import Found
from alerts.people.subscriber import Delivery, Subscriber, Subscription
from alerts.settings import DigestSettings, MailSettings
from crawler.places.gazetteer import Gazetteer
from scheduler.demo.sink import Sink
from tests.makers.making import article, keep

READER = "reader@example.org"
MAIL = MailSettings(
    sender="digest@icewire.example", postal_address="1 Main St, Waltham, MA", contact="desk@icewire.example"
)


def post_of(engine: Engine, digest: DigestSettings | None = None) -> Post:
    return Post.of(engine, Links(b"a key", "https://alerts.icewire.example"), MAIL, digest or DigestSettings())


def smtp(sink: Sink) -> MailSettings:
    """The settings that send to this server."""
    return MAIL.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"})


def join(post: Post, now: datetime, email: str = READER, query: str = "waltham") -> Subscriber:
    return post.members.subscribe(email, query, now, "America/New_York", "07:00", active=True)[0]


def join_and_meet(post: Post, query: str, gazetteer: Gazetteer, now: datetime) -> None:
    """A reader joins, and their search meets what was found in the last day."""
    _, subscription = post.members.subscribe(READER, query, now, "America/New_York", "07:00", active=True)
    match_new_search(post.store, post.matches, subscription, gazetteer, now)


def ask(post: Post, now: datetime, email: str = READER, query: str = "x") -> Subscription:
    """A search is asked for, and the mail that asks its owner for a yes is queued."""
    subscriber, subscription = post.members.subscribe(email, query, now, "America/New_York", "07:00", active=False)
    queue_confirmation(post.deliveries, post.links, post.mail, subscriber, subscription, "stories that tell of it", now)
    return subscription


def letter(name: str = "a") -> Letter:
    return Letter("digest", READER, f"<{name}@example.org>", b"mail")


def meet(post: Post, now: datetime) -> None:
    """One stored story that the first search met."""
    added = keep(post.matches.engine, article())
    [story] = post.matches.unmatched()
    post.matches.record_matches(story, [Found([1], added.article_id, [])], now)


def morning_after(now: datetime) -> datetime:
    """07:00 in Boston on the day after."""
    return now.replace(hour=11) + timedelta(days=1)


def mailed(post: Post) -> EmailMessage:
    """The newest digest."""
    delivery = post.deliveries.latest_digest()
    assert delivery is not None
    message = message_from_bytes(delivery.message, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def digest_message(digest: Digest, envelope: Envelope, settings: MailSettings, rest_url: str = "") -> EmailMessage:
    """The mail of a digest as a mail program reads it."""
    return read_mail(digest_mail(digest, envelope, settings, rest_url)[0])


def read_mail(mail: bytes) -> EmailMessage:
    """A mail as a mail program reads it."""
    message = message_from_bytes(mail.replace(b"\r\n", b"\n"), policy=policy.SMTP.clone(refold_source="none"))
    assert isinstance(message, EmailMessage)
    assert message.as_bytes() == mail
    return message


def parts(message: EmailMessage) -> tuple[str, str]:
    """Its text and its HTML."""
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return str(plain.get_content()), str(rich.get_content())


def claim(deliveries: Deliveries, now: datetime) -> Delivery | None:
    """The next one to send, claimed by somebody who then dies."""
    with deliveries.leases.held() as holder:
        taken = deliveries.claim(holder, now)
        return next(iter(deliveries.claimed(holder, taken)), None)


def after_a_crash(deliveries: Deliveries, now: datetime) -> int:
    """Long after all who were sending died: how many are sent again."""
    return Deliveries(deliveries.engine, Leases(deliveries.engine, LeaseTimes(over=0))).reclaim(now)
