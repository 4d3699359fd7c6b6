"""The pages, asked over the ASGI interface; and that a link in a mail changes nothing by being followed."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.applications import Starlette

from alerts.digest.rest import forget_rests
from alerts.mail.deliveries import Deliveries
from alerts.mail.letter import Letter
from alerts.mail.links import Links
from alerts.people.members import Members
from alerts.people.subscriber import DigestRecord
from alerts.settings import WebSettings
from alerts.web.app import Pages, make_app
from crawler.model import as_written
from crawler.places.gazetteer import shipped
from crawler.store.store import Store
from tests.makers.browsing import ask
from tests.makers.making import HALF_HOURLY, article, keep, watch

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
DIGEST = (
    b"To: reader@example.org\r\nList-Unsubscribe: <http://127.0.0.1:8080/unsubscribe/secret>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<h1>Digest</h1><a href='http://127.0.0.1:8080/unsubscribe/secret'>Stop</a>"
)


@pytest.fixture
def pages(sqlite_engine: Engine, now: datetime) -> Pages:
    watchlist = watch(sqlite_engine)
    links = Links(b"a key", "http://127.0.0.1:8080")
    members = Members(sqlite_engine)
    members.subscribe("reader@example.org", "waltham", now, "America/New_York", "07:00", active=True)
    rows = Store(sqlite_engine), members, Deliveries(sqlite_engine)
    return Pages(watchlist, *rows, links, shipped(), lambda: now, timezone="America/New_York")


@pytest.fixture
def app(pages: Pages) -> Starlette:
    return make_app(pages)


def path_of(url: str) -> str:
    return urlsplit(url).path


def test_the_status_page_tells_how_things_stand(
    app: Starlette, pages: Pages, sqlite_engine: Engine, now: datetime
) -> None:
    keep(sqlite_engine, article())
    pages.watchlist.record_feed_failure(1, as_written("answered 503"), 0.25, now, HALF_HOURLY)
    status, headers, body = ask(app, "/status")
    assert status == 200
    assert "ICE detains two near Waltham courthouse" in body
    assert "answered 503" in body
    assert "Mon, Mar 9, 7:00 AM" not in body  # that one is over at 8
    assert "Tue, Mar 10, 7:00 AM" in body
    assert "default-src 'none'" in headers["content-security-policy"]


def test_following_the_unsubscribe_link_changes_nothing_and_posting_it_ends_the_mails(
    app: Starlette, pages: Pages
) -> None:
    path = path_of(pages.links.unsubscribe(1))
    status, _, body = ask(app, path)
    assert status == 200
    assert '<form method="post">' in body
    assert [s.state for s, _ in pages.members.subscribers()] == ["active"]
    assert ask(app, path, "POST")[0] == 200
    assert pages.members.subscribers() == []
    assert ask(app, path, "POST")[0] == 200


def asked(pages: Pages, now: datetime, email: str = "new@example.org") -> str:
    """Somebody is asked whether they want a search; where the link leads."""
    query = 'raid place:"Waltham, MA"'
    _, search = pages.members.subscribe(email, query, now, "America/Chicago", "06:30", active=False)
    return path_of(pages.links.confirm(search.id or 0, search.generation, now))


def test_confirming_needs_the_button(app: Starlette, pages: Pages, now: datetime) -> None:
    path = asked(pages, now)
    _, _, body = ask(app, path)
    assert "stories that mention raid (raids, raided, raiding), in Waltham, MA" in body
    assert "Each day at 06:30 (Central Time)" in body
    assert {s.email: s.state for s, _ in pages.members.subscribers()}["new@example.org"] == "pending"
    assert "on its way" in ask(app, path, "POST")[2]
    assert {s.email: s.state for s, _ in pages.members.subscribers()}["new@example.org"] == "active"
    assert "said yes already" in ask(app, path)[2]
    assert "said yes already" in ask(app, path, "POST")[2]


def test_only_the_link_of_the_newest_question_says_yes(app: Starlette, pages: Pages, now: datetime) -> None:
    first, second = asked(pages, now - 2 * DAY), asked(pages, now)
    assert ask(app, first)[0] == ask(app, first, "POST")[0] == 404
    assert "You were asked again since" in ask(app, first)[2]
    assert ask(app, second, "POST")[0] == 200


def test_a_link_is_good_for_a_week(app: Starlette, pages: Pages, now: datetime) -> None:
    assert ask(app, asked(pages, now - 7 * DAY, "a@example.org"), "POST")[0] == 200
    assert ask(app, asked(pages, now - 7 * DAY - SECOND, "b@example.org"), "POST")[0] == 404


def test_a_confirmation_that_comes_too_late_does_not_say_that_it_worked(
    app: Starlette, pages: Pages, now: datetime
) -> None:
    path = asked(pages, now)
    pages.members.leave(2, now)
    assert ask(app, path, "POST")[0] == 404
    pages.members.forget(left_before=now)
    assert ask(app, path, "POST")[0] == 404


def test_a_private_page_is_shown_only_under_the_names_of_this_machine(app: Starlette, pages: Pages) -> None:
    for host in ("127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080"):
        assert ask(app, "/", host=host)[0] == 200
    assert ask(app, "/", host="rebound.example:8080")[0] == 400
    public = make_app(replace(pages, public=True))
    assert ask(public, "/", host="alerts.example.org")[0] == 200


@pytest.mark.parametrize(
    ("host", "public_url", "public", "base_url"),
    [
        ("127.0.0.1", "", False, "http://127.0.0.1:8080"),
        ("localhost", "", False, "http://localhost:8080"),
        ("::1", "", False, "http://[::1]:8080"),
        ("0.0.0.0", "", True, "http://localhost:8080"),
        ("192.168.1.5", "", True, "http://192.168.1.5:8080"),
        ("127.0.0.1", "https://alerts.example.org/", True, "https://alerts.example.org"),
    ],
)
def test_a_page_is_private_only_when_nobody_else_can_reach_it(
    host: str, public_url: str, public: bool, base_url: str
) -> None:
    web = WebSettings(host=host, public_url=public_url)
    assert (web.public, web.base_url) == (public, base_url)


@pytest.mark.parametrize("path", ["/unsubscribe/forged", "/nowhere", "/digest/latest"])
def test_what_is_not_there_is_said_kindly(app: Starlette, path: str) -> None:
    status, headers, body = ask(app, path)
    assert status == 404
    assert "Sorry" in body
    assert "text/html" in headers["content-type"]


def test_the_latest_digest_is_shown_here_without_its_readers_links(app: Starlette, pages: Pages, now: datetime) -> None:
    pages.deliveries.queue(Letter("digest", "reader@example.org", "<a@b>", DIGEST), 1, now)
    status, _, body = ask(app, "/digest/latest")
    assert status == 200
    assert "<h1>Digest</h1>" in body
    assert "secret" not in body


def test_a_deployment_that_others_can_reach_shows_nobodys_digest(pages: Pages, now: datetime) -> None:
    pages.deliveries.queue(Letter("digest", "reader@example.org", "<a@b>", DIGEST), 1, now)
    public = make_app(replace(pages, public=True))
    assert ask(public, "/digest/latest")[0] == 404
    assert "/digest/latest" not in ask(public, "/")[2]


def test_health_is_for_machines_and_names_no_reader(app: Starlette) -> None:
    status, headers, body = ask(app, "/health")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert "reader@example.org" not in body


def test_a_zone_that_this_machine_lacks_costs_nobody_the_pages(pages: Pages, app: Starlette, now: datetime) -> None:
    pages.members.subscribe("other@example.org", "waltham", now, "America/Gotham", "07:00", active=True)
    status, _, body = ask(app, "/status")
    assert status == 200
    assert "Tue, Mar 10, 7:00 AM" in body
    assert "No digest can be made in the time zone America/Gotham" in body
    status, _, body = ask(app, "/health")
    assert status == 200
    assert json.loads(body)["next_digest"] == "2026-03-10T11:00:00+00:00"


BUSY = [
    {
        "number": 2,
        "heading": "Courthouses",
        "stories": [
            {
                "title": "Doce detenidos <b>en Lynn</b>", "url": "https://voz.example/1", "outlet": "La Voz",
                "place": "Lynn, MA",
                "at": "2026-03-09T12:00:00+00:00", "day_only": False, "language": "es", "paywalled": True,
            },
            {
                "title": "Two held", "url": "https://ledger.example/2", "outlet": "The Ledger", "place": "", "at": None,
                "day_only": False, "language": "en", "paywalled": False,
            },
        ],
    }
]  # fmt: skip


@pytest.fixture
def busy(sqlite_engine: Engine, pages: Pages, now: datetime) -> str:
    """The path of the page that a digest of a busy day links to."""
    with Session(sqlite_engine) as session:
        session.add(DigestRecord(subscriber_id=1, local_date=now.date(), made_at=now, stories=90, rest=BUSY))
        session.commit()
    return path_of(pages.links.rest(1, now.date()))


def test_what_a_digest_only_counted_is_shown_to_who_has_its_link(app: Starlette, busy: str) -> None:
    status, _, body = ask(app, busy)
    assert status == 200
    assert 'content="noindex"' in body
    assert "More ICE news of Monday, March 9, 2026" in body
    assert '<h2 id="section-2">Courthouses' in body
    assert '<a href="https://voz.example/1" lang="es" dir="ltr">Doce detenidos &lt;b&gt;en Lynn&lt;/b&gt;</a>' in body
    assert "Lynn, MA · La Voz · Mon, Mar 9, 8:00 AM · in Spanish · subscription may be needed" in body
    assert "The Ledger · no date given" in body


def test_that_page_is_shown_where_others_can_reach_it_and_needs_its_own_signature(
    pages: Pages, busy: str, now: datetime
) -> None:
    public = make_app(replace(pages, public=True))
    assert ask(public, busy)[0] == 200
    token = busy.rpartition("/")[2]
    for wrong in (token[:-1], token[1:], "latest", pages.links.unsubscribe(1).rpartition("/")[2], "x.y"):
        assert ask(public, f"/digest/{wrong}")[0] == 404
    assert ask(public, path_of(pages.links.rest(1, now.date() + timedelta(days=1))))[0] == 404
    assert ask(public, path_of(pages.links.rest(2, now.date())))[0] == 404


def test_whose_mail_is_forgotten_has_no_such_page(app: Starlette, pages: Pages, busy: str, now: datetime) -> None:
    forget_rests(pages.members.engine, now)
    assert ask(app, busy)[0] == 200
    forget_rests(pages.members.engine, now + timedelta(seconds=1))
    assert ask(app, busy)[0] == 404


def test_who_left_has_no_such_page(app: Starlette, pages: Pages, busy: str, now: datetime) -> None:
    pages.members.leave(1, now)
    assert ask(app, busy)[0] == 404
