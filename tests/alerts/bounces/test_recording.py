"""What follows of mails that come back: real digests, reports of them, and the days after; in both databases."""

import mailbox
import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from alerts.bounces.boxes import Look
from alerts.bounces.recording import Outcome
from alerts.bounces.return_path import ReturnPaths
from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.locale import in_words
from alerts.mail.carriers import Mailer, SmtpMailer
from alerts.mail.letter import Letter
from alerts.mail.message import sender_domain
from alerts.mail.returns import forgive, stops_of
from alerts.mail.sending import deliver
from alerts.matching.matches import Found
from alerts.people.subscriber import Delivery, Subscriber
from alerts.people.unreached import Unreached
from alerts.settings import BounceSettings
from crawler.model import Why
from scheduler.crawls import Crawls
from scheduler.demo.sink import Sink
from scheduler.deployment import open_deployment
from scheduler.jobs import read_bounces
from scheduler.timetable import ticks
from tests.makers.bouncing import complaint, returned
from tests.makers.mailing import MAIL, READER, join, mailed, morning_after, parts, post_of, smtp
from tests.makers.making import article, keep, outlet, watch

pytestmark = pytest.mark.slow  # days of mail each

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SETTINGS = BounceSettings(address="bounces@icewire.example")
US = "550 5.7.26 Unauthenticated email is not accepted: DKIM = did not pass"


class Relay(Mailer):
    """Takes every mail and remembers the return path of each."""

    def __init__(self, post: Post) -> None:
        self.post, self.sent, self.box = post, list[tuple[str, str, str]](), list[bytes]()
        self.now = morning_after(datetime.fromisoformat("2026-03-09T12:00:00+00:00"))
        self.paths = ReturnPaths(b"a key", SETTINGS, lambda: self.now)

    def send(self, recipient: str, message: bytes) -> None:
        found = next(line for line in message.splitlines() if line.lower().startswith(b"message-id:"))
        self.sent.append((recipient, self.paths.of(message), found.decode().partition(":")[2].strip()))

    def look_through(self, is_done: Look) -> int:
        seen = len(self.box)
        self.box = [raw for raw in self.box if not is_done(raw)]
        return seen

    def waiting(self) -> int:
        return len(self.box)

    def morning(self) -> list[tuple[str, str, str]]:
        """A day later: the digests are made and taken."""
        self.now += DAY
        before = len(self.sent)
        queue_due_digests(self.post, SourcesRead(1), self.now)
        deliver(self.post.deliveries, self, MAIL, lambda: self.now)
        return self.sent[before:]

    def comes_back(self, *raw: bytes) -> Counter[Outcome]:
        self.now += timedelta(minutes=5)
        self.box += raw
        engine = self.post.deliveries.engine
        return read_bounces(engine, self, self.paths, sender_domain(MAIL), self.now)


@pytest.fixture
def relay(sqlite_engine: Engine, now: datetime) -> Relay:
    return begun(sqlite_engine, now)


def begun(engine: Engine, now: datetime) -> Relay:
    """One reader, and a story for them."""
    watch(engine, outlet("ledger"))
    post = post_of(engine)
    join(post, now)
    added = keep(engine, article("raid"))
    [story] = post.matches.unmatched()
    post.matches.record_matches(story, [Found([1], added.article_id, [])], now)
    return Relay(post)


def reader(relay: Relay, email: str = READER) -> Subscriber:
    with Session(relay.post.deliveries.engine) as session:
        return session.exec(select(Subscriber).where(Subscriber.email == email)).one()


def states(relay: Relay) -> list[str]:
    with Session(relay.post.deliveries.engine) as session:
        return list(session.exec(select(Delivery.state).order_by(col(Delivery.id))))


def because_of(person: Subscriber) -> str:
    return in_words(Why(person.bounced_because, person.bounced_because_args))


def test_an_address_that_nobody_has_behind_a_relay_is_left_alone_after_three_days(relay: Relay) -> None:
    for _ in range(3):
        [(_, path, _)] = relay.morning()
        assert "raid" in parts(mailed(relay.post))[0]  # what came back is told anew
        assert relay.comes_back(returned(path)) == {"recorded": 1}
    assert (reader(relay).state, states(relay)) == ("bounced", ["returned"] * 3)
    assert "nobody has the address: it came back with 5.1.1" in because_of(reader(relay))
    assert relay.morning() == []


def test_what_is_told_twice_counts_once(relay: Relay) -> None:
    [(_, path, _)] = relay.morning()
    assert relay.comes_back(*[returned(path)] * 5) == {"recorded": 1, "known": 4}
    assert reader(relay).refusals == 1


