"""Sealed links and the key they are signed with."""

import base64
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer

from alerts.mail.links import CONFIRM_WITHIN, Links, load_key
from crawler.model import IcewireError

ASKED = datetime(2026, 3, 9, 12, 0, 0, 123456, tzinfo=UTC)
LINKS = Links(b"a key", "https://alerts.example.org/")


def token(url: str) -> str:
    return url.rpartition("/")[2]


def test_a_link_says_whose_it_is_only_to_who_has_the_key() -> None:
    url = LINKS.unsubscribe(7)
    assert url.startswith("https://alerts.example.org/unsubscribe/")
    assert LINKS.read_unsubscribe(token(url)) == 7
    assert Links(b"another key", "https://alerts.example.org").read_unsubscribe(token(url)) is None


def test_a_changed_token_is_refused() -> None:
    good = token(LINKS.unsubscribe(7))
    for changed in ("8" + good, good[:-1], good + "A", good.swapcase(), good[::-1], "", "=", "é", "a" * 100_000):
        assert LINKS.read_unsubscribe(changed) is None
        assert LINKS.read_rest(changed) is None
        assert LINKS.read_confirm(changed, ASKED) is None


def test_a_link_for_one_purpose_does_not_serve_another() -> None:
    yes = token(LINKS.confirm(7, "aq8x", ASKED))
    assert LINKS.read_confirm(token(LINKS.unsubscribe(7)), ASKED) is None
    assert LINKS.read_unsubscribe(yes) is None
    assert LINKS.read_confirm(yes, ASKED) == (7, "aq8x")


def test_a_yes_is_taken_for_a_week() -> None:
    yes = token(LINKS.confirm(7, "aq8x", ASKED))
    assert LINKS.read_confirm(yes, ASKED + CONFIRM_WITHIN - timedelta(seconds=1)) == (7, "aq8x")
    assert LINKS.read_confirm(yes, ASKED + CONFIRM_WITHIN + timedelta(seconds=1)) is None


def test_a_token_does_not_say_which_subscriber_it_is_of() -> None:
    """Nor do those of two who joined one after the other look alike."""
    first, second = (token(LINKS.unsubscribe(number)) for number in (1041, 1042))
    raw = base64.urlsafe_b64decode(first + "==")
    assert b"1041" not in raw
    assert len({a == b for a, b in zip(first, second, strict=True)} - {True}) == 1
    assert sum(a == b for a, b in zip(first, second, strict=True)) < len(first) / 3


def test_the_links_of_mails_that_an_older_icewire_sent_keep_working() -> None:
    """A subscriber's number, signed and not sealed."""
    assert LINKS.read_unsubscribe(URLSafeSerializer(b"a key", salt="unsubscribe").dumps(7)) == 7
    old = URLSafeSerializer(b"a key", salt="rest").dumps([7, "2026-03-09"])
    assert LINKS.read_rest(old) == (7, date(2026, 3, 9), "daily")
    assert LINKS.read_unsubscribe(URLSafeSerializer(b"another key", salt="unsubscribe").dumps(7)) is None


def test_the_message_id_is_the_same_for_the_same_digest_only() -> None:
    one = LINKS.message_id("example.org", "digest", 7, "2026-03-09")
    assert one == LINKS.message_id("example.org", "digest", 7, "2026-03-09")
    assert one != LINKS.message_id("example.org", "digest", 7, "2026-03-10")
    assert one != Links(b"another key", "").message_id("example.org", "digest", 7, "2026-03-09")


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret.key"
    key = load_key(file)
    assert len(key) == 64
    assert load_key(file) == key
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"\n", b"secret", b"0123456789abcdef0123456789abcde", b"\0" * 64, b"a" * 64])
def test_a_key_that_anybody_guesses_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    file.write_bytes(content)
    with pytest.raises(IcewireError, match=r"secret\.key: the key that signs the links in mails is damaged"):
        load_key(file)
    assert file.read_bytes() == content


def test_a_key_that_cannot_be_read_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(IcewireError, match="cannot be read"):
        load_key(tmp_path / "secret.key")


def test_of_many_who_begin_at_once_all_have_the_same_whole_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(load_key, [tmp_path / "secret.key"] * 64))
    assert [len(key) for key in keys] == [64]
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.slow
def test_the_key_is_on_the_disk_before_it_has_its_name(tmp_path: Path) -> None:
    """As the system saw it: written, synced, named, and the name synced."""
    file = tmp_path / "secret.key"
    script = f"from pathlib import Path; from alerts.mail.links import load_key; load_key(Path({str(file)!r}))"
    hook = "import sys; sys.addaudithook(lambda name, given: print(name) if name in ('os.link',) else None)"
    spy = "import os; real = os.fsync; os.fsync = lambda number: (print('fsync'), real(number))[1]"
    command = [sys.executable, "-c", f"{hook}\n{spy}\n{script}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]).stdout
    assert said.split() == ["fsync", "os.link", "fsync"]


def test_a_key_that_never_ends_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").symlink_to("/dev/zero")
    with pytest.raises(IcewireError, match="it is no file"):
        load_key(tmp_path / "secret.key")
