"""Signed links and the key they are signed with."""

from datetime import UTC, datetime
from pathlib import Path

from alerts.mail.links import Links, load_key

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
    assert LINKS.read_unsubscribe("8" + good) is None
    assert LINKS.read_unsubscribe("") is None


def test_a_link_for_one_purpose_does_not_serve_another() -> None:
    assert LINKS.read_confirm(token(LINKS.unsubscribe(7))) is None
    assert LINKS.read_unsubscribe(token(LINKS.confirm(7, ASKED))) is None
    assert LINKS.read_confirm(token(LINKS.confirm(7, ASKED))) == (7, ASKED)


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