def test_a_mail_that_stays_away_means_that_the_address_is_there(relay: Relay) -> None:
    for comes_back in (True, True, False, True, True, False, True):
        [(_, path, _)] = relay.morning()
        if comes_back:
            relay.comes_back(returned(path))
    person = reader(relay)
    assert (person.state, person.refusals) == ("active", 1)


@pytest.mark.parametrize(("last", "state"), [(6, "active"), (8, "bounced")], ids=["twenty days", "three weeks"])
def test_a_full_box_is_left_alone_after_three_weeks(relay: Relay, last: int, state: str) -> None:
    for days in (0, 7, 7, last):
        relay.now += max(0, days - 1) * DAY
        for _, path, _ in relay.morning():
            relay.comes_back(returned(path, status="5.2.2", said="552 5.2.2 mailbox full"))
    person = reader(relay)
    assert (person.state, person.refusals) == (state, 0)
    assert because_of(person).startswith("the mailbox is full: it came back with 5.2.2")


def test_a_full_box_at_the_door_is_left_alone_as_well(post: Post, sink: Sink, now: datetime) -> None:
    join(post, now)
    sink.answer = lambda: "452 4.2.2 mailbox full"
    for days in (0, 7, 14, 22):
        morning = morning_after(now) + days * DAY
        queue_due_digests(post, SourcesRead(1), morning)
        deliver(post.deliveries, SmtpMailer(smtp(sink)), MAIL, lambda morning=morning: morning)  # type: ignore[misc]
    [person] = Unreached(post.members.engine).bounced()
    assert because_of(person).startswith("the mailbox is full: the mail server answered 452 4.2.2")
    assert "queued" not in post.deliveries.delivery_counts()


def test_who_takes_no_mail_of_ours_is_left_alone_after_three_weeks(post: Post, sink: Sink, now: datetime) -> None:
    join(post, now)
    sink.answer = lambda: "554 5.6.0 this content is not taken"
    for days in (0, 7, 14, 22):
        morning = morning_after(now) + days * DAY
        queue_due_digests(post, SourcesRead(1), morning)
        deliver(post.deliveries, SmtpMailer(smtp(sink)), MAIL, lambda morning=morning: morning)  # type: ignore[misc]
    [person] = Unreached(post.members.engine).bounced()
    assert because_of(person).startswith("the server does not take what this mail holds")


def test_in_both_databases(engine: Engine, now: datetime) -> None:
    relay = begun(engine, now)
    for _ in range(2):
        [(_, path, _)] = relay.morning()
        relay.comes_back(returned(path))
    assert (reader(relay).refusals, states(relay)) == (2, ["returned"] * 2)
    for _ in range(2):
        [(_, path, _)] = relay.morning()
        relay.comes_back(returned(path, READER, "5.7.26", US))
    assert relay.morning() == []
    assert forgive(engine) == 2
    [(_, path, _)] = relay.morning()
    assert relay.comes_back(complaint(path)) == {"recorded": 1}
    assert reader(relay).state == "left"


def test_who_calls_it_spam_leaves_at_once(relay: Relay) -> None:
    [(_, path, _)] = relay.morning()
    assert relay.comes_back(complaint(path), complaint(path)) == {"recorded": 1, "known": 1}
    person = reader(relay)
    assert (person.state, because_of(person)) == ("left", "the reader called it spam")
    assert [one.email for one in Unreached(relay.post.members.engine).complained()] == [READER]
    assert relay.morning() == []


@pytest.mark.parametrize("change", ["forged", "old", "anothers"])
def test_a_token_that_is_not_genuine_does_nothing(relay: Relay, change: str) -> None:
    [(_, path, message_id)] = relay.morning()
    match change:
        case "forged":
            path = path[:12] + ("b" if path[12] == "a" else "a") + path[13:]
        case "old":
            relay.now += 40 * DAY
        case "anothers":
            path = ReturnPaths(b"their key", SETTINGS, lambda: relay.now).of(f"Message-ID: {message_id}\n\n".encode())
    assert relay.comes_back(returned(path, message_id=message_id)) == {"strange": 1}
    assert relay.comes_back(complaint(path, message_id=message_id)) == {"strange": 2}
    assert (reader(relay).state, states(relay)) == ("active", ["sent"])


def test_without_a_token_it_counts_by_the_mail_that_went_to_that_very_address(relay: Relay) -> None:
    [(_, _, message_id)] = relay.morning()
    to, other = "bounces@icewire.example", "somebody@example.org"
    strange = [
        returned(to, other, message_id=message_id),
        returned(to, message_id="<0123@icewire.example>"),
        returned(to),
        complaint(to, other, message_id),
        b"From: A Person <a@b.example>\r\nTo: bounces@icewire.example\r\n\r\nHello?",
    ]
    assert relay.comes_back(*strange) == {"strange": 5}
    assert relay.waiting() == 5
    assert states(relay) == ["sent"]
    assert relay.comes_back(returned(to, message_id=message_id))["recorded"] == 1


