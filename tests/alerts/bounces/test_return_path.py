"""A return path of its own for each mail: only we can make one, and it tells nothing."""

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bounces.return_path import GOOD_FOR, ReturnPaths
from alerts.settings import BounceSettings

NAME = "9c41d07be2f85a6613d0c2b94e7f1a58"
MAIL = f"From: a@example.org\r\nMessage-ID: <{NAME}@alerts.example.org>\r\n\r\nMessage-ID: <{'0' * 32}@x>".encode()
SETTINGS = BounceSettings(address="bounces@alerts.example.org")
NOW = datetime.fromisoformat("2026-03-10T11:00:00+00:00")


def paths(now: datetime = NOW, key: bytes = b"a key", settings: BounceSettings = SETTINGS) -> ReturnPaths:
    return ReturnPaths(key, settings, lambda: now)


def name_in(address: str, now: datetime = NOW, key: bytes = b"a key") -> str:
    known = paths(now, key)
    return "".join(map(known.name_of, known.tokens([address])))


def test_it_leads_back_to_its_mail_whatever_case_a_server_writes() -> None:
    address = paths().of(MAIL)
    assert re.fullmatch(r"bounces\+[a-z2-7]{45}@alerts\.example\.org", address)
    assert len(address.partition("@")[0]) <= 64
    assert name_in(address) == name_in(address.upper()) == NAME
    assert paths().of(MAIL) == address  # of a mail that is sent again, too


def test_it_is_good_for_a_month() -> None:
    address = paths().of(MAIL)
    assert name_in(address, NOW + GOOD_FOR) == NAME
    assert name_in(address, NOW + GOOD_FOR + timedelta(days=1)) == ""
    assert name_in(address, NOW - timedelta(days=400)) == NAME  # a clock that was set back costs nothing


@given(st.integers(0, 44), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567189=-"))
def test_no_altered_one_is_genuine(at: int, letter: str) -> None:
    token = paths().of(MAIL).partition("+")[2].partition("@")[0]
    altered = token[:at] + letter + token[at + 1 :]
    # The last letter holds two bits of no byte: it may differ in these and says the same.
    assert paths().name_of(altered) == (NAME if altered == token else "") or at == 44
    assert paths().name_of(altered) in ("", NAME)


@pytest.mark.parametrize("token", ["", "a", "a" * 45, "ä" * 45, "=" * 45, "a" * 5000])
def test_what_is_no_token_is_none(token: str) -> None:
    assert paths().name_of(token) == ""


def test_another_deployments_is_none() -> None:
    assert name_in(paths().of(MAIL), key=b"another") == ""


def test_only_ours_are_looked_at() -> None:
    assert paths().tokens(["bounces@alerts.example.org", "bounces+x@other.example", "me+x@alerts.example.org"]) == []
    assert paths().tokens(["BOUNCES+x@Alerts.example.org"]) == ["x"]


def test_a_mail_that_is_not_ours_and_a_server_that_allows_no_token_get_the_plain_address() -> None:
    assert paths().of(b"Message-ID: <a@b>\r\n\r\n") == "bounces@alerts.example.org"
    bare = paths(settings=BounceSettings(address="b@alerts.example.org", separator=""))
    assert bare.of(MAIL) == "b@alerts.example.org"
    assert bare.tokens(["b@alerts.example.org"]) == []


def test_an_address_with_no_room_for_a_token_is_refused() -> None:
    with pytest.raises(ValueError, match="needs room for a token"):
        BounceSettings(address="the-mails-that-came-back@alerts.example.org")
