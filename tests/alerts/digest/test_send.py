"""From matches to a mail that was taken: real SMTP on loopback, and the outbox."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.send import Post, deliver, held_back, queue_confirmation, queue_due_digests, sources_read
from alerts.mail.links import Links
from alerts.mail.mail import Outbox, SmtpMailer
from alerts.matching.catch_up import match_new_search, match_unmatched
from alerts.people.register import Register
from alerts.people.subscriber import Match, Subscription
from alerts.settings import DigestSettings, MailSettings
from crawler.model.story import Story
from crawler.places.gazetteer import Gazetteer
from crawler.store.store import Store
from scheduler.demo.sink import Sink
from tests.makers.making import HALF_HOURLY, LEDE, article, keep, outlet, verdict, watch

READER = "reader@example.org"
MAIL = MailSettings(
    sender="digest@icewire.example", postal_address="1 Main St, Waltham, MA", contact="desk@icewire.example"
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def post(sqlite_engine: Engine) -> Post:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"), outlet("radio", headline_only=True))
    links = Links(b"a key", "http://127.0.0.1:8080")
    return Post(Register(sqlite_engine), Store(sqlite_engine), links, MAIL, DigestSettings())


def smtp(sink: Sink) -> MailSettings:
    return MAIL.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"})


def join(post: Post, query: str, gazetteer: Gazetteer, now: datetime) -> None:
    _, subscription = post.register.subscribe(READER, query, now, "America/New_York", "07:00", active=True)
    match_new_search(post.store, post.register, subscription, gazetteer, now)


def morning_after(now: datetime) -> datetime:
    """07:00 in Boston on the day after."""
    return now.replace(hour=11) + timedelta(days=1)


def mailed(post: Post) -> EmailMessage:
    delivery = post.register.latest_digest()
    assert delivery is not None
    message = message_from_bytes(delivery.message, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return str(plain.get_content()), str(rich.get_content())


def test_a_match_reaches_the_inbox_the_next_morning_once(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, sink: Sink, now: datetime
) -> None:
    join(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article())
    match_unmatched(post.store, post.register, gazetteer, now)
    mailer, morning = SmtpMailer(smtp(sink)), morning_after(now)
    assert queue_due_digests(post, SourcesRead(3), morning - timedelta(minutes=1)) == 0
    assert queue_due_digests(post, SourcesRead(3), morning) == 1
    assert queue_due_digests(post, SourcesRead(3), morning + timedelta(minutes=1)) == 0
    assert deliver(post.register, mailer, MAIL, lambda: morning) == (1, 0)
    assert deliver(post.register, mailer, MAIL, lambda: morning) == (0, 0)
    [mail] = sink.to(READER)
    assert "ICE detains two near Waltham courthouse" in parts(mail)[0]
    assert queue_due_digests(post, SourcesRead(3), morning + timedelta(days=1)) == 1
    assert "nothing found" in mailed(post)["Subject"]


def test_the_mail_has_what_receivers_and_readers_need(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, 'detain* place:"Waltham, MA"', gazetteer, now)
    first = keep(sqlite_engine, article())
    keep(sqlite_engine, article("other", "gazette", title="Two held"), story=first.story_id)
    keep(sqlite_engine, article("copy", "radio"), story=first.story_id, copy_of=first.article_id)
    match_unmatched(post.store, post.register, gazetteer, now)
    queue_due_digests(post, SourcesRead(3, (("The Radio", "answered 503"),)), morning_after(now))
    mail = mailed(post)
    plain, rich = parts(mail)
    for text in (plain, rich):
        assert "Waltham, MA" in text
        assert "Also reported by The Gazette; 1 copy elsewhere" in text
        assert "The Radio: answered 503" in text
        assert "place Waltham, MA" in text
        assert "1 Main St, Waltham, MA" in text
        assert LEDE not in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http://127.0.0.1:8080/unsubscribe/")
    assert mail["List-Id"] == "icewire digest <digest.icewire.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@icewire.example>")


def test_the_window_is_short_and_never_the_lede(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, "waltham OR van", gazetteer, now)
    keep(sqlite_engine, article())
    match_unmatched(post.store, post.register, gazetteer, now)
    [(match, _)] = post.register.pending_matches(1, now)
    assert "unmarked van on Linden Street" in match.window
    assert len(match.window.split()) <= 25


def test_an_outlet_that_wants_headlines_only_gets_no_window(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, "van", gazetteer, now)
    keep(sqlite_engine, article("raid", "radio"))
    match_unmatched(post.store, post.register, gazetteer, now)
    [(match, _)] = post.register.pending_matches(1, now)
    assert match.window == ""


def test_what_a_page_says_cannot_become_markup_or_a_header(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, "", gazetteer, now)
    evil = 'ICE <script>alert("x")</script> & more'
    keep(sqlite_engine, article(title=evil), of=verdict(places=[]))
    match_unmatched(post.store, post.register, gazetteer, now)
    queue_due_digests(post, SourcesRead(1, (("A <b>bad</b>\nname", "why"),)), morning_after(now))
    rich = parts(mailed(post))[1]
    assert "<script" not in rich
    assert "<b>bad" not in rich


def test_a_refused_mail_is_given_up_and_a_delayed_one_sent_later_as_the_same_mail(
    post: Post, gazetteer: Gazetteer, sink: Sink, now: datetime
) -> None:
    join(post, "waltham", gazetteer, now)
    morning = morning_after(now)
    queue_due_digests(post, SourcesRead(3), morning)
    answers = iter(["451 try later", "250 OK"])
    sink.answer = lambda: next(answers)
    mailer = SmtpMailer(smtp(sink))
    assert deliver(post.register, mailer, MAIL, lambda: morning) == (0, 1)
    assert deliver(post.register, mailer, MAIL, lambda: morning) == (0, 0)
    queued = post.register.latest_digest()
    assert queued is not None
    assert "451 try later" in queued.error
    assert deliver(post.register, mailer, MAIL, lambda: morning + timedelta(minutes=1)) == (1, 0)
    assert list(sink.mails) == [queued.message_id]

    queue_due_digests(post, SourcesRead(3), morning + timedelta(days=1))
    sink.answer = lambda: "550 no such mailbox"
    assert deliver(post.register, mailer, MAIL, lambda: morning + timedelta(days=1)) == (0, 1)
    assert post.register.delivery_counts() == {"sent": 1, "failed": 1}


def test_a_server_that_is_not_there_delays_and_says_which(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    join(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(3), morning_after(now))
    nowhere = MAIL.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none"})
    assert deliver(post.register, SmtpMailer(nowhere), nowhere, lambda: morning_after(now)) == (0, 1)
    queued = post.register.latest_digest()
    assert queued is not None
    assert queued.error.startswith("127.0.0.1:1: ")


def test_the_outbox_holds_each_mail_as_eml_and_html(
    post: Post, gazetteer: Gazetteer, tmp_path: Path, now: datetime
) -> None:
    join(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(3), morning_after(now))
    deliver(post.register, Outbox(tmp_path / "out", lambda: now), MAIL, lambda: morning_after(now))
    eml, page = sorted((tmp_path / "out").iterdir())
    assert (eml.suffix, page.suffix) == (".eml", ".html")
    assert eml.name.startswith("2026-03-10-reader@example.org-")
    assert "/unsubscribe/" in eml.read_text()
    assert "/unsubscribe/" not in page.read_text()


def test_nobody_but_the_operator_is_mailed_until_the_law_is_content() -> None:
    bare = MailSettings(smtp_host="mail.example", operator="Me@example.org")
    assert "mail.postal_address" in held_back(bare, READER)
    assert held_back(bare, "me@example.org") == ""
    assert held_back(bare.model_copy(update={"postal_address": "x", "contact": "y"}), READER) == ""
    assert held_back(MailSettings(), READER) == ""


def test_a_mail_that_is_held_back_stays_queued(post: Post, gazetteer: Gazetteer, sink: Sink, now: datetime) -> None:
    join(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(3), morning_after(now))
    bare = smtp(sink).model_copy(update={"postal_address": ""})
    assert deliver(post.register, SmtpMailer(bare), bare, lambda: morning_after(now)) == (0, 0)
    assert sink.received == 0
    later = morning_after(now) + timedelta(minutes=15)
    queued = post.register.latest_digest()
    assert queued is not None
    assert (queued.state, queued.attempts) == ("queued", 0)  # its retries are for when it may leave
    assert deliver(post.register, SmtpMailer(smtp(sink)), smtp(sink), lambda: later) == (1, 0)


def test_a_digest_for_a_missed_day_is_made_only_when_it_holds_something(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article())
    match_unmatched(post.store, post.register, gazetteer, now)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now) + timedelta(days=3)) == 2
    assert post.register.made_dates(1, now.date()) == {
        (now + timedelta(days=1)).date(),
        (now + timedelta(days=4)).date(),
    }


def test_with_when_empty_skip_an_empty_day_is_silent(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    join(post, "waltham", gazetteer, now)
    quiet = Post(post.register, post.store, post.links, post.mail, DigestSettings(when_empty="skip"))
    assert queue_due_digests(quiet, SourcesRead(3), morning_after(now)) == 0


def test_the_confirmation_asks_with_a_link(post: Post, now: datetime) -> None:
    subscriber, subscription = post.register.subscribe(READER, "raid", now, "UTC", "07:00", active=False)
    queue_confirmation(post, subscriber, subscription, now)
    delivery = post.register.claim_delivery(now)
    assert delivery is not None
    assert delivery.kind == "confirm"
    assert b"http://127.0.0.1:8080/confirm/" in delivery.message.replace(b"=\r\n", b"")


def test_a_source_is_read_when_one_of_its_feeds_is(sqlite_engine: Engine, post: Post, now: datetime) -> None:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    watchlist.record_unchanged(1, now, HALF_HOURLY)
    watchlist.record_feed_failure(2, "answered 404", 1.0, now, HALF_HOURLY)
    assert sources_read(watchlist.health(now, watched_only=True)) == SourcesRead(2, (("The Gazette", "answered 404"),))


class Slow:
    """A mailer that needs a minute a mail, and lets somebody else look for mail meanwhile."""

    def __init__(self, register: Register, now: datetime) -> None:
        self.register, self.now = register, now
        self.sent: list[str] = []
        self.taken_twice: list[str] = []

    def send(self, recipient: str, message: bytes) -> None:
        self.sent.append(recipient)
        self.now += timedelta(minutes=1)
        if len(self.sent) == 15:  # the last one: everything else was sent
            twice = self.register.claim_delivery(self.now)
            self.taken_twice += [twice.recipient] if twice else []


def test_the_last_mail_of_a_long_batch_is_not_taken_by_a_second_sender(post: Post, now: datetime) -> None:
    for n in range(15):
        subscriber, subscription = post.register.subscribe(f"r{n}@example.org", "x", now, "UTC", "07:00", active=False)
        queue_confirmation(post, subscriber, subscription, now)
    slow = Slow(post.register, now)
    assert deliver(post.register, slow, MAIL, lambda: slow.now) == (15, 0)
    assert len(set(slow.sent)) == 15
    assert slow.taken_twice == []


def test_who_leaves_while_a_mail_is_sent_does_not_stop_the_sending(post: Post, now: datetime) -> None:
    for n in range(2):
        subscriber, subscription = post.register.subscribe(f"r{n}@example.org", "x", now, "UTC", "07:00", active=False)
        queue_confirmation(post, subscriber, subscription, now)

    class Leaving:
        def send(self, recipient: str, message: bytes) -> None:
            post.register.leave(1, now)

    assert deliver(post.register, Leaving(), MAIL, lambda: now) == (2, 0)
    assert post.register.delivery_counts() == {"sent": 1}


def test_a_digest_shows_exactly_the_matches_it_carries(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article("first"))
    match_unmatched(post.store, post.register, gazetteer, now)
    asked = post.register.pending_matches

    def then_another_comes(subscriber_id: int, until: datetime) -> list[tuple[Match, Subscription]]:
        found = asked(subscriber_id, until)
        keep(sqlite_engine, article("second"))
        match_unmatched(post.store, post.register, gazetteer, now)
        return found

    monkeypatch.setattr(post.register, "pending_matches", then_another_comes)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 1
    text = parts(mailed(post))[0]
    assert ("first" in text, "second" in text) == (True, False)
    assert [m.story_id for m, _ in asked(1, now)] == [2]


def test_a_search_that_cannot_be_read_stops_no_other(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    post.register.subscribe(READER, 'place:"Nowhere, ZZ"', now, "UTC", "07:00", active=True)
    join(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article())
    assert match_unmatched(post.store, post.register, gazetteer, now) == (1, 1)
    assert "Nowhere, ZZ" in caplog.text


def test_a_search_that_is_added_while_others_are_matched_misses_nothing(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = post.register.unmatched

    def then_somebody_joins() -> list[Story]:
        monkeypatch.setattr(post.register, "unmatched", asked)
        join(post, "waltham", gazetteer, now)
        keep(sqlite_engine, article())
        return asked()

    monkeypatch.setattr(post.register, "unmatched", then_somebody_joins)
    assert match_unmatched(post.store, post.register, gazetteer, now) == (1, 1)


def test_a_digest_that_cannot_be_made_stops_no_other(
    post: Post, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    post.register.subscribe("a\nb@example.org", "x", now, "UTC", "07:00", active=True)  # no header can hold it
    post.register.subscribe("b@example.org", "x", now, "UTC", "07:00", active=True)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 1
    assert "the digest of subscriber 1 cannot be made" in caplog.text
    caplog.clear()
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 0
    assert "the digest of subscriber 1 cannot be made" in caplog.text  # it is tried again


def test_a_time_zone_that_is_known_no_more_stops_no_other(
    post: Post, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    post.register.subscribe("a@example.org", "x", now, "Mars/Olympus", "07:00", active=True)
    post.register.subscribe("b@example.org", "x", now, "UTC", "07:00", active=True)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 1
    assert "no digest can be made at 07:00 Mars/Olympus" in caplog.text
