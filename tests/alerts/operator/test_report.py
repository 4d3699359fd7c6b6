"""The operator's mail: one a day, grouped, told once, and never to readers."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from alerts.digest.post import Post
from alerts.mail.carriers import Outbox
from alerts.mail.letter import Letter, delivery_of
from alerts.mail.links import Links
from alerts.mail.returns import record_returned
from alerts.mail.sending import deliver
from alerts.operator.report import queue_report
from alerts.people.bounces import note_complaint, note_refusal
from alerts.people.subscriber import Delivery
from alerts.settings import DigestSettings, MailSettings
from crawler.model import as_written, because
from crawler.model.story import Entry, Feed, Trouble
from crawler.watch.habits import Examination, Finding, TroubleKind
from crawler.watch.troubles import Troubles
from scheduler import jobs
from scheduler.deployment import open_deployment
from tests.makers.making import NOON, outlet, watch

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MAIL = MailSettings(sender="icewire@paper.example", operator="Desk@Paper.example", smtp_host="mail.paper.example")


@pytest.fixture
def post(sqlite_engine: Engine) -> Post:
    watch(
        sqlite_engine,
        outlet("ledger", name="The Ledger & Sun"),
        outlet("gazette", state="NH"),
        outlet("herald", state="NH"),
        outlet("wire", state="", city=""),
    )
    return Post.of(sqlite_engine, Links(b"a key", "http://localhost"), MAIL, DigestSettings())


@pytest.fixture
def troubles(sqlite_engine: Engine) -> Troubles:
    return Troubles(sqlite_engine)


def found(source_id: str, kind: TroubleKind = "silent", said: str = "nothing new since Tue, Mar 3") -> Examination:
    return Examination(source_id, (Finding(source_id, kind, NOON, as_written(said)),), frozenset({kind}))


def well(source_id: str, kind: TroubleKind = "silent") -> Examination:
    return Examination(source_id, (), frozenset({kind}))


def deliveries(engine: Engine) -> list[Delivery]:
    with Session(engine) as session:
        return list(session.exec(select(Delivery).order_by(col(Delivery.id))))


def mails(engine: Engine) -> list[EmailMessage]:
    return [message_from_bytes(d.message, policy=policy.default) for d in deliveries(engine)]


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return str(plain.get_content()).replace("\r\n", "\n"), str(rich.get_content())


def test_all_that_is_new_stands_in_one_mail_by_state(post: Post, troubles: Troubles, sqlite_engine: Engine) -> None:
    refused = "not read since Sun, Mar 1: answered <404>"
    troubles.record([found("ledger"), found("gazette"), found("herald", "failing", refused), found("wire")], NOON)
    assert queue_report(post, troubles, NOON)
    (mail,) = mails(sqlite_engine)
    assert mail["To"] == "desk@paper.example"
    assert mail["Subject"] == "icewire: 4 sources in trouble"
    assert mail["List-Unsubscribe"] is None
    plain, rich = parts(mail)
    headings = [line for line in plain.splitlines() if line.startswith("==") or line.endswith(":")]
    assert headings == [
        *("== Massachusetts ==", "Silent:"),
        *("== New Hampshire ==", "Cannot be read:", "Silent:"),
        *("== Nationwide ==", "Silent:"),
    ]
    assert "* The Ledger & Sun: nothing new since Tue, Mar 3\n  icewire sources check ledger\n" in plain
    assert "The Ledger &amp; Sun" in rich
    assert "answered &lt;404&gt;" in rich


def test_a_mail_is_made_at_most_once_a_day_and_holds_what_gathered(
    post: Post, troubles: Troubles, sqlite_engine: Engine
) -> None:
    everybody = ["ledger", "gazette"]
    troubles.record([found("ledger"), well("gazette")], NOON)
    assert queue_report(post, troubles, NOON)
    troubles.record(map(found, everybody), NOON + HOUR)
    assert not queue_report(post, troubles, NOON + HOUR)
    assert not queue_report(post, troubles, NOON + 22 * HOUR)  # 6 a.m. in Boston: the digests' hour is 7
    assert queue_report(post, troubles, NOON + DAY)
    plain, _ = parts(mails(sqlite_engine)[1])
    assert "Gazette: nothing new" in plain
    assert "Ledger" not in plain
    assert "1 trouble told earlier goes on." in plain


def test_a_recovery_is_told_once_and_dated(post: Post, troubles: Troubles, sqlite_engine: Engine) -> None:
    troubles.record([found("ledger")], NOON)
    queue_report(post, troubles, NOON)
    troubles.record([well("ledger")], NOON + 12 * HOUR)
    assert not queue_report(post, troubles, NOON + DAY)  # not for a day
    assert queue_report(post, troubles, NOON + 2 * DAY)
    assert not queue_report(post, troubles, NOON + 3 * DAY)
    mail = mails(sqlite_engine)[1]
    assert mail["Subject"] == "icewire: 1 source is well again"
    assert "Ledger & Sun: since Mon, Mar 9; it was: nothing new since Tue, Mar 3" in parts(mail)[0]


def test_a_crash_neither_loses_nor_doubles_it(
    post: Post, troubles: Troubles, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles.record([found("ledger")], NOON)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut_off:
        cut_off.setattr("alerts.operator.report.mark_told", crash)
        with pytest.raises(KeyboardInterrupt):
            queue_report(post, troubles, NOON)
    assert deliveries(sqlite_engine) == []
    assert queue_report(post, troubles, NOON)
    with Session(sqlite_engine) as session:
        assert [t.told_at for t in session.exec(select(Trouble))] == [NOON]
    assert not queue_report(post, Troubles(sqlite_engine), NOON)
    assert len(deliveries(sqlite_engine)) == 1


def test_without_an_operator_there_is_no_mail_and_nothing_counts_as_told(
    post: Post, troubles: Troubles, sqlite_engine: Engine
) -> None:
    troubles.record([found("ledger")], NOON)
    nobody = replace(post, mail=MAIL.model_copy(update={"operator": ""}))
    assert not queue_report(nobody, troubles, NOON)
    assert deliveries(sqlite_engine) == []
    assert queue_report(post, troubles, NOON)


def test_with_nothing_to_tell_there_is_no_mail(post: Post, troubles: Troubles) -> None:
    assert not queue_report(post, troubles, NOON)


def test_it_leaves_although_mail_to_readers_is_held_back(
    post: Post, troubles: Troubles, sqlite_engine: Engine, tmp_path: Path
) -> None:
    troubles.record([found("ledger")], NOON)
    queue_report(post, troubles, NOON)

    def clock() -> datetime:
        return NOON

    assert deliver(post.deliveries, Outbox(tmp_path / "outbox", clock), MAIL, clock) == (1, 0)
    assert [file.suffix for file in sorted((tmp_path / "outbox").iterdir())] == [".eml", ".html"]
    assert [d.state for d in deliveries(sqlite_engine)] == ["sent"]
    assert post.deliveries.latest_digest() is None  # what readers get is not mixed up with it
    assert post.members.subscribers() == []


def test_the_tick_looks_records_and_mails(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("var").mkdir()
    shutil.copy(sqlite_template, "var/icewire.db")
    monkeypatch.setenv("ICEWIRE_MAIL__OPERATOR", "desk@paper.example")
    monkeypatch.setenv("ICEWIRE_WATCH__SHIPPED", "false")
    now = NOON
    deployment = open_deployment()
    watch(deployment.engine, outlet("ledger"))
    with Session(deployment.engine) as session:
        for n in range(30):
            seen = now - timedelta(days=40 - n)
            session.add(Entry(feed_id=1, url=f"https://ledger.example/{n}", published_at=seen, seen_at=seen))
        session.exec(update(Feed).values(last_attempt_at=now, last_success_at=now))
        session.commit()
    for _ in range(2):
        jobs.health(Troubles(deployment.engine), deployment.post, (), 60, now)
        now += HOUR
    (mail,) = mails(deployment.engine)
    deployment.engine.dispose()
    assert "nothing new since Thu, Feb 26, 2026, usually 1 item a day" in parts(mail)[0]


def test_addresses_that_nobody_has_are_told_once(post: Post, troubles: Troubles, sqlite_engine: Engine) -> None:
    post.members.subscribe("gone@example.org", "x", NOON - 9 * DAY, "UTC", "07:00", active=True)
    with Session(sqlite_engine) as session:
        for n in (3, 2, 1):
            note_refusal(session, 1, as_written("550 5.1.1 <no> such user"), NOON - n * DAY)
        session.commit()
    assert queue_report(post, troubles, NOON)
    assert not queue_report(post, troubles, NOON + DAY)
    [mail] = mails(sqlite_engine)
    assert mail["Subject"] == "icewire: 1 address gets no more mail"
    plain, rich = parts(mail)
    assert "* gone@example.org: 550 5.1.1 <no> such user\n  icewire reactivate gone@example.org\n" in plain
    assert "550 5.1.1 &lt;no&gt; such user" in rich


def test_complaints_and_who_refuses_us_are_told_once(post: Post, troubles: Troubles, sqlite_engine: Engine) -> None:
    for n in range(2):
        post.members.subscribe(f"r{n}@big.example", "x", NOON - 9 * DAY, "UTC", "07:00", active=True)
    answer = because("mail_returned", status="5.7.26", said="no")
    refused = because("sender_refused", said=answer, mend=because("mend_spf"))
    with Session(sqlite_engine) as session:
        note_complaint(session, 1, NOON - DAY)
        session.add(delivery_of(Letter("digest", "r1@big.example", "<a@b>", b""), 2, NOON - DAY))
        session.commit()
    assert record_returned(sqlite_engine, 1, "us", refused, NOON - HOUR)
    assert queue_report(post, troubles, NOON)
    assert not queue_report(post, troubles, NOON + DAY)
    [mail] = [one for one in mails(sqlite_engine) if one["Subject"]]
    assert mail["Subject"] == "icewire: 1 server refuses your mail, 1 address gets no more mail"
    plain, rich = parts(mail)
    assert "* r0@big.example" in plain
    assert "* big.example: the server does not take mail from us: it came back with 5.7.26: no; mend the SPF" in plain
    assert "icewire doctor --mended" in rich
