"""What is queued is sent, delayed, held back or given up: real SMTP on loopback, and the outbox."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.locale import in_words
from alerts.mail.carriers import Mailer, Outbox, SmtpMailer
from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.mail.sending import deliver, held_back
from alerts.matching.catch_up import match_new_search
from alerts.settings import MailSettings
from crawler.model import Why
from crawler.places.gazetteer import Gazetteer
from scheduler.demo.sink import Sink
from tests.makers.mailing import MAIL, READER, ask, claim, join, join_and_meet, morning_after, parts, post_of, smtp
from tests.makers.making import article, keep, watch

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_a_refused_mail_is_given_up_and_a_delayed_one_sent_later_as_the_same_mail(
    post: Post, gazetteer: Gazetteer, sink: Sink, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    morning = morning_after(now)
    queue_due_digests(post, SourcesRead(3), morning)
    answers = iter(["451 try later", "250 OK"])
    sink.answer = lambda: next(answers)
    mailer = SmtpMailer(smtp(sink))
    assert deliver(post.deliveries, mailer, MAIL, lambda: morning) == (0, 1)
    assert deliver(post.deliveries, mailer, MAIL, lambda: morning) == (0, 0)
    queued = post.deliveries.latest_digest()
    assert queued is not None
    assert "451 try later" in in_words(Why(queued.error, queued.error_args))
    assert deliver(post.deliveries, mailer, MAIL, lambda: morning + timedelta(minutes=1)) == (1, 0)
    assert list(sink.mails) == [queued.message_id]

    queue_due_digests(post, SourcesRead(3), morning + timedelta(days=1))
    sink.answer = lambda: "552 5.3.4 too big"
    assert deliver(post.deliveries, mailer, MAIL, lambda: morning + timedelta(days=1)) == (0, 1)
    assert post.deliveries.delivery_counts() == {"sent": 1, "failed": 1}


def test_a_server_that_is_not_there_delays_and_says_which(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(3), morning_after(now))
    nowhere = MAIL.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none"})
    assert deliver(post.deliveries, SmtpMailer(nowhere), nowhere, lambda: morning_after(now)) == (0, 1)
    queued = post.deliveries.latest_digest()
    assert queued is not None
    assert in_words(Why(queued.error, queued.error_args)).startswith("127.0.0.1:1: ")


def test_the_outbox_holds_each_mail_as_eml_and_html(
    post: Post, gazetteer: Gazetteer, tmp_path: Path, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(3), morning_after(now))
    deliver(post.deliveries, Outbox(tmp_path / "out", lambda: now), MAIL, lambda: morning_after(now))
    eml, page = sorted((tmp_path / "out").iterdir())
    assert (eml.suffix, page.suffix) == (".eml", ".html")
    assert eml.name.startswith("2026-03-10-reader@example.org-")
    assert "/unsubscribe/" in eml.read_text()
    assert "/unsubscribe/" not in page.read_text()


def test_nobody_but_the_operator_is_mailed_until_the_law_is_content() -> None:
    bare = MailSettings(smtp_host="mail.example", operator="Me@example.org")
    https = "https://alerts.example.org"
    assert "mail.postal_address" in in_words(held_back(bare, READER, https))
    assert not held_back(bare, "me@example.org", "")
    assert not held_back(bare.model_copy(update={"postal_address": "x", "contact": "y"}), READER, https)
    assert not held_back(MailSettings(), READER, "http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://alerts.example.org", "https://localhost", "https://[::1]:8"]
)
def test_nobody_but_the_operator_is_mailed_links_that_are_not_safe_or_lead_to_this_machine(url: str) -> None:
    settings = MAIL.model_copy(update={"smtp_host": "mail.example", "operator": "me@example.org"})
    assert "set web.public_url to an https address" in in_words(held_back(settings, READER, url))
    assert not held_back(settings, "me@example.org", url)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["digest", "confirm"])
def test_a_mail_waits_for_links_that_are_safe(
    kind: str, engine: Engine, gazetteer: Gazetteer, sink: Sink, now: datetime
) -> None:
    watch(engine)
    post = replace(post_of(engine), links=Links(b"a key", "http://alerts.example.org"))
    if kind == "digest":
        join_and_meet(post, "waltham", gazetteer, now)
        queue_due_digests(post, SourcesRead(3), morning_after(now))
    else:
        ask(post, now)
    assert deliver(post.deliveries, SmtpMailer(smtp(sink)), smtp(sink), lambda: morning_after(now)) == (0, 0)
    assert sink.received == 0
    assert post.deliveries.delivery_counts() == {"queued": 1}


def test_a_mail_that_is_held_back_stays_queued(post: Post, gazetteer: Gazetteer, sink: Sink, now: datetime) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(3), morning_after(now))
    bare = smtp(sink).model_copy(update={"postal_address": ""})
    assert deliver(post.deliveries, SmtpMailer(bare), bare, lambda: morning_after(now)) == (0, 0)
    assert sink.received == 0
    later = morning_after(now) + timedelta(minutes=15)
    queued = post.deliveries.latest_digest()
    assert queued is not None
    assert (queued.state, queued.attempts) == ("queued", 0)  # its retries are for when it may leave
    assert deliver(post.deliveries, SmtpMailer(smtp(sink)), smtp(sink), lambda: later) == (1, 0)


class Slow(Mailer):
    """A mailer that needs a minute a mail, and lets somebody else look for mail meanwhile."""

    def __init__(self, deliveries: Deliveries, now: datetime) -> None:
        self.deliveries, self.now = deliveries, now
        self.sent: list[str] = []
        self.taken_twice: list[str] = []

    def send(self, recipient: str, message: bytes) -> None:
        self.sent.append(recipient)
        self.now += timedelta(minutes=1)
        if len(self.sent) == 15:  # the last one: everything else was sent
            twice = claim(self.deliveries, self.now)
            self.taken_twice += [twice.recipient] if twice else []


@pytest.mark.slow
def test_the_last_mail_of_a_long_batch_is_not_taken_by_a_second_sender(post: Post, now: datetime) -> None:
    for n in range(15):
        ask(post, now, f"r{n}@example.org")
    slow = Slow(post.deliveries, now)
    assert deliver(post.deliveries, slow, MAIL, lambda: slow.now) == (15, 0)
    assert len(set(slow.sent)) == 15
    assert slow.taken_twice == []


def test_who_leaves_while_a_mail_is_sent_does_not_stop_the_sending(post: Post, now: datetime) -> None:
    for n in range(2):
        ask(post, now, f"r{n}@example.org")

    class Leaving(Mailer):
        def send(self, recipient: str, message: bytes) -> None:
            post.members.leave(1, now)

    assert deliver(post.deliveries, Leaving(), MAIL, lambda: now) == (2, 0)
    assert post.deliveries.delivery_counts() == {"sent": 1}


def test_a_refusal_because_of_us_costs_nobody_a_story(
    post: Post, gazetteer: Gazetteer, sink: Sink, now: datetime
) -> None:
    keep(post.matches.engine, article("raid"))
    people = ("a@example.org", "b@example.org")
    for email in people:
        join(post, now, email)
    for [search] in (searches for _, searches in post.members.subscribers()):
        match_new_search(post.store, post.matches, search, gazetteer, now)
    mailer, morning = SmtpMailer(smtp(sink)), morning_after(now)
    queue_due_digests(post, SourcesRead(3), morning)
    sink.answer = lambda: "550 5.4.5 Daily user sending limit exceeded"
    assert deliver(post.deliveries, mailer, MAIL, lambda: morning) == (0, 2)
    next_morning = morning + timedelta(days=1)
    queue_due_digests(post, SourcesRead(3), next_morning)
    sink.answer = lambda: "250 OK"
    assert deliver(post.deliveries, mailer, MAIL, lambda: next_morning) == (2, 0)
    assert post.deliveries.delivery_counts() == {"sent": 2, "replaced": 2}
    for email in people:
        [mail] = sink.to(email)
        assert "raid" in parts(mail)[0]
    assert {person.state for person, _ in post.members.subscribers()} == {"active"}
