"""A mail's headers as bytes."""

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy

from alerts.digest.compose import SourcesRead, compose
from alerts.digest.render import digest_message
from alerts.mail.confirm import confirm_message
from alerts.mail.message import Envelope
from alerts.settings import MailSettings

READER = "reader@example.org"
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


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
        "x", "stories that mention x", "https://a.example/confirm/x", Envelope(READER, "<1@a>", NOW), settings
    )
    raw = message.as_bytes()
    words = [w for line in headers(raw) for w in line.split() if w.startswith(b"=?")]
    assert words
    assert max(map(len, words)) <= 75  # RFC 2047, 2
    assert message_from_bytes(raw, policy=policy.default)["From"].addresses[0].addr_spec == settings.sender


def test_a_contact_that_is_a_page_is_no_address_to_reply_to() -> None:
    made: Callable[[str], object] = lambda contact: confirm_message(  # noqa: E731
        "x",
        "stories that mention x",
        "https://a.example",
        Envelope(READER, "<1@a>", NOW),
        MailSettings(contact=contact),
    )["Reply-To"]
    assert made("desk@paper.example") == "desk@paper.example"
    assert made("https://social.example/@paper") is None
