"""Whether readers reach the page from anywhere."""

import socket
import time
from datetime import datetime

import pytest
from sqlalchemy import Engine

from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.people.members import Members
from alerts.web.app import Pages, make_app
from alerts.web.server import WebServer
from crawler.places.gazetteer import shipped
from crawler.store.store import Store
from scheduler.doctor.page import Answered, ask_page, look_at_page, one_click, page_diagnosis
from tests.makers.dns_server import names_of
from tests.makers.making import watch
from tests.makers.serving import Reply, served

URL = "https://alerts.paper.example"
ZONE = {"alerts.paper.example": {"A": ["192.0.2.7"]}}
HEALTH, REFUSED = Answered(200, '{"feeds": {}}'), Answered(404, "<p>This link is not one of ours; …</p>")


@pytest.mark.parametrize(
    ("health", "posted", "state", "said"),
    [
        (HEALTH, REFUSED, "ok", "takes one click to unsubscribe"),
        (Answered(503, '{"feeds": {}}'), REFUSED, "ok", "takes one click"),
        (Answered(0, "certificate has expired"), REFUSED, "note", "does not answer from here: certificate has expired"),
        (Answered(200, "<h1>It works!</h1>"), REFUSED, "note", "answers 200, and not as icewire does"),
        (Answered(301, ""), REFUSED, "note", "answers 301, and not as icewire does"),
        (HEALTH, Answered(405, "nginx"), "note", "is answered 405, where icewire would say 404"),
        (HEALTH, Answered(404, "nginx"), "note", "is answered 404, where icewire would say 404"),
        (HEALTH, Answered(0, "timed out"), "note", "is answered timed out"),
    ],
)
def test_what_the_answers_tell(health: Answered, posted: Answered, state: str, said: str) -> None:
    found = page_diagnosis(URL, health, posted)
    assert (found.state, said in found.said) == (state, True)
    assert bool(found.mend) == (state == "note")


def test_one_click_is_asked_by_post_with_a_token_that_ends_nobodys_mail() -> None:
    asked = []

    def ask(url: str, posted: bytes | None) -> Answered:
        asked.append((url, posted))
        return REFUSED if posted else HEALTH

    with names_of(ZONE) as names:
        [found] = look_at_page(f"{URL}/", names, ask)
    assert found.state == "ok"
    assert asked == [(f"{URL}/health", None), (f"{URL}/unsubscribe/icewire-doctor", b"List-Unsubscribe=One-Click")]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "from this machine only"),
        ("http://alerts.paper.example", "web.public_url is not https"),
        ("https://localhost", "leads to this machine only"),
        ("https://other.paper.example", "other.paper.example leads nowhere"),
    ],
)
def test_an_address_that_cannot_do_is_told(url: str, said: str) -> None:
    with names_of(ZONE) as names:
        found = next(iter(look_at_page(url, names, lambda *_: HEALTH)))
    assert (found.state, said in found.said, bool(found.mend)) == ("note", True, True)


def test_where_nothing_can_be_asked_nothing_is_said_to_be_wrong() -> None:
    with names_of(ZONE, refuses=["alerts.paper.example"]) as names:
        [found] = look_at_page(URL, names, lambda *_: HEALTH)
    assert "cannot look where alerts.paper.example leads" in found.said


def test_a_redirect_is_no_answer_and_neither_is_a_closed_port() -> None:
    with served() as site:
        site.pages = {"/unsubscribe/icewire-doctor": Reply(status=302, headers={"Location": "/"})}
        assert ask_page(one_click(site.base)).status == 302
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert ask_page(f"http://127.0.0.1:{port}/").status == 0


@pytest.mark.slow
def test_our_own_page_passes(sqlite_engine: Engine, now: datetime) -> None:
    members = Members(sqlite_engine)
    rows = Store(sqlite_engine), members, Deliveries(sqlite_engine), Links(b"a key", "http://127.0.0.1"), shipped()
    pages = Pages(watch(sqlite_engine), *rows, lambda: now, timezone="America/New_York")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    web = WebServer(make_app(pages), "127.0.0.1", port)
    web.start()
    try:
        for _ in range(200):
            if ask_page(f"http://127.0.0.1:{port}/health").status:
                break
            time.sleep(0.05)
        with names_of({}) as names:
            found = list(look_at_page(f"http://127.0.0.1:{port}", names))
        assert [one.state for one in found] == ["note", "ok"], [
            one.said for one in found
        ]  # it is not public; but it answers as it should
    finally:
        web.stop(10)
