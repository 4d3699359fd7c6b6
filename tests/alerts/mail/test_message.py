"""A mail's headers as bytes."""

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from alerts.digest.compose import SourcesRead, compose
from alerts.mail.confirm import confirm_message
from alerts.mail.message import Envelope
from alerts.settings import MailSettings
from tests.makers.mailing import digest_message

READER = "reader@example.org"
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOUR = ("07:00", "America/New_York")


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
    message = confirm_message(
        "stories that mention x", HOUR, "https://a.example/confirm/x", Envelope(READER, "<1@a>", NOW), settings
    )
    raw = message.as_bytes()
    words = [w for line in headers(raw) for w in line.split() if w.startswith(b"=?")]
    assert words
    assert max(map(len, words)) <= 75  # RFC 2047, 2
    assert message_from_bytes(raw, policy=policy.default)["From"].addresses[0].addr_spec == settings.sender


def test_a_contact_that_is_a_page_is_no_address_to_reply_to() -> None:
    made: Callable[[str], object] = lambda contact: confirm_message(  # noqa: E731
        "stories that mention x",
        HOUR,
        "https://a.example",
        Envelope(READER, "<1@a>", NOW),
        MailSettings(contact=contact),
    )["Reply-To"]
    assert made("desk@paper.example") == "desk@paper.example"
    assert made("https://social.example/@paper") is None


@pytest.mark.parametrize(
    ("url", "offered"),
    [
        ("https://alerts.paper.example/unsubscribe/x", "List-Unsubscribe=One-Click"),
        ("HTTPS://alerts.paper.example/unsubscribe/x", "List-Unsubscribe=One-Click"),
        ("http://alerts.paper.example/unsubscribe/x", None),
        ("http://localhost:8080/unsubscribe/x", None),
    ],
)
def test_one_click_is_offered_where_the_link_is_https(url: str, offered: str | None) -> None:
    digest = compose(NOW.date(), "UTC", ["x"], [], SourcesRead(1), NOW)
    message = digest_message(digest, Envelope(READER, "<1@a>", NOW, url), MailSettings())
    assert message["List-Unsubscribe-Post"] == offered
    assert message["List-Unsubscribe"] == f"<{url}>"


@pytest.mark.parametrize(
    ("contact", "answered_at"),
    [
        ("desk@paper.example", b"desk@paper.example"),
        ("desk@b\u00fccher.example", b"desk@xn--bcher-kva.example"),
        ("mailto:desk@paper.example", b"desk@paper.example"),
        ("The Desk <desk@paper.example>", b"The Desk <desk@paper.example>"),
        ('"Desk, The" <desk@paper.example>', b'"Desk, The" <desk@paper.example>'),
        ("Pe\u00f1asco <desk@b\u00fccher.example>", b"=?utf-8?q?Pe=C3=B1asco?= <desk@xn--bcher-kva.example>"),
        ("a@paper.example, b@paper.example", b"a@paper.example, b@paper.example"),
        ("pe\u00f1a@paper.example, b@paper.example", b"b@paper.example"),
        ("Questions: desk@paper.example", b"desk@paper.example"),
        ("root@localhost", b"root@localhost"),
        ("pe\u00f1a@paper.example", None),  # not every server takes it
        ("desk@paper.example or 781-555-0100", None),
        ("desk@", None),
        ("@paper", None),
        ("https://social.example/@paper", None),
        ("781-555-0100", None),
    ],
)
def test_an_answer_goes_to_the_contact_in_ascii(contact: str, answered_at: bytes | None) -> None:
    settings = MailSettings(contact=contact)
    message = confirm_message("x", HOUR, "https://a.example", Envelope(READER, "<1@a>", NOW), settings)
    lines = [line.removeprefix(b"Reply-To: ") for line in headers(message.as_bytes()) if line.startswith(b"Reply-To")]
    assert lines == ([answered_at] if answered_at else [])
