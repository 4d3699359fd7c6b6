"""A mail server's answers over real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from alerts.locale import worded
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, SmtpMailer
from alerts.settings import MailSettings

pytestmark = pytest.mark.slow

READER = "reader@example.org"
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
GOOD = {"banner": "220 mail", "EHLO": "250 mail", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on"}
GOOD |= {"end": "250 taken", "QUIT": "221 bye", "RSET": "250 ok"}


@contextmanager
def server(**answers: str) -> Iterator[tuple[MailSettings, list[bytes]]]:
    """A mail server that takes one conversation and answers each command as told; and the mails it took."""
    said = GOOD | answers
    taken: list[bytes] = []

    def converse() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.settimeout(5)
            answer(connection, said["banner"])
            for line in lines:
                verb = line.split()[0].decode().upper()
                answer(connection, said.get(verb, "502 unknown"))
                if verb == "DATA" and said[verb].startswith("354"):
                    taken.append(b"".join(iter(lines.readline, b".\r\n")))
                    answer(connection, said["end"])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=converse)
        thread.start()
        port = listener.getsockname()[1]
        yield MailSettings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none"), taken
        thread.join(5)


def answer(connection: socket.socket, line: str) -> None:
    connection.sendall(line.encode() + b"\r\n")


def send(settings: MailSettings, recipient: str = READER) -> None:
    SmtpMailer(settings).send(recipient, b"Subject: x\r\n\r\nx\r\n")


def test_a_mail_is_handed_over_as_it_is() -> None:
    with server() as (settings, taken):
        send(settings)
    assert taken == [b"Subject: x\r\n\r\nx\r\n"]


@pytest.mark.parametrize(
    "answers", [{"banner": "554 go away"}, {"MAIL": "550 not you"}, {"RCPT": "450 later"}, {"end": "451 later"}]
)
def test_what_is_said_to_us_or_for_now_delays_a_mail(answers: dict[str, str]) -> None:
    with server(**answers) as (settings, _), pytest.raises(DeliveryDelayed) as raised:
        send(settings)
    assert next(iter(answers.values())) in worded(raised.value)


def test_a_login_that_fails_delays_a_mail() -> None:
    with server(EHLO="250-mail\r\n250 AUTH PLAIN", AUTH="535 wrong password") as (settings, _):
        login = {"smtp_user": "icewire", "smtp_password": settings.smtp_password}
        with pytest.raises(DeliveryDelayed) as raised:
            send(settings.model_copy(update=login))
        assert "535 wrong password" in worded(raised.value)


@pytest.mark.parametrize("answers", [{"RCPT": "550 no such box"}, {"DATA": "554 no"}, {"end": "552 too big"}])
def test_what_is_said_of_the_recipient_or_the_mail_is_final(answers: dict[str, str]) -> None:
    with server(**answers) as (settings, _), pytest.raises(DeliveryRefused) as raised:
        send(settings)
    assert next(iter(answers.values())) in worded(raised.value)


def test_a_mail_that_was_taken_is_sent_whatever_is_said_to_the_goodbye() -> None:
    with server(QUIT="421 too busy") as (settings, taken):
        send(settings)
    assert len(taken) == 1


@pytest.mark.parametrize("recipient", ["josé@example.org", "a@bücher.example"])
def test_an_address_that_smtp_cannot_say_is_refused(recipient: str) -> None:
    with server() as (settings, taken), pytest.raises(DeliveryRefused) as raised:
        send(settings, recipient)
    assert "is no address that mail can be sent to" in worded(raised.value)
    assert taken == []
