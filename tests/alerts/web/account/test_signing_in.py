"""A mailed link signs in, once and for some minutes; who passes a digest on lets nobody in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts.people.rounds import Rounds
from tests.makers.mailing import READER
from tests.makers.visiting import BASE, Visitor, said, visit


@pytest.fixture
def visitor(sqlite_engine: Engine, now: datetime) -> Iterator[Visitor]:
    visitor = visit(sqlite_engine, now)
    visitor.pages.members.subscribe(READER, "raid", now, "America/New_York", "07:00", active=True)
    yield visitor
    visitor.afterwards.wait()


def test_following_the_link_signs_nobody_in_and_its_button_does_once(visitor: Visitor) -> None:
    visitor.post("/manage/link", {"email": READER})
    link = visitor.link()
    for _ in range(3):
        assert "Show my searches" in visitor.get(link)
    assert visitor.cookies == {}
    assert "stories that mention raid" in visitor.post(link)
    visitor.cookies.clear()
    assert "This link works no more" in visitor.post(link)
    assert visitor.cookies == {}


def test_the_cookie_goes_to_no_other_page_and_to_no_script(visitor: Visitor) -> None:
    visitor.post("/manage/link", {"email": READER})
    visitor._ask(visitor.link(), "POST", b"", {})
    cookie = visitor.headers["set-cookie"].lower()
    assert cookie.startswith("__secure-icewire=")
    for part in ("path=/manage", "secure", "httponly", "samesite=strict"):
        assert f"; {part}" in cookie
    assert "max-age" not in cookie
    assert "expires" not in cookie


def test_no_page_of_readers_sets_a_cookie(visitor: Visitor) -> None:
    for path in ("/", "/subscribe", "/subscribe/sent", "/manage", "/manage/sent"):
        visitor.get(path)
        assert "set-cookie" not in visitor.headers


def test_a_link_is_too_old_after_a_quarter_of_an_hour(visitor: Visitor) -> None:
    visitor.post("/manage/link", {"email": READER})
    link = visitor.link()
    visitor.clock.now += timedelta(minutes=15)
    page = visitor.get(link)
    assert (visitor.status, "This link works no more" in page) == (404, True)
    assert '<a href="/manage">Ask for another link</a>' in page


def test_an_unknown_address_gets_no_mail_and_the_same_answer(visitor: Visitor) -> None:
    known = visitor.post("/manage/link", {"email": READER})
    assert visitor.post("/manage/link", {"email": "nobody@example.org"}) == known
    assert len(visitor.mails()) == 1


def test_the_link_of_a_digest_lets_nobody_in_but_sends_its_reader_a_link(visitor: Visitor) -> None:
    path = visitor.pages.links.manage(1).removeprefix(BASE)
    assert "have a link sent to the address that got this mail" in said(visitor.get(path))
    assert visitor.mails() == []
    assert "Check your mail" in visitor.post(path)
    assert visitor.cookies == {}
    visitor.post(visitor.link())
    assert "Your searches" in visitor.get("/manage")


def test_a_stranger_fills_nobodys_box(visitor: Visitor) -> None:
    for _ in range(20):
        visitor.post("/manage/link", {"email": READER})
        visitor.clock.now += timedelta(minutes=6)
    assert len(visitor.mails()) == 8


def test_who_asks_for_nothing_for_half_an_hour_is_signed_out(visitor: Visitor) -> None:
    visitor.sign_in(READER)
    for _ in range(3):
        visitor.clock.now += timedelta(minutes=29)
        assert "Sign out" in visitor.get("/manage")
    visitor.clock.now += timedelta(minutes=30)
    assert "Sign out" not in visitor.get("/manage")


def test_signing_out_ends_the_session_also_for_who_copied_the_cookie(visitor: Visitor) -> None:
    visitor.sign_in(READER)
    copied = dict(visitor.cookies)
    assert "You are signed out" in visitor.send("/manage/out")
    assert visitor.cookies == {}
    visitor.cookies = copied
    assert "Sign out" not in visitor.get("/manage")


def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(visitor: Visitor) -> None:
    visitor.sign_in(READER)
    visitor.post("/manage/leave")
    assert visitor.status == 403
    visitor.post("/manage/leave", {"token": "0" * 64})
    assert visitor.status == 403
    token = visitor.get("/manage").partition('name="token" value="')[2][:64]
    visitor.post("/manage/leave", {"token": token}, sec_fetch_site="same-site")
    assert visitor.status == 403
    assert Rounds(visitor.pages.members.engine).recipients() == 1
