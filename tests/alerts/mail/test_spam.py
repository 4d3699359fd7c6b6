"""What SpamAssassin's own rules say of our mails, without asking anybody: nothing that costs."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from alerts.mail.message import Envelope
from alerts.settings import MailSettings
from tests.makers.documents import NOW, a_digest, a_story, mails
from tests.makers.mailing import READER, digest_message

SPAMASSASSIN = shutil.which("spamassassin")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SPAMASSASSIN, reason="spamassassin is not installed (Debian: spamassassin)"),
]
MOST = 0.1
FROM = "From x Tue Mar 10 11:00:10 2026\n"
KIND = re.compile("^X-Kind: (.*)", re.M)
STATUS = re.compile(r"^X-Spam-Status: .*?score=(-?[\d.]+) .*?tests=(.*?)\s*(?:autolearn|version)=", re.S | re.M)
# How it came: without, mails lose points for what their reader's own server would have written.
WAY = (
    b"Return-Path: <digest@icewire.example>\n"
    b"Received: from mail.icewire.example (mail.icewire.example [8.8.4.7]) by mx.example.org with ESMTPS id 4ABC; "
    b"Tue, 10 Mar 2026 11:00:10 +0000\n"
)


def on_ones_own_machine() -> EmailMessage:
    """A digest of somebody who set no more than who sends it."""
    envelope = Envelope(READER, "<0a1b2c@icewire.example>", NOW, "http://127.0.0.1:8080/unsubscribe/MQ.e8MsuAOjw0ArCfU")
    return digest_message(a_digest(a_story()), envelope, MailSettings(sender="icewire@icewire.example"))


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[float, str]]:
    """What each mail costs, and the rules that it met."""
    home = tmp_path_factory.mktemp("spam")
    sent = {**mails(), "on one's own machine": on_ones_own_machine()}
    lines = [f"{FROM}X-Kind: {name}\n".encode() + WAY + as_lines(mail) + b"\n" for name, mail in sent.items()]
    found = scored(b"".join(lines), home, "--mbox")
    assert len(found) == len(sent)
    return found


def as_lines(mail: EmailMessage) -> bytes:
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")


def scored(mail: bytes, home: Path, *options: str) -> dict[str, tuple[float, str]]:
    """Of each mail, by its kind: its points, and the rules that it met. They come in any order."""
    command = [str(SPAMASSASSIN), "--local", "--nocreate-prefs", *options]
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(command, input=mail, capture_output=True, env=environment, timeout=300)
    found = {}
    for one in ran.stdout.decode("utf-8", "replace").split(f"\n{FROM}"):
        kind, status = KIND.search(one), STATUS.search(one)
        assert kind, one
        assert status, one
        found[kind[1]] = (float(status[1]), " ".join(status[2].split()))
    return found


KINDS = (
    "busy", "one story", "nothing found", "Spanish names", "twenty places", "developments", "late", "confirm",
    "operator", "no postal address", "sample", "sample in Spanish", "Arabic", "on one's own machine",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_looks_like_spam(points: Mapping[str, tuple[float, str]], kind: str) -> None:
    cost, rules = points[kind]
    assert cost <= MOST, rules


def test_every_kind_of_mail_is_looked_at(points: Mapping[str, tuple[float, str]]) -> None:
    assert set(KINDS) == set(points)


def test_words_that_cost_are_found_at_all(tmp_path: Path) -> None:
    spam = WAY + (
        b"X-Kind: spam\nFrom: a@icewire.example\nTo: b@example.org\nSubject: x\nMessage-ID: <1@icewire.example>\n"
        b"Date: Tue, 10 Mar 2026 11:00:05 +0000\n\n"
        b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"
    )
    assert scored(spam, tmp_path)["spam"][0] > 100
