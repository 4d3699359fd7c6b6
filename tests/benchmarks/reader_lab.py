"""What the readers' cases work with: an icewire in a temporary folder, with a clock of the case's choosing.

Cases take all names of this module (`from lab import *`), those that it imports as well, and some import rooms by names
that they had when the cases were written: `ELSEWHERE` says where those stand now. A case ends with `tell()`.
"""

# ruff: noqa: F401

import asyncio
import logging
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from sqlmodel import Session, col, select

from alerts.digest.compose import Digest, SourcesRead, compose
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.digest.records import DigestRecords
from alerts.digest.story import Development, MatchedStory, OtherReport
from alerts.locale import in_words
from alerts.mail import confirm, sending
from alerts.mail.carriers import DeliveryDelayed as MailDelayed
from alerts.mail.carriers import DeliveryRefused as MailRefused
from alerts.mail.carriers import Mailer, SmtpMailer
from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.mail.message import Envelope
from alerts.matching import catch_up
from alerts.matching.matches import Matches
from alerts.matching.searches import LiveSearches
from alerts.operator import status
from alerts.people.asking import Consents
from alerts.people.members import Members
from alerts.people.subscriber import Delivery, Subscriber, Subscription
from alerts.query.document import Document
from alerts.query.query import parse
from alerts.query.tokens import QueryError
from alerts.settings import DigestSettings, MailSettings
from crawler.database import open_database
from crawler.places.gazetteer import Gazetteer, shipped
from crawler.store.store import Store
from crawler.watch.watchlist import Watchlist
from scheduler.migrations import upgrade
from tests.makers.mailing import digest_message
from tests.makers.making import BODY, article, keep, outlet, watch

logging.disable(logging.CRITICAL)
GOOD: dict[str, Any] = {
    "sender": "alerts@paper.example",
    "postal_address": "The Paper, 1 Main Street, Waltham, MA 02453",
    "contact": "editor@paper.example",
}
MONDAY = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
TUESDAY_7 = datetime(2026, 3, 10, 11, 0, 5, tzinfo=UTC)  # 07:00 in Boston
UNSUBSCRIBE = "https://alerts.paper.example/unsubscribe/MQ.e8MsuAOjw0ArCfUFkGZGNFVs0qs"


