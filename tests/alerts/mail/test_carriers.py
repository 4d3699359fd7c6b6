"""A mail server's answers over real sockets."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedReader

import pytest

from alerts.locale import worded
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, SmtpMailer
from alerts.mail.session import Patience
from alerts.settings import MailSettings

pytestmark = pytest.mark.slow

READER = "reader@example.org"
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
GOOD = {"banner": "220 mail", "EHLO": "250 mail", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on"}
GOOD |= {"end": "250 taken", "QUIT": "221 bye", "RSET": "250 ok"}


@contextmanager
def server(**answers: str) -> Iterator[tuple[MailSettings, list[bytes]]]:
    """A mail server that takes one conversation and answers each command as told; and the mails it took."""
    said = GOOD | answers  # "hang up": it closes the connection; "slowly …": after half a second
    taken: list[bytes] = []

    def converse() -> None:
        connection, _ = listener.accept()
        # Who hangs up in the middle is no failure of the server.
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.settimeout(5)
            answer(connection, said["banner"])
            for line in lines:
                verb = line.split()[0].decode().upper()
                answer(connection, said.get(verb, "502 unknown"))
                if verb == "DATA" and "354" in said[verb]:
                    if (text := text_of(lines)) is None:  # it was cut off
                        return
                    taken.append(text)
                    answer(connection, said["end"])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=converse, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        yield MailSettings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none"), taken
        thread.join(5)


def text_of(lines: BufferedReader) -> bytes | None:
    """A mail up to its final dot; None of one that was cut off."""
    text = b""
    for line in lines:
        if line == b".\r\n":
            return text
        text += line
    return None


def answer(connection: socket.socket, line: str) -> None:
    if line == "hang up":
        connection.shutdown(socket.SHUT_RDWR)
        return
    if line.startswith("slowly "):
        time.sleep(0.5)
    connection.sendall(line.removeprefix("slowly ").encode() + b"\r\n")


def send(settings: MailSettings, recipient: str = READER, patience: Patience | None = None) -> None:
    hand_over(settings, recipient, b"Subject: x\r\n\r\nx\r\n", patience)


def hand_over(settings: MailSettings, recipient: str, message: bytes, patience: Patience | None = None) -> None:
    with contextlib.closing(SmtpMailer(settings, patience)) as mailer:
        mailer.send(recipient, message)


def test_a_mail_is_handed_over_as_it_is() -> None:
    with server() as (settings, taken):
        send(settings)
    assert taken == [b"Subject: x\r\n\r\nx\r\n"]


@pytest.mark.parametrize(
    ("whose", "answers"),
    [
        ("server", {"banner": "554 go away"}),
        ("us", {"MAIL": "550 not you"}),
        ("recipient", {"RCPT": "450 later"}),
        ("us", {"RCPT": "550 5.7.1 blocked"}),
        ("recipient", {"RCPT": "552 5.2.2 mailbox full"}),
        ("us", {"DATA": "554 no"}),
        ("recipient", {"end": "451 later"}),
        ("us", {"end": "550 5.4.5 daily limit exceeded"}),
        ("server", {"end": "421 4.3.2 shutting down"}),
    ],
)
def test_what_is_said_to_us_or_for_now_delays_a_mail(whose: str, answers: dict[str, str]) -> None:
    with server(**answers) as (settings, _), pytest.raises(DeliveryDelayed) as raised:
        send(settings)
    assert next(iter(answers.values())) in worded(raised.value)
    assert (raised.value.whose, raised.value.in_doubt) == (whose, False)


@pytest.mark.parametrize(("at", "in_doubt"), [("MAIL", False), ("RCPT", False), ("DATA", False), ("end", True)])
def test_only_a_mail_that_was_handed_over_whole_is_in_doubt(at: str, in_doubt: bool) -> None:
    with server(**{at: "hang up"}) as (settings, _), pytest.raises(DeliveryDelayed) as raised:
        send(settings)
    assert (raised.value.whose, raised.value.in_doubt) == ("server", in_doubt)


@pytest.mark.parametrize(
    ("phase", "at"),
    [
        ("greeting", "banner"),
        ("greeting", "EHLO"),
        ("command", "MAIL"),
        ("command", "RCPT"),
        ("data", "DATA"),
        ("taken", "end"),
    ],
)
def test_each_answer_is_waited_for_as_long_as_its_phase_may_take(phase: str, at: str) -> None:
    late = {at: f"slowly {GOOD[at]}"}
    patient = Patience(greeting=5, command=5, data=5, taken=5)
    with server(**late) as (settings, taken):
        send(settings, patience=patient)
    assert len(taken) == 1
    with server(**late) as (settings, taken), pytest.raises(DeliveryDelayed) as raised:
        send(settings, patience=replace(patient, **{phase: 0.1}))
    assert (len(taken), raised.value.in_doubt) == ((1, True) if at == "end" else (0, False))


def test_no_phase_is_shorter_than_rfc_5321_asks_for() -> None:
    p = Patience()
    assert (p.greeting, p.command) >= (300, 300)
    assert (p.data, p.block) >= (120, 180)
    assert p.taken >= 600


@pytest.mark.parametrize("limit", [{"greeting": 0.6}, {"all": 0.6}])
def test_a_server_that_says_a_little_now_and_then_is_cut_off(limit: dict[str, float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                while True:
                    connection.sendall(b"2")
                    time.sleep(0.1)

        thread = threading.Thread(target=drip)
        thread.start()
        settings = MailSettings(smtp_host="127.0.0.1", smtp_port=listener.getsockname()[1], smtp_security="none")
        began = time.monotonic()
        with pytest.raises(DeliveryDelayed):
            send(settings, patience=replace(Patience(greeting=60), **limit))
        assert time.monotonic() - began < 5
        thread.join(5)


def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    with server() as (settings, taken):
        hand_over(settings, READER, b"Subject: x\n\n.one\n..two\n.")
    assert taken == [b"Subject: x\r\n\r\n..one\r\n...two\r\n..\r\n"]  # each with one more, which its reader takes off


def test_a_login_that_fails_delays_a_mail() -> None:
    with server(EHLO="250-mail\r\n250 AUTH PLAIN", AUTH="535 wrong password") as (settings, _):
        login = {"smtp_user": "icewire", "smtp_password": settings.smtp_password}
        with pytest.raises(DeliveryDelayed) as raised:
            send(settings.model_copy(update=login))
        assert "535 wrong password" in worded(raised.value)


@pytest.mark.parametrize("answers", [{"RCPT": "550 no such box"}, {"DATA": "554 5.6.0 no"}, {"end": "552 too big"}])
def test_what_is_said_of_the_recipient_or_the_mail_is_final(answers: dict[str, str]) -> None:
    with server(**answers) as (settings, _), pytest.raises(DeliveryRefused) as raised:
        send(settings)
    assert next(iter(answers.values())) in worded(raised.value)
    assert raised.value.nobody is ("RCPT" in answers)


def test_a_mail_that_was_taken_is_sent_whatever_is_said_to_the_goodbye() -> None:
    with server(QUIT="421 too busy") as (settings, taken):
        send(settings)
    assert len(taken) == 1


@pytest.mark.parametrize("recipient", ["josé@example.org", "a@bücher.example"])
def test_an_address_that_smtp_cannot_say_is_refused(recipient: str) -> None:
    with pytest.raises(DeliveryRefused) as raised:  # nobody is asked
        send(MailSettings(smtp_host="127.0.0.1", smtp_port=1), recipient)
    assert "is no address that mail can be sent to" in worded(raised.value)
