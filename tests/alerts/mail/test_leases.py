"""Several send at once, servers answer late, senders die in the middle: each mail comes once, or again as the same."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from alerts.digest.post import Post
from alerts.mail import handing
from alerts.mail.carriers import Mailer, SmtpMailer
from alerts.mail.deliveries import Deliveries
from alerts.mail.leases import Leases, LeaseTimes
from alerts.mail.sending import deliver
from alerts.mail.session import Patience
from alerts.people.subscriber import Delivery, Lease
from crawler.model import because
from tests.makers.late_mail import LateServer
from tests.makers.mailing import after_a_crash, ask, claim, join, letter, post_of
from tests.makers.making import watch

QUICK = LeaseTimes(beat=0.05, over=0.6)  # the same code, three hundred times as fast
SENDER = """
import sys
from datetime import UTC, datetime
from alerts.mail import Deliveries, SmtpMailer, deliver
from alerts.settings import MailSettings
from crawler.database import open_database
mail = MailSettings.model_validate_json(sys.argv[2])
deliver(Deliveries(open_database(sys.argv[1])), SmtpMailer(mail), mail, lambda: datetime.fromisoformat(sys.argv[3]))
"""


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine)
    return post_of(engine)


def sender(engine: Engine, times: LeaseTimes = QUICK) -> Deliveries:
    """The queue as one process sees it."""
    return Deliveries(engine, Leases(engine, times))


def question(post: Post, now: datetime, people: int = 1) -> None:
    """So many mails are queued."""
    for n in range(people):
        ask(post, now, f"r{n}@example.org")


def leases(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.exec(select(Lease)).all())


@pytest.mark.slow
@pytest.mark.slow
def test_a_server_that_answers_late_gets_one_copy_however_many_look_for_mail(
    post: Post, engine: Engine, now: datetime
) -> None:
    question(post, now, 2)
    patience = Patience(greeting=30, command=30, data=30, taken=30)
    with LateServer(4 * QUICK.over) as server:
        mailer = SmtpMailer(server.settings, patience)
        senders = [
            threading.Thread(target=deliver, args=(sender(engine), mailer, server.settings, lambda: now))
            for _ in range(3)
        ]
        for thread in senders:
            thread.start()
        while any(thread.is_alive() for thread in senders):
            deliver(sender(engine), mailer, server.settings, lambda: now + timedelta(hours=3))
            time.sleep(QUICK.over / 4)
    assert len(server.copies) == 2
    assert post.deliveries.delivery_counts() == {"sent": 2}
    assert leases(engine) == 0


@pytest.mark.slow
@pytest.mark.slow
def test_a_sender_that_is_killed_between_the_mail_and_the_answer_repeats_it_once_to_the_byte(
    post: Post, engine: Engine, database_url: str, now: datetime
) -> None:
    question(post, now)
    with LateServer(30) as server:
        given = (database_url, server.settings.model_dump_json(), now.isoformat())
        child = subprocess.Popen([sys.executable, "-c", SENDER, *given])
        server.wait_for(1)
        child.send_signal(signal.SIGKILL)
        child.wait()
        server.late = 0
        again, mailer = sender(engine), SmtpMailer(server.settings)
        assert deliver(again, mailer, server.settings, lambda: now) == (0, 0)  # it may be alive
        end = time.monotonic() + 30
        while len(server.copies) < 2 and time.monotonic() < end:
            time.sleep(QUICK.over / 6)
            deliver(again, mailer, server.settings, lambda: now)
        assert deliver(again, mailer, server.settings, lambda: now) == (0, 0)
    first, second = server.copies
    assert first == second
    assert message_from_bytes(first)["Message-ID"]
    assert post.deliveries.delivery_counts() == {"sent": 1}
    assert leases(engine) == 0


def test_two_who_claim_in_hundreds_share_no_delivery(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    for n in range(30):
        post.deliveries.queue(letter(str(n)), 1, now)
    one, other = sender(engine), sender(engine)
    with one.leases.held() as first, other.leases.held() as second:
        shares = [one.claim(first, now, 20), other.claim(second, now, 20), one.claim(first, now, 20)]
    assert [len(share) for share in shares] == [20, 10, 0]
    assert len({delivery for share in shares for delivery in share}) == 30


def test_what_was_claimed_and_not_begun_is_as_it_was(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    for n in range(3):
        post.deliveries.queue(letter(str(n)), 1, now)
    with post.deliveries.leases.held() as holder:
        first, *_ = post.deliveries.claim(holder, now + timedelta(hours=1), 3)
        holder.begin(first)
        post.deliveries.give_back(holder)
    with Session(engine) as session:
        rows = session.exec(select(Delivery).order_by("id")).all()
    assert [(d.state, d.attempts, d.in_doubt) for d in rows] == [("queued", 1, True), *[("queued", 0, False)] * 2]
    assert [d.next_attempt_at for d in rows[1:]] == [now, now]
    assert leases(engine) == 0


def test_who_was_thought_gone_settles_nothing_but_a_yes(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    post.deliveries.queue(letter(), 1, now)
    stale = claim(post.deliveries, now)
    assert after_a_crash(post.deliveries, now) == 1
    newer = claim(post.deliveries, now)
    assert stale is not None
    assert newer is not None
    post.deliveries.record_unsent(stale, because("mail_answered", code=550, said="no"), None)
    post.deliveries.record_held(stale, because("held_back"), now)
    assert post.deliveries.delivery_counts() == {"sending": 1}
    post.deliveries.record_sent([stale.id or 0], now)
    post.deliveries.record_unsent(newer, because("mail_answered", code=451, said="later"), now)
    assert post.deliveries.delivery_counts() == {"sent": 1}


def test_a_holder_that_slept_too_long_claims_nothing_more(post: Post, now: datetime) -> None:
    join(post, now)
    for n in range(2):
        post.deliveries.queue(letter(str(n)), 1, now)
    with post.deliveries.leases.held() as holder:
        [taken] = post.deliveries.claim(holder, now)
        after_a_crash(post.deliveries, now)
        assert post.deliveries.claimed(holder, [taken]) == []
        assert post.deliveries.claim(holder, now) == []
    assert post.deliveries.delivery_counts() == {"queued": 2}


def test_what_an_older_icewire_was_sending_is_sent_again(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    post.deliveries.queue(letter(), 1, now)
    with Session(engine) as session:
        session.exec(select(Delivery)).one().state = "sending"
        session.commit()
    assert post.deliveries.reclaim(now) == 1
    assert post.deliveries.reclaim(now) == 0


@pytest.mark.slow
@pytest.mark.slow
def test_one_that_hangs_keeps_its_lease_no_longer_than_any_mail_takes(
    post: Post, engine: Engine, now: datetime
) -> None:
    join(post, now)
    post.deliveries.queue(letter(), 1, now)
    hanging, other = sender(engine, LeaseTimes(beat=0.05, over=0.3, longest=0.3)), sender(engine)
    with hanging.leases.held() as holder:
        assert len(hanging.claim(holder, now)) == 1
        end = time.monotonic() + 30
        while not other.reclaim(now):
            assert time.monotonic() < end
            time.sleep(0.1)


def test_while_it_cannot_be_written_down_that_a_mail_was_taken_nothing_more_is_sent(
    post: Post, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    question(post, now, 3)
    monkeypatch.setattr(handing, "RECORD_AGAIN", (0.01, 0.02))
    taken: list[str] = []
    tries = iter(range(1, 100))
    record = Deliveries.record_sent

    class Full(Mailer):
        def send(self, recipient: str, message: bytes) -> None:
            taken.append(recipient)

    def full(deliveries: Deliveries, delivery_ids: Sequence[int], at: datetime, held: Connection) -> None:
        if len(taken) == 2 and next(tries) < 9:
            raise OperationalError("UPDATE delivery", {}, Exception("database or disk is full"))
        record(deliveries, delivery_ids, at, held)

    monkeypatch.setattr(Deliveries, "record_sent", full)
    assert deliver(post.deliveries, Full(), post.mail, lambda: now) == (3, 0)
    assert len(set(taken)) == len(taken) == 3
    assert sum("disk is full" in line for line in caplog.messages) == 1