class Register:
    """All questions about people, matches, digests and deliveries, which were those of one class."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.rooms = (Members(engine), Matches(engine), DigestRecords(engine), Deliveries(engine))

    def __getattr__(self, name: str) -> Any:
        return next(getattr(room, name) for room in self.rooms if hasattr(room, name))

    def asked(self, subscriber_id: int) -> Subscription:
        """The search about which somebody was asked last."""
        with Session(self.engine, expire_on_commit=False) as session:
            mine = select(Subscription).where(Subscription.subscriber_id == subscriber_id)
            return session.exec(mine.order_by(col(Subscription.asked_at).desc())).all()[0]

    def confirm(self, answer: Any, now: datetime) -> Any:
        """As a link was read; of a subscriber alone, what they were asked last. Their row as it is then."""
        asked = self.asked(answer) if isinstance(answer, int) else None
        search_id, generation = (asked.id or 0, asked.generation) if asked else answer
        answered = Consents(self.engine).say_yes(search_id, generation, now)
        with Session(self.engine, expire_on_commit=False) as session:
            return answered.subscriber if answered else session.exec(select(Subscriber)).first()


class _OldLinks(Links):
    """Whose link to confirm names the subscriber only: it asks what they were asked last."""

    register: Register

    def confirm(self, subscriber_id: int, *_: Any) -> str:
        asked = self.register.asked(subscriber_id)
        return super().confirm(asked.id or 0, asked.generation, asked.asked_at or MONDAY)

    def read_confirm(self, token: str, now: datetime = MONDAY) -> tuple[int, str] | None:
        return super().read_confirm(token, now)


class Lab:
    """One icewire with two outlets."""

    def __init__(self, now: datetime = MONDAY, mail: dict[str, Any] | None = None, **digest: Any) -> None:
        self.dir = tempfile.TemporaryDirectory()
        self.engine = open_database(f"sqlite:///{self.dir.name}/icewire.db")
        upgrade(self.engine)
        self.register, self.store = Register(self.engine), Store(self.engine)
        self.watch = watch(self.engine, outlet("ledger"), outlet("gazette"))
        self.mail, self.now, self.n = MailSettings(**(GOOD | (mail or {}))), now, 0
        self.links = _OldLinks(b"k" * 32, "https://alerts.paper.example")
        self.links.register = self.register
        self.post = Post.of(self.engine, self.links, self.mail, DigestSettings(**digest))
        self.searches = LiveSearches(self.engine, gaz())

    def story(self, title: str = "", text: str = BODY, at: datetime | None = None, **facts: Any) -> Any:
        """One more story, in one report."""
        self.n += 1
        at = at or self.now
        known = {"published_at": at - timedelta(hours=1), "fetched_at": at} | facts
        title = title or f"ICE detains two near courthouse no. {self.n}"
        return keep(self.engine, article(f"s{self.n}", "ledger", text, title, **known), now=at)

    def sub(
        self,
        email: str,
        query: str = "",
        tz: str = "America/New_York",
        at: str = "07:00",
        when: datetime | None = None,
        active: bool = True,
    ) -> tuple[Subscriber, Subscription]:
        """One more search of somebody."""
        when = when or self.now - timedelta(days=1)
        added = self.register.subscribe(email, query, when, tz, at, active, name=query)  # cases look for its words
        assert isinstance(added, tuple)
        return added

    def match(self, now: datetime | None = None) -> tuple[int, int]:
        """Stories meet searches."""
        return catch_up.match_unmatched(self.store, self.searches, Matches(self.engine), now or self.now)

    def due(self, now: datetime) -> int:
        """The digests that are due are queued."""
        return queue_due_digests(self.post, SourcesRead(3), now)

    def deliveries(self) -> list[Delivery]:
        """All that was queued."""
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.exec(select(Delivery).order_by(Delivery.id)))  # type: ignore[arg-type]

    def mails(self) -> list[EmailMessage]:
        """The same, as mails."""
        return [message_from_bytes(d.message, policy=policy.default) for d in self.deliveries()]

    def subjects(self) -> list[str]:
        """Their subjects."""
        return [str(mail["Subject"]).strip() for mail in self.mails()]


class Server:
    """A mail server on loopback: answers of the case's choosing."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 taken", delay: float = 0) -> None:
        from aiosmtpd.controller import Controller

        self.taken: list[bytes] = []
        taken = self.taken

        class Handler:
            async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
                if rcpt.startswith("2"):
                    envelope.rcpt_tos.append(address)
                return rcpt

            async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
                if data.startswith("2"):
                    taken.append(envelope.original_content)
                await asyncio.sleep(delay)
                return data

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = Controller(Handler(), hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def settings(self) -> dict[str, Any]:
        """How to reach it."""
        return {"smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_security": "none"}


@lru_cache(1)
def gaz() -> Gazetteer:
    """The shipped places."""
    return shipped()


def match_unmatched(store: Store, register: Register, places: Gazetteer, now: datetime) -> tuple[int, int]:
    """Stories meet searches."""
    return catch_up.match_unmatched(store, LiveSearches(register.engine, places), Matches(register.engine), now)


def match_new_search(store: Store, register: Register, search: Subscription, places: Gazetteer, now: datetime) -> int:
    """A new search meets the last day."""
    return catch_up.match_new_search(store, Matches(register.engine), search, places, now)


def deliver(register: Register, mailer: Mailer, mail: MailSettings, clock: Callable[[], datetime]) -> tuple[int, int]:
    """Send what is queued; (sent, not sent)."""
    return sending.deliver(Deliveries(register.engine), mailer, mail, clock)


def confirm_message(search: str, url: str, envelope: Envelope, settings: MailSettings) -> EmailMessage:
    """The mail that asks for a yes."""
    return confirm.confirm_message(search, ("07:00", "America/New_York"), url, envelope, settings)


def text(mail: EmailMessage) -> str:
    """A mail's text part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(mail: EmailMessage) -> str:
    """A mail's HTML part."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def found(i: int, title: str = "", place: str = "Waltham, MA", search: str = "x", **facts: Any) -> MatchedStory:
    """A story that a search met."""
    base: dict[str, Any] = {
        "story_id": i,
        "search": search,
        "terms": ("x",),
        "window": "",
        "window_from": "",
        "title": title or f"Story {i}",
        "url": f"https://ledger.example/{i}",
        "outlet": "The Ledger",
        "published_at": datetime(2026, 3, 9, 12, tzinfo=UTC),
        "place": place,
        "kind": "arrest",
        "language": "en",
    }
    facts["others"] = tuple(OtherReport(name) for name in facts.pop("newsrooms", ()))
    return MatchedStory(**(base | facts))


def mail_of(
    stories: Sequence[MatchedStory],
    searches: Sequence[str] = ("x",),
    day: date = date(2026, 3, 10),
    settings: MailSettings | None = None,
    url: str = UNSUBSCRIBE,
) -> tuple[Digest, EmailMessage]:
    """A digest of these stories, and its mail."""
    digest = compose(day, "America/New_York", searches, stories, SourcesRead(3), TUESDAY_7)
    envelope = Envelope("reader@example.org", "<1@paper.example>", TUESDAY_7, url)
    return digest, digest_message(digest, envelope, settings or MailSettings(**GOOD))


def hits(query: str, said: str = "", title: str = "") -> tuple[str, ...] | str | None:
    """What of a query a text has; an error as a text."""
    try:
        hit = parse(query, gaz()).match(Document(title, said, "en", ("arrest",), "ledger", "Ledger", None, ()))
    except QueryError as error:
        return f"error: {error.message}"
    return tuple(map(in_words, hit.terms)) if hit else None


def tell(expected: object, got: object, ok: object) -> NoReturn:
    """The end of a case."""
    print("expected:", expected)
    print("got:     ", got)
    print("ok" if ok else "FAILS")
    sys.stdout.flush()
    os._exit(0 if ok else 1)  # whatever threads a case has left


def _old_status(watchlist: Watchlist, store: Store, register: Register, states: Sequence[str], now: datetime) -> Any:
    return status.status_of(watchlist, store, Members(register.engine), Deliveries(register.engine), states, now)


def _module(name: str, **names: object) -> None:
    made = ModuleType(name)
    made.__dict__.update(names)
    sys.modules[name] = made


class _Mail(ModuleType):
    """`alerts.mail` as it was one file: what a case changes there is changed where it stands."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "SMTP_TIMEOUT":
            setattr(import_module("alerts.mail.carriers"), name, value)


def place_the_old_names() -> None:
    """Names that cases import beside these."""
    people = import_module("scheduler.commands.people")
    fields, facts = import_module("alerts.query.fields"), import_module("alerts.query.facts")
    extracting = import_module("tests.makers.extracting")
    _module("alerts.status", status_of=_old_status)
    _module("alerts.fields", find_place=fields.find_place, is_inside=facts.is_inside)
    _module("tests.extracting", page=extracting.page, read=extracting.read)
    setattr(people, "_address", people.smtp_address)  # noqa: B010
    sys.modules["alerts.mail"].__class__ = _Mail


place_the_old_names()
