"""Our mails and a real mail server, Postfix as Debian has it: what it takes arrives, what it refuses is told."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from alerts.digest.post import Post
from alerts.locale import in_words
from alerts.mail.carriers import SmtpMailer
from alerts.mail.dkim import DkimKey, signed
from alerts.mail.sending import deliver
from alerts.people.subscriber import Delivery
from alerts.settings import MailSettings
from crawler.model import Why
from tests.alerts.mail.test_dkim import ED25519, RSA, is_valid
from tests.makers.certificates import own_certificate
from tests.makers.mailing import ask
from tests.makers.postfix import PASSWORD, Postfix, needs_postfix, postfix

pytestmark = needs_postfix


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    with postfix() as server:
        yield server


@pytest.fixture(autouse=True)
def _trusted_and_as_usual(server: Postfix, monkeypatch: pytest.MonkeyPatch) -> None:
    server.begin_anew()
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))


def sends(post: Post, mail: MailSettings, now: datetime) -> tuple[int, int]:
    """Send what is due now; how many were taken, and how many not."""
    mailer = SmtpMailer(mail)
    counts = deliver(post.deliveries, mailer, mail, lambda: now)
    mailer.close()
    return counts


def queued(post: Post) -> list[Delivery]:
    with Session(post.deliveries.engine) as session:
        return list(session.exec(select(Delivery).order_by("id")))


def told(delivery: Delivery) -> str:
    return in_words(Why(delivery.error, delivery.error_args))


def as_it_left(arrived: bytes) -> bytes:
    """Without the lines that servers on the way put above it."""
    by_servers = rb"\A(?:(?:Return-Path|X-Original-To|Delivered-To|Received):.*\n(?:[ \t].*\n)*)+"
    return re.sub(by_servers, b"", arrived)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_what_arrives_is_what_was_queued_to_the_byte(server: Postfix, post: Post, now: datetime, security: str) -> None:
    ask(post, now, query="raid OR “redada”")
    assert sends(post, server.settings(security), now) == (1, 0)
    [arrived], [left] = server.arrived(1), queued(post)
    assert as_it_left(arrived) == left.message.replace(b"\r\n", b"\n")
    assert (b"with ESMTPS" in arrived) is (security != "none")


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_our_signature_is_valid_where_it_arrives_also_of_lines_that_begin_with_dots(
    server: Postfix, key: DkimKey
) -> None:
    mail = (
        b"From: digest@icewire.example\r\nSubject: x\r\nMessage-ID: <a@b>\r\nDate: Mon, 9 Mar 2026 12:00:00 +0000\r\n"
    )
    mailer = SmtpMailer(server.settings())
    mailer.send("reader@example.org", signed(mail + b"To: reader@example.org\r\n\r\n.\r\n..a\r\n \r\nb\r\n\r\n", key))
    mailer.close()
    [arrived] = server.arrived(1)
    assert is_valid(as_it_left(arrived).replace(b"\n", b"\r\n"), key)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_relays_for_who_has_logged_in(server: Postfix, post: Post, now: datetime, security: str) -> None:
    ask(post, now, "reader@elsewhere.example")
    assert sends(post, server.settings(security, PASSWORD), now) == (1, 0)
    assert b"with ESMTPSA" in server.arrived(1)[0]


@pytest.mark.parametrize(
    ("security", "login", "reason"),
    [
        ("starttls", "", "Relay access denied"),
        ("starttls", "wrong", "535 5.7.8"),
        ("tls", "wrong", "535 5.7.8"),
        ("none", PASSWORD, "SMTP AUTH extension not supported"),  # it would be read on the way
    ],
)
def test_a_login_that_is_missing_or_wrong_is_told_and_no_readers_fault(
    server: Postfix, post: Post, now: datetime, security: str, login: str, reason: str
) -> None:
    ask(post, now, "reader@elsewhere.example")
    assert sends(post, server.settings(security, login), now) == (0, 1)
    [waiting] = queued(post)
    assert reason in told(waiting)
    assert (waiting.state, post.members.subscribers()[0][0].refusals) == ("queued", 0)
    assert sends(post, server.settings("starttls", PASSWORD), now + timedelta(minutes=5)) == (1, 0)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("host", "days", "reason"),
    [
        ("127.0.0.1", 1, "self-signed certificate"),
        ("127.0.0.1", -1, "certificate has expired"),
        ("mail.example", 1, "certificate is not valid for '127.0.0.1'"),
    ],
    ids=["unknown", "expired", "of another"],
)
def test_a_server_that_cannot_prove_its_name_gets_nothing(
    server: Postfix, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime,
    security: str, host: str, days: int, reason: str,
) -> None:  # fmt: skip
    certificate = own_certificate(tmp_path, host, days)
    server.start(smtpd_tls_chain_files=str(certificate))
    if "self-signed" not in reason:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    ask(post, now)
    assert sends(post, server.settings(security), now) == (0, 1)
    [waiting] = queued(post)
    assert reason in told(waiting)
    assert waiting.state == "queued"
    server.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert sends(post, server.settings(security), now + timedelta(minutes=5)) == (1, 0)
    assert len(server.arrived(1)) == 1


def test_a_server_that_offers_no_starttls_where_it_is_wanted_gets_nothing(
    server: Postfix, post: Post, now: datetime
) -> None:
    server.start(smtpd_tls_security_level="none")
    ask(post, now)
    assert sends(post, server.settings("starttls"), now) == (0, 1)
    assert "STARTTLS extension not supported" in told(queued(post)[0])


def test_an_address_that_nobody_has_is_told_and_costs_the_others_nothing(
    server: Postfix, post: Post, now: datetime
) -> None:
    for name in ("a", "nobody", "b"):
        ask(post, now, f"{name}@example.org")
    assert sends(post, server.settings(), now) == (2, 1)
    refused = next(delivery for delivery in queued(post) if delivery.state != "sent")
    assert (refused.state, refused.recipient) == ("failed", "nobody@example.org")
    assert "550 5.1.1" in told(refused)
    assert "User unknown" in told(refused)
    assert len(server.arrived(2)) == 2


def test_what_is_to_come_again_is_sent_again_later_as_the_same_mail(server: Postfix, post: Post, now: datetime) -> None:
    grey = "check_recipient_access inline:{{late@example.org = 450 4.2.0 come again}}"
    server.start(smtpd_recipient_restrictions=grey)
    for name in ("late", "reader"):
        ask(post, now, f"{name}@example.org")
    assert sends(post, server.settings(), now) == (1, 1)
    late = queued(post)[0]
    assert (late.state, late.attempts) == ("queued", 1)
    assert "450 4.2.0" in told(late)
    server.start()
    assert sends(post, server.settings(), now + timedelta(seconds=30)) == (0, 0)
    assert sends(post, server.settings(), now + timedelta(minutes=1)) == (1, 0)
    [again] = [mail for mail in server.arrived(2) if b"late@example.org" in mail]
    assert as_it_left(again) == late.message.replace(b"\r\n", b"\n")


def test_a_mail_that_is_too_large_is_refused_before_it_is_handed_over(
    server: Postfix, post: Post, now: datetime
) -> None:
    server.start(message_size_limit="500")
    ask(post, now)
    assert sends(post, server.settings(), now) == (0, 1)
    [refused] = queued(post)
    assert refused.state == "failed"
    assert "552 5.3.4" in told(refused)
    assert "DATA" not in server.log.rpartition("daemon started")[2]


def test_a_server_that_takes_two_connections_at_once_gets_all_mails_over_two(
    server: Postfix, post: Post, now: datetime
) -> None:
    server.start(smtpd_client_connection_count_limit="2")
    for n in range(30):
        ask(post, now, f"r{n}@example.org")
    mail = server.settings().model_copy(update={"connections": 4})
    assert sends(post, mail, now) == (30, 0)
    assert len(server.arrived(30)) == 30
    assert "Connection concurrency limit exceeded" in server.log


def test_a_server_that_is_started_anew_between_two_mails_gets_each_once(server: Postfix) -> None:
    mailer = SmtpMailer(server.settings("starttls"))
    for n in range(6):
        mailer.send("reader@example.org", b"X-N: %d\r\nSubject: x\r\n\r\nx\r\n" % n)
        if n % 2:
            server.arrived(n + 1)  # it may deliver anew what it was at when it ended
            server.start()
    mailer.close()
    assert sorted(re.findall(rb"X-N: (\d)", b"".join(server.arrived(6)))) == [b"%d" % n for n in range(6)]


def test_a_server_that_is_down_for_a_while_gets_the_mail_after(server: Postfix, post: Post, now: datetime) -> None:
    server.stop()
    ask(post, now)
    assert sends(post, server.settings(), now) == (0, 1)
    server.start()
    assert sends(post, server.settings(), now + timedelta(minutes=1)) == (1, 0)
    assert len(server.arrived(1)) == 1
