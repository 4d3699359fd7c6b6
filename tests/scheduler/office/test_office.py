"""The operator's pages: who gets in, what they show, and what a form of theirs does."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.web import make_app
from crawler.feeds.feed import FeedItem
from crawler.model import because
from crawler.registry import write_outlets
from crawler.store.store import Store
from crawler.watch import Outcome
from scheduler.deployment import Deployment
from scheduler.office import LastErrors, Office
from scheduler.office.door import INSIDE_FOR, LINK_WITHIN
from scheduler.settings import load
from tests.makers.browsing import ask
from tests.makers.making import article, keep, outlet, see, watch

PAGES = ("", "/mail", "/pages", "/sources", "/digests", "/stories")
HOST = {"host": "127.0.0.1:8080"}


class Visit:
    """A browser with a cookie, at the pages of a daemon."""

    def __init__(self, deployment: Deployment) -> None:
        self.at = [deployment.clock()]
        self.deployment = replace(deployment, clock=lambda: self.at[0])
        self.errors = LastErrors()
        self.office = Office(self.deployment, self.errors)
        self.app: Starlette = make_app(self.deployment.pages, self.office.routes())
        self.cookie = ""

    def get(self, path: str) -> tuple[int, str]:
        status, _, body = ask(self.app, f"/office{path}", headers={"cookie": self.cookie})
        return status, body

    def post(self, path: str, headers: Mapping[str, str] | None = None, **fields: str) -> tuple[int, str]:
        """The status, and where it leads or what it says."""
        sent = {"cookie": self.cookie, "sec-fetch-site": "same-origin", **(headers or {})}
        body = urlencode({"token": self.token, **fields}).encode()
        status, told, text = ask(self.app, f"/office{path}", "POST", headers=sent, body=body)
        if "set-cookie" in told:
            self.cookie = told["set-cookie"].partition(";")[0]
        return status, told.get("location", text)

    @property
    def token(self) -> str:
        from starlette.requests import Request

        scope = {"type": "http", "headers": [(b"cookie", self.cookie.encode())]}
        return self.office.door.form_token(Request(scope))

    def link(self) -> str:
        """What `icewire web login` prints, below /office."""
        return urlsplit(self.deployment.links.office(self.at[0])).path.removeprefix("/office")

    def come_in(self) -> None:
        assert self.post(self.link()) == (303, "/office")


@pytest.fixture
def visit(sqlite_engine: Engine, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.chdir(tmp_path)
    Path("icewire.toml").write_text("[watch]\nshipped = false\n")
    return Visit(Deployment(None, load(None), sqlite_engine, lambda: now))


# Who gets in


def test_without_a_link_there_are_no_such_pages(visit: Visit) -> None:
    for path in (*PAGES, "/run/x", "/digests/1", "/enter/made-up"):
        assert visit.get(path)[0] == (200 if "enter" in path else 404)
    for path in ("/leave", "/stories/merge", "/sources/add", "/sources/switch", "/run", "/enter/made-up"):
        assert visit.post(path)[0] == 404


def test_a_link_lets_one_browser_in_once_and_being_looked_at_spends_nothing(visit: Visit) -> None:
    link = visit.link()
    assert visit.get(link)[0] == visit.get(link)[0] == 200
    assert visit.get("")[0] == 404
    assert visit.post(link) == (303, "/office")
    assert [visit.get(path)[0] for path in PAGES] == [200] * len(PAGES)
    first = visit.cookie
    assert visit.post(link)[0] == 404
    assert visit.cookie == first


def test_the_cookie_is_for_these_pages_alone_and_no_script_reads_it(visit: Visit) -> None:
    headers = ask(visit.app, f"/office{visit.link()}", "POST", headers={"sec-fetch-site": "same-origin"})[1]
    said = headers["set-cookie"].lower()
    assert all(part in said for part in ("httponly", "samesite=strict", "path=/office", "max-age=43200"))


def test_a_link_is_good_for_a_quarter_of_an_hour_and_a_stay_for_twelve_hours(visit: Visit) -> None:
    late = visit.link()
    visit.at[0] += LINK_WITHIN + timedelta(seconds=1)
    assert visit.post(late)[0] == 404
    visit.come_in()
    visit.at[0] += INSIDE_FOR - timedelta(seconds=1)
    assert visit.get("")[0] == 200
    visit.at[0] += timedelta(seconds=1)
    assert visit.get("")[0] == 404


def test_a_start_shows_everybody_out_and_no_older_link_lets_in(visit: Visit) -> None:
    visit.come_in()
    old = visit.link()
    visit.at[0] += timedelta(seconds=1)
    again = Visit(visit.deployment)
    again.cookie = visit.cookie
    assert again.get("")[0] == 404
    assert again.post(old)[0] == 404


def test_who_leaves_is_out(visit: Visit) -> None:
    visit.come_in()
    cookie = visit.cookie
    assert visit.post("/leave") == (303, "/office/left")
    visit.cookie = cookie
    assert visit.get("")[0] == 404


def test_a_form_from_elsewhere_does_nothing(visit: Visit) -> None:
    visit.come_in()
    assert visit.post("/leave", token="guessed")[0] == 403
    assert visit.post("/leave", {"sec-fetch-site": "cross-site"})[0] == 403
    assert visit.get("")[0] == 200


def test_nothing_of_it_is_kept_by_a_cache(visit: Visit) -> None:
    visit.come_in()
    assert ask(visit.app, "/office", headers={"cookie": visit.cookie})[1]["cache-control"] == "no-store"


# What there is to see


def test_the_last_errors_are_shown_newest_first(visit: Visit) -> None:
    visit.come_in()
    for said in ("the first <b>", "the second"):
        visit.errors.emit(logging.LogRecord("icewire", logging.ERROR, "", 0, said, None, None))
    body = visit.get("")[1]
    assert "the first &lt;b&gt;" in body
    assert body.index("the second") < body.index("the first")


def test_pages_that_fail_stand_with_their_reason(visit: Visit, now: datetime) -> None:
    watchlist = watch(visit.deployment.engine)
    [entry] = see(watchlist, FeedItem(url="https://ledger.example/raid", title="A raid"))
    watchlist.record_outcome([entry.id or 0], Outcome("failed", because("answered", status=503)))
    visit.come_in()
    body = visit.get("/pages")[1]
    assert "A raid" in body
    assert "answered 503" in body


def test_a_digest_is_looked_at_without_being_made(visit: Visit, now: datetime) -> None:
    members = visit.deployment.members
    members.subscribe("reader@example.org", "waltham", now, "UTC", "07:00", active=True)
    visit.come_in()
    assert "reader@example.org" in visit.get("/digests")[1]
    status, body = visit.get("/digests/1")
    assert status == 200
    assert "<html" in body
    assert visit.get("/digests/99")[0] == 404
    assert visit.deployment.records.made_dates(1, now.date()) == set()


# What there is to do


def two_stories(visit: Visit) -> None:
    watch(visit.deployment.engine, outlet("ledger"), outlet("gazette"))
    keep(visit.deployment.engine, article())
    other = "Another text of another event, at a mill in Lowell, which shares no sentence with the first. " * 4
    keep(visit.deployment.engine, article("mill", "gazette", title="Mill raided in Lowell", text=other))


def test_stories_are_merged_and_split(visit: Visit) -> None:
    two_stories(visit)
    visit.come_in()
    assert "Mill raided in Lowell" in visit.get("/stories")[1]
    body = urlencode({"token": visit.token, "story": "1"}) + "&story=2"
    told = ask(
        visit.app, "/office/stories/merge", "POST",
        headers={"cookie": visit.cookie, "sec-fetch-site": "same-origin"}, body=body.encode(),
    )  # fmt: skip
    assert told[0] == 303
    [view] = Store(visit.deployment.engine).views([1, 2])
    assert len(view.reports) == 2
    assert visit.post("/stories/split", of="1", article="2")[0] == 303
    assert len(Store(visit.deployment.engine).stories()) == 2


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/stories/merge", {"story": "1"}, "choose two stories"),
        ("/stories/split", {"of": "1"}, "story 1"),
        ("/stories/split", {"of": "9" * 400}, "of is to be a number"),
        ("/sources/switch", {"outlet": "nobody", "to": "off"}, "no outlet has the id nobody"),
        ("/sources/add", {"homepage": "file:///etc/passwd"}, "Write a web address"),
        ("/sources/add", {"homepage": "--config=/tmp/x"}, "Write a web address"),
        ("/sources/add", {"homepage": "https://paper.example", "city": "--config"}, "Write a web address"),
        ("/run", {"command": "explain", "what": "--help"}, "Write a web address"),
        ("/run", {"command": "check", "what": "--all"}, "Write a web address"),
        ("/run", {"command": "explain", "what": "saved.html"}, "Write a web address"),
    ],
)
def test_what_cannot_be_done_is_told(visit: Visit, path: str, fields: Mapping[str, str], said: str) -> None:
    visit.come_in()
    status, told = visit.post(path, None, **fields)
    assert status == 400
    assert said in told


def test_an_outlet_is_switched_off_and_on(visit: Visit) -> None:
    write_outlets(visit.deployment.settings.registry / "mine.toml", [outlet("ledger")])
    visit.deployment.sync_registry()
    visit.come_in()
    assert visit.post("/sources/switch", outlet="ledger", to="off", reason="too <loud>")[0] == 303
    assert "too &lt;loud&gt;" in visit.get("/sources")[1]
    assert visit.post("/sources/switch", outlet="ledger", to="on")[0] == 303
    assert "Switch on" not in visit.get("/sources")[1]


def wait_for(happened: Callable[[], bool]) -> None:
    """Until it has happened; a busy machine takes long."""
    ends = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.slow
def test_a_page_is_explained_by_the_command_itself(visit: Visit) -> None:
    Path("icewire.toml").write_text("[watch]\nshipped = false\n[crawl]\nworkers = 0\n")
    visit.come_in()
    status, where = visit.post("/run", command="explain", what="http://127.0.0.1:9/page")
    assert status == 303
    name = where.rpartition("/")[2]
    assert "It runs" in visit.get(f"/run/{name}")[1]
    wait_for(lambda: "It runs" not in visit.get(f"/run/{name}")[1])
    assert "private or loopback network" in visit.get(f"/run/{name}")[1]
