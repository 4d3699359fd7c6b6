"""`icewire doctor` as a person types it: a test mail, one that arrived, and when the exit status is 1."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine

from alerts.people.members import Members
from crawler.model import as_written
from scheduler.demo.sink import Sink
from tests.makers.commanding import Command, _here, engine, icewire  # noqa: F401
from tests.makers.dns_server import name_server
from tests.makers.making import HALF_HOURLY, NOON, watch

OPERATOR = "desk@paper.example"
ARRIVED = """\
Return-Path: <b+abc@bounces.relay.example>
Authentication-Results: mx.example; spf=pass smtp.mailfrom=relay.example;
 dkim=pass header.d=paper.example; dmarc=pass
DKIM-Signature: v=1; a=rsa-sha256; d=relay.example; s=big; h=from; bh=x; b=y
DKIM-Signature: v=1; a=rsa-sha256; d=paper.example; s=s7;
 h=from; bh=x; b=y
From: icewire <icewire@paper.example>
Subject: x

x
"""


@pytest.fixture
def sending(monkeypatch: pytest.MonkeyPatch, icewire: Command) -> None:  # noqa: F811
    for name, value in {
        "MAIL__SMTP_HOST": "127.0.0.1",
        "MAIL__SMTP_PORT": "1",
        "MAIL__SMTP_SECURITY": "none",
        "MAIL__SENDER": "icewire@paper.example",
        "MAIL__OPERATOR": OPERATOR,
    }.items():
        monkeypatch.setenv(f"ICEWIRE_{name}", value)


@pytest.mark.slow
@pytest.mark.usefixtures("sending")
def test_a_test_mail_goes_to_the_operator_and_the_servers_answer_is_said(
    icewire: Command,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Sink() as sink:
        monkeypatch.setenv("ICEWIRE_MAIL__SMTP_PORT", str(sink.port))
        monkeypatch.setenv("ICEWIRE_BOUNCES__ADDRESS", "bounces@paper.example")
        sink.answer = lambda: "250 taken as 7F3A"
        said = icewire("doctor", "--send-test")
        assert said.status == 0
        assert f"to {OPERATOR}: 127.0.0.1:{sink.port} took it and answered 250 taken as 7F3A" in said.out
        assert "it comes back to bounces+" in said.out
        [mail] = sink.mails.values()
        assert (mail["To"], mail["Subject"]) == (OPERATOR, "icewire: a test mail")
        sink.answer = lambda: "550 5.7.26 unauthenticated sender"
        refused = icewire("doctor", "--send-test", "other@paper.example")
        assert refused.status == 1
        assert "at DATA: the server does not take mail from us: the mail server answered 550 5.7.26" in refused.out
        assert "; mend" in refused.out


@pytest.mark.slow
@pytest.mark.usefixtures("sending")
def test_a_login_that_is_not_taken_is_wrong(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with Sink() as sink:
        monkeypatch.setenv("ICEWIRE_MAIL__SMTP_PORT", str(sink.port))
        monkeypatch.setenv("ICEWIRE_MAIL__SMTP_USER", "señora")
        Path("password").write_text("contraseña\n")
        monkeypatch.setenv("ICEWIRE_MAIL__SMTP_PASSWORD_FILE", "password")
        said = icewire("doctor", "--send-test")
    assert said.status == 1
    assert said.out.count(f"127.0.0.1:{sink.port}") == 2


@pytest.mark.usefixtures("sending")
def test_a_test_mail_that_nobody_takes_is_wrong(icewire: Command) -> None:  # noqa: F811
    said = icewire("doctor", "--send-test")
    assert (said.status, "127.0.0.1:1, connecting: " in said.out) == (1, True)
    assert "no test mail: " in icewire("doctor", "--send-test", "nobody").out
    assert "only of use with --send-test" in icewire("doctor", "me@paper.example").err


def test_without_a_server_the_test_mail_is_written_to_the_outbox(icewire: Command) -> None:  # noqa: F811
    said = icewire("doctor", "--send-test", OPERATOR)
    assert (said.status, "written to var/outbox" in said.out) == (0, True)
    assert len(list(Path("var/outbox").glob("*.eml"))) == 1
    assert "set mail.operator" in icewire("doctor", "--send-test").out


@pytest.mark.slow
@pytest.mark.usefixtures("sending")
def test_a_mail_that_arrived_tells_who_signed_it(
    icewire: Command,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("mail.eml").write_text(ARRIVED)
    zone = {"paper.example": {"TXT": ["v=spf1 -all"]}, "s7._domainkey.paper.example": {"TXT": ["v=DKIM1; p="]}}
    with name_server(zone) as resolver:
        monkeypatch.setattr("scheduler.doctor.system_resolver", lambda: resolver)
        said = icewire("doctor", "--arrived", "mail.eml").out
        assert "where it arrived was said: mx.example; spf=pass" in said
        assert "s7._domainkey.paper.example: the key was taken back" in said
        assert "bounces.relay.example: there is no SPF record" in said
        assert "SPF" not in icewire("doctor", "--offline").out
    assert "no.eml cannot be read" in icewire("doctor", "--arrived", "no.eml").out
    Path("mail.eml").write_text("hello")
    assert "is no mail: save its source" in icewire("doctor", "--arrived", "mail.eml").out


@pytest.mark.usefixtures("sending")
def test_offline_it_cannot_look(icewire: Command) -> None:  # noqa: F811
    assert "cannot look what servers check of paper.example" in icewire("doctor").out


@pytest.mark.slow
@pytest.mark.usefixtures("sending")
def test_the_record_of_our_own_key_is_told(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    key = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    Path("dkim.pem").write_bytes(key)
    Path("dkim.pem").chmod(0o644)
    monkeypatch.setenv("ICEWIRE_MAIL__DKIM_KEY_FILE", "dkim.pem")
    assert "set mail.dkim_selector" in icewire("doctor").out
    monkeypatch.setenv("ICEWIRE_MAIL__DKIM_SELECTOR", "ice")
    with name_server({"paper.example": {"MX": ["1 mx.example."]}}) as resolver:
        monkeypatch.setattr("scheduler.doctor.system_resolver", lambda: resolver)
        said = icewire("doctor").out.replace(" ", "")
    assert "writeaTXTrecordatice._domainkey.paper.example:v=DKIM1;k=rsa;p=MIIB" in said
    assert "everyuserofthismachinecanreaddkim.pem" in said


def test_that_no_feed_is_read_is_wrong(icewire: Command, engine: Engine) -> None:  # noqa: F811
    watchlist = watch(engine)
    watchlist.record_feed_failure(1, as_written("answered 503"), 0.25, NOON, HALF_HOURLY)
    Path("var/sources").mkdir()
    Path("var/sources/ma.toml").write_text(
        '[ledger]\nname = "Ledger"\nhomepage = "https://ledger.example"\ncity = "Waltham"\nstate = "MA"\n'
        '[[ledger.feeds]]\nurl = "https://ledger.example/feed"\nkind = "rss"\n'
    )
    said = icewire("doctor")
    assert "of 1 feed none is read, mostly: answered 503" in said.out
    assert said.status == 1


def test_backups_older_than_what_readers_are_promised_are_named(icewire: Command) -> None:  # noqa: F811
    folder = Path("var/backups")
    folder.mkdir()
    for name, age in (("old.db", 8), ("new.db", 6)):
        (folder / name).touch()
        made = (NOON - timedelta(days=age)).timestamp()
        os.utime(folder / name, (made, made))
    said = icewire("doctor")
    assert said.status == 0
    assert "older than the 7 days after which who left is erased: var/backups/old.db. Mend: delete" in said.out
    assert "new.db" not in said.out


@pytest.mark.usefixtures("sending")
def test_that_mail_to_subscribers_is_held_back_is_wrong(icewire: Command, engine: Engine) -> None:  # noqa: F811
    Members(engine).subscribe(OPERATOR, "raid", NOON, "America/New_York", "07:00", active=True)
    assert "who gets no mail" not in icewire("doctor").out  # the operator gets theirs
    Members(engine).subscribe("reader@example.org", "raid", NOON, "America/New_York", "07:00", active=True)
    assert "1 subscriber who gets no mail: " in icewire("doctor").out


def test_a_database_that_is_none_is_wrong(icewire: Command) -> None:  # noqa: F811
    Path("other").mkdir()
    Path("other/icewire.db").write_bytes(b"no database" * 1000)
    Path("other.toml").write_text('data = "other"\n')
    said = icewire("--config", "other.toml", "doctor")
    assert (said.status, "wrong" in said.out) == (1, True)


@pytest.mark.usefixtures("sending")
def test_a_record_cannot_steer_the_terminal(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with name_server({"paper.example": {"TXT": ["v=spf1 \x1b]0;owned\x07[bold]x \u202e -all"]}}) as resolver:
        monkeypatch.setattr("scheduler.doctor.system_resolver", lambda: resolver)
        said = icewire("doctor").printed
    assert "[bold]x" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