def test_what_is_still_being_tried_does_no_harm(relay: Relay) -> None:
    [(_, path, _)] = relay.morning()
    late = returned(path, status="4.4.1", said="connection timed out", action="delayed")
    assert relay.comes_back(late, late) == {"known": 2}
    assert (states(relay), reader(relay).returns) == (["sent"], 0)


def test_a_mail_that_is_refused_for_what_it_holds_does_not_return_daily(relay: Relay) -> None:
    [(_, path, _)] = relay.morning()
    assert "raid" in parts(mailed(relay.post))[0]
    relay.comes_back(returned(path, status="5.6.0", said="554 5.6.0 this content is not taken"))
    [_] = relay.morning()
    plain = parts(mailed(relay.post))[0]
    assert "raid" not in plain
    assert "/digest/" in plain  # it stands on the page of what the mail only counts
    [_] = relay.morning()
    assert "/digest/" not in parts(mailed(relay.post))[0]
    assert reader(relay).state == "active"


def many(relay: Relay, now: datetime, domain: str, people: int) -> None:
    for n in range(people):
        join(relay.post, now, f"r{n}@{domain}")


def test_who_refuses_us_gets_no_more_until_it_is_mended_and_no_reader_is_to_blame(relay: Relay, now: datetime) -> None:
    many(relay, now, "big.example", 4)
    engine = relay.post.deliveries.engine
    sent = [one for one in relay.morning() if one[0].endswith("@big.example")]
    relay.comes_back(*(returned(path, to, "5.7.26", US) for to, path, _ in sent[:2]))
    assert not stops_of(engine, relay.now).domains  # two of four may be two who pretend
    relay.comes_back(*(returned(path, to, "5.7.26", US) for to, path, _ in sent[2:]))
    said = in_words(stops_of(engine, relay.now).why("r1@big.example"))
    assert said.startswith("nothing is sent to big.example until that is mended: the server does not take mail from us")
    assert "mend DKIM" in said
    assert [to for to, *_ in relay.morning()] == [READER]
    assert {person.state for person, _ in relay.post.members.subscribers()} == {"active"}
    assert forgive(engine) == 4
    assert len(relay.morning()) == 5


def test_three_domains_that_refuse_us_stop_all_mail_but_the_operators(relay: Relay, now: datetime) -> None:
    for domain in ("a.example", "b.example", "c.example"):
        many(relay, now, domain, 3)
    sent = [one for one in relay.morning() if one[0] != READER]
    relay.comes_back(*(returned(path, to, "5.7.26", US) for to, path, _ in sent))
    assert relay.morning() == []
    assert states(relay).count("returned") == 9


def test_the_envelope_of_a_mail_has_its_return_path(relay: Relay, sink: Sink) -> None:
    seen: list[str] = []
    take = sink.handle_DATA

    async def noting(server: object, session: object, envelope: object) -> str:
        seen.append(str(getattr(envelope, "mail_from", "")))
        return await take(server, session, envelope)

    sink.handle_DATA = noting  # type: ignore[method-assign]
    relay.now += DAY
    queue_due_digests(relay.post, SourcesRead(1), relay.now)
    deliver(relay.post.deliveries, SmtpMailer(smtp(sink), return_path=relay.paths.of), MAIL, lambda: relay.now)
    [path] = seen
    assert relay.paths.tokens([path])
    assert relay.comes_back(returned(path)) == {"recorded": 1}


def test_the_daemons_tick_reads_a_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ICEWIRE_BOUNCES__ADDRESS", SETTINGS.address)
    monkeypatch.setenv("ICEWIRE_BOUNCES__MAILDIR", "box")  # beside the settings file
    (tmp_path / "icewire.toml").touch()
    box = mailbox.Maildir(tmp_path / "box")
    deployment = open_deployment(tmp_path / "icewire.toml")
    tick = ticks(deployment, Crawls())["bounces"]
    deployment.members.subscribe(READER, "x", deployment.clock(), "UTC", "07:00", active=True)
    message_id = f"<{'ab' * 16}@localhost>"
    letter = Letter("digest", READER, message_id, f"Message-ID: {message_id}\r\n\r\n".encode())
    deployment.deliveries.queue(letter, 1, deployment.clock())
    assert deployment.return_paths is not None
    box.add(returned(deployment.return_paths.of(letter.message)))
    box.add(b"Subject: hello\n\n")
    tick()
    tick()
    assert deployment.deliveries.delivery_counts() == {"returned": 1}
    assert (len(box), len(box.get_folder("icewire-unread"))) == (0, 1)
    shutil.rmtree(tmp_path / "box")
    tick()  # says so and goes on
    deployment.engine.dispose()
