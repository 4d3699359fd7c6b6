"""What icewire signs another library verifies, dkimpy, by the record that the operator is told to write."""

import contextlib
import os
import re
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as some

from alerts.mail.carriers import Mailer, SmtpMailer
from alerts.mail.dkim import DkimKey, dkim_key_of, signed, signing
from alerts.mail.message import Envelope, new_message
from alerts.settings import MailSettings
from crawler.model import IcewireError
from scheduler.demo.sink import Sink
from tests.makers.mailing import MAIL, smtp

RSA = DkimKey("icewire.example", "s1", rsa.generate_private_key(65537, 2048))
ED25519 = DkimKey("icewire.example", "s1", ed25519.Ed25519PrivateKey.generate())
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)

each_key = pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])


def a_mail(subject: str = "Two held", text: str = "Hello\n") -> bytes:
    message = new_message(subject, Envelope("reader@example.org", "<abc@icewire.example>", NOW), MAIL)
    message["List-Unsubscribe"] = "<https://alerts.icewire.example/unsubscribe/x>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    return message.as_bytes()


def is_valid(message: bytes, key: DkimKey) -> bool:
    """What a receiving server finds with the record that stands under the key's name."""
    zone = {f"{key.name}.".encode(): key.record.encode()}
    return bool(dkim.verify(message, dnsfunc=lambda name, timeout=5: zone.get(name)))


@each_key
def test_a_signed_mail_is_valid_and_otherwise_the_same(key: DkimKey) -> None:
    mail = a_mail()
    out = signed(mail, key)
    assert out.endswith(mail)
    assert is_valid(out, key)
    assert max(len(line) for line in out.partition(b"\r\nFrom:")[0].split(b"\r\n")) <= 78


@each_key
def test_what_is_changed_on_the_way_is_no_longer_valid(key: DkimKey) -> None:
    out = signed(a_mail(), key)
    for old, new in ((b"Two held", b"Ten held"), (b"Hello", b"Hallo"), (b"/unsubscribe/x", b"/unsubscribe/y")):
        assert not is_valid(out.replace(old, new), key)
    assert not is_valid(out.replace(b"From:", b"From: evil@evil.example\r\nFrom:", 1), key)  # it is signed twice over
    assert is_valid(out.replace(b"Subject: Two held", b"subject:   Two\r\n  held "), key)  # form alone is nothing


def test_the_headers_that_rfc_8058_wants_are_signed() -> None:
    head = re.sub(r"\s+", "", signed(a_mail(), RSA).decode().partition("bh=")[0])
    names = head.partition("h=")[2].strip(";").split(":")
    assert {"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"} <= set(names)
    assert names.count("from") == 2


@each_key
def test_the_same_mail_is_signed_with_the_same_bytes(key: DkimKey) -> None:
    assert signed(a_mail(), key) == signed(a_mail(), key)


@given(some.text(max_size=200), some.text(alphabet="a \t\r\n.=é", max_size=300))
def test_any_text_is_signed_validly(subject: str, text: str) -> None:
    mail = a_mail(subject, text)
    assert is_valid(signed(mail, ED25519), ED25519)


@given(some.binary(max_size=200))
def test_any_bytes_below_the_headers_are_signed_validly(body: bytes) -> None:
    mail = b"From: a@icewire.example\r\nDate: Mon, 09 Mar 2026 12:00:00 +0000\r\n\r\n" + body
    assert is_valid(signed(mail, ED25519), ED25519)


def test_a_signing_mailer_hands_on_signed_mails_and_without_a_key_there_is_none(tmp_path: Path) -> None:
    class Kept(Mailer):
        def send(self, recipient: str, message: bytes) -> None:
            taken.append((recipient, message))

    taken: list[tuple[str, bytes]] = []
    kept, settings = Kept(), with_key(tmp_path, RSA)
    assert signing(kept, MAIL) is kept
    signing(kept, settings).send("reader@example.org", a_mail())
    assert [(to, message_from_bytes(mail)["DKIM-Signature"][:4]) for to, mail in taken] == [
        ("reader@example.org", "v=1;")
    ]
    key = dkim_key_of(settings)
    assert key is not None
    assert (key.name, key.record) == ("s1._domainkey.icewire.example", RSA.record)


@pytest.mark.slow
def test_what_a_server_is_given_is_valid(sink: Sink, tmp_path: Path) -> None:
    settings = smtp(sink).model_copy(
        update={"dkim_selector": "s1", "dkim_key_file": with_key(tmp_path, RSA).dkim_key_file}
    )
    text = ".\n..two dots\nfrom here  on é\n" + "long " * 300 + "\n\n\n"
    with contextlib.closing(signing(SmtpMailer(settings), settings)) as mailer:
        mailer.send("reader@example.org", a_mail("Dos detenidos en Wálthám", text))
    assert is_valid(sink.raw["<abc@icewire.example>"], RSA)


def with_key(folder: Path, key: DkimKey, password: bytes = b"") -> MailSettings:
    sealed = BestAvailableEncryption(password) if password else NoEncryption()
    (folder / "dkim.pem").write_bytes(key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed))
    return MAIL.model_copy(update={"dkim_selector": "s1", "dkim_key_file": folder / "dkim.pem"})


def test_a_key_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    def why(settings: MailSettings) -> str:
        with pytest.raises(IcewireError) as error:
            dkim_key_of(settings)
        return str(error.value)

    settings, file = with_key(tmp_path, RSA), tmp_path / "dkim.pem"
    assert "set mail.dkim_selector" in why(settings.model_copy(update={"dkim_selector": ""}))
    assert "without a password" in why(with_key(tmp_path, RSA, b"hunter2"))
    weak = ec.generate_private_key(ec.SECP256R1())
    file.write_bytes(weak.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert "neither RSA of 2048 bits or more nor Ed25519" in why(settings)
    file.write_text("none")
    assert "is no private key" in why(settings)
    file.unlink()
    assert "cannot be read: No such file" in why(settings)
    os.mkfifo(file)
    assert "is no file" in why(settings)
