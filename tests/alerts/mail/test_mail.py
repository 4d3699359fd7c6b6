"""A mail's headers as bytes, a mail server's answers over real sockets, and the settings of both."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from alerts.digest.compose import SourcesRead, compose
from alerts.digest.render import digest_message
from alerts.mail.mail import Envelope, MailDelayed, MailRefused, SmtpMailer, confirm_message
from alerts.settings import MailSettings
from scheduler.settings import SettingsError, load

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
    with server(**answers) as (settings, _), pytest.raises(MailDelayed, match=next(iter(answers.values()))):
        send(settings)


def test_a_login_that_fails_delays_a_mail() -> None:
    with server(EHLO="250-mail\r\n250 AUTH PLAIN", AUTH="535 wrong password") as (settings, _):
        login = {"smtp_user": "icewire", "smtp_password": settings.smtp_password}
        with pytest.raises(MailDelayed, match="535 wrong password"):
            send(settings.model_copy(update=login))


@pytest.mark.parametrize("answers", [{"RCPT": "550 no such box"}, {"DATA": "554 no"}, {"end": "552 too big"}])
def test_what_is_said_of_the_recipient_or_the_mail_is_final(answers: dict[str, str]) -> None:
    with server(**answers) as (settings, _), pytest.raises(MailRefused, match=next(iter(answers.values()))):
        send(settings)


def test_a_mail_that_was_taken_is_sent_whatever_is_said_to_the_goodbye() -> None:
    with server(QUIT="421 too busy") as (settings, taken):
        send(settings)
    assert len(taken) == 1


@pytest.mark.parametrize("recipient", ["josé@example.org", "a@bücher.example"])
def test_an_address_that_smtp_cannot_say_is_refused(recipient: str) -> None:
    with server() as (settings, taken), pytest.raises(MailRefused, match="is no address that mail can be sent to"):
        send(settings, recipient)
    assert taken == []


def headers(message: bytes) -> list[bytes]:
    return message.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")


def test_a_long_link_stays_one_word_in_its_header() -> None:
    url = f"https://alerts.a-rather-long-name-of-a-newspaper.example/{'icewire/' * 9}unsubscribe/Nw.abcdefghijklmnop"
    domain = f"mail.{'a-rather-long-name.' * 4}example"
    digest = compose(NOW.date(), "UTC", ["x"], [], SourcesRead(1), NOW)
    settings = MailSettings(sender=f"icewire@{domain}", sender_name="Das Täglich Brot, " * 6)
    message = digest_message(digest, Envelope(READER, f"<{'0' * 32}@{domain}>", NOW, url), settings).as_bytes()
    lines = headers(message)
    assert f"List-Unsubscribe: <{url}>".encode() in lines
    assert f"Message-ID: <{'0' * 32}@{domain}>".encode() in lines
    assert f"List-Id: icewire digest <digest.{domain}>".encode() in lines
    assert message_from_bytes(message, policy=policy.default)["List-Unsubscribe"] == f"<{url}>"


def test_encoded_words_are_no_longer_than_they_may_be() -> None:
    settings = MailSettings(sender_name="Périódico de la mañana " * 8)
    message = confirm_message("x", "https://a.example/confirm/x", Envelope(READER, "<1@a>", NOW), settings)
    raw = message.as_bytes()
    words = [w for line in headers(raw) for w in line.split() if w.startswith(b"=?")]
    assert words
    assert max(map(len, words)) <= 75  # RFC 2047, 2
    assert message_from_bytes(raw, policy=policy.default)["From"].addresses[0].addr_spec == settings.sender


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[mail]\nsender = "icewire"', r"icewire.toml, mail.sender: 'icewire' is not an e-mail address; write it like"),
        ('[mail]\nsender = "a b@c"', r"mail.sender: 'a b@c' is not an e-mail address"),
        ('[mail]\npostal_address = "1 Main St\\nWaltham"', r"mail.postal_address: .* write it in one line"),
        ('[mail]\ncontact = "a@b.example\\nBcc: x"', r"mail.contact: .* write it in one line"),
        ('[web]\npublic_url = "alerts.example.org"', r"web.public_url: .* write it like https://alerts.example.org"),
        ('[web]\npublic_url = "https://"', r"web.public_url: .* is not a web address"),
    ],
)
def test_a_setting_that_would_spoil_mails_is_named(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("icewire.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=said):
        load()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("icewire@localhost", "icewire@localhost"),
        ("icewire@mailhost", "icewire@mailhost"),
        ("icewire@server.local", "icewire@server.local"),
        ("icewire@bücher.example", "icewire@xn--bcher-kva.example"),
    ],
)
def test_a_sender_may_be_of_ones_own_network(given: str, kept: str) -> None:
    assert MailSettings(sender=given).sender == kept


def test_a_contact_that_is_a_page_is_no_address_to_reply_to() -> None:
    made: Callable[[str], object] = lambda contact: confirm_message(  # noqa: E731
        "x", "https://a.example", Envelope(READER, "<1@a>", NOW), MailSettings(contact=contact)
    )["Reply-To"]
    assert made("desk@paper.example") == "desk@paper.example"
    assert made("https://social.example/@paper") is None
