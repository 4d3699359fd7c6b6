"""Lists of stories over HTTP: pages, JSON, CSV and feeds of one filter."""

import csv
import io
import json
import re
from datetime import datetime, timedelta
from urllib.parse import quote, unquote_plus

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.matching import browse
from alerts.query import NamedPlaces, parse
from alerts.web import turns
from alerts.web.archive.cursor import cursor, read_cursor
from crawler.places.gazetteer import Gazetteer
from crawler.store.store import Store
from tests.alerts.web.archive.conftest import BASE, app_on
from tests.makers.browsing import ask
from tests.makers.making import NOON, WALTHAM, article, keep, verdict
from tests.makers.storing import engine_on

NOT_LINDEN = quote('-"Linden Street" Waltham')
BOSTON = WALTHAM | {"name": "Boston", "county": "Suffolk County"}


def keep_some(engine: Engine, count: int, first: int = 0) -> None:
    """Stories an hour apart, the first one the oldest; each second one a raid in Boston."""
    for number in range(first, first + count):
        at = NOON + timedelta(hours=number)
        judged = verdict(kind="raid", places=[BOSTON]) if number % 2 else verdict()
        keep(engine, article(f"story-{number}", published_at=at), of=judged, now=at)


def listed(app: Starlette, address: str) -> dict[str, object]:
    status, _, body = ask(app, address)
    assert status == 200, body
    document = json.loads(body)
    assert isinstance(document, dict)
    return document


def titles(app: Starlette, address: str) -> list[str]:
    stories = listed(app, address)["stories"]
    assert isinstance(stories, list)
    return [story["title"].rpartition(" ")[2] for story in stories]


def test_the_newest_stand_first_by_day_and_each_leads_to_its_page(app: Starlette, sqlite_engine: Engine) -> None:
    keep_some(sqlite_engine, 30)
    status, headers, body = ask(app, "/stories")
    assert status == 200
    assert "set-cookie" not in headers
    assert body.index("Tuesday, March 10, 2026") < body.index("Monday, March 9, 2026")
    assert body.index("/stories/30") < body.index("/stories/29") < body.index('"/stories/1"')
    assert "30 stories" in body
    assert '<meta name="robots" content="noindex">' in body


def test_one_filter_stands_behind_every_form(app: Starlette, sqlite_engine: Engine) -> None:
    keep_some(sqlite_engine, 6)
    asked = "place=Boston%2C+MA&kind=raid"
    assert titles(app, f"/stories.json?{asked}") == ["story-5", "story-3", "story-1"]
    table = list(csv.DictReader(io.StringIO(ask(app, f"/stories.csv?{asked}")[2])))
    assert [(row["title"][-7:], row["place"], row["kind"]) for row in table] == [
        (f"story-{n}", "Boston, MA", "raid") for n in (5, 3, 1)
    ]
    atom = feedparser.parse(ask(app, f"/stories.atom?{asked}")[2])
    assert sorted(entry.title[-7:] for entry in atom.entries) == ["story-1", "story-3", "story-5"]
    feed = listed(app, f"/stories/feed.json?{asked}")
    assert feed["feed_url"] == f"{BASE}/feed.json?q=place%3A%22Boston%2C%20MA%22%20kind%3A%22raid%22"
    page = ask(app, f"/stories?{asked}")[2]
    for path in ("/stories.json", "/stories.csv", "/stories.atom", "/stories/feed.json"):
        assert page.count(f'href="{path}?{asked.replace("&", "&amp;")}"') == 2, path


def test_a_page_goes_on_where_the_last_one_ended(app: Starlette, sqlite_engine: Engine) -> None:
    keep_some(sqlite_engine, 120)
    first = listed(app, "/stories.json")
    assert ask(app, "/stories.json")[1]["link"] == f'<{first["older"]}>; rel="next"'
    assert (first["count"], first["count_is_capped"], first["newer"]) == (120, False, None)
    older = str(first["older"]).removeprefix(BASE)
    keep_some(sqlite_engine, 3, first=200)  # which moves nothing
    second = listed(app, older)
    third = listed(app, str(second["older"]).removeprefix(BASE))
    seen = [s["id"] for page in (first, second, third) for s in page["stories"]]  # type: ignore[attr-defined]
    assert seen == list(range(120, 0, -1))
    assert third["older"] is None
    back = listed(app, str(second["newer"]).removeprefix(BASE))
    assert [s["id"] for s in back["stories"]] == list(range(120, 80, -1))  # type: ignore[attr-defined]
    assert back["newer"] is not None  # the three that were added


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12), st.integers(1, 4))
def test_paging_meets_every_story_once_while_others_are_added(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: object, added: list[tuple[int, bool]], size: int
) -> None:
    """Also of stories that have one time, and of such as are dated back."""
    import shutil

    file = tmp_path_factory.mktemp("paging") / "icewire.db"
    shutil.copy(str(sqlite_template), file)
    with engine_on(file) as engine:
        from tests.makers.making import watch

        watch(engine)
        store, query = Store(engine), parse("", NamedPlaces())
        for number in range(7):
            keep(engine, article(f"a-{number}", published_at=NOON - timedelta(hours=number // 2)))
        seen: list[int] = []
        mark, more = None, list(added)
        while True:
            page = browse(store, query, size, older=mark)
            seen += [brief.mark.story_id for brief in page.stories]
            mark = page.older
            if more:
                hours, late = more.pop()
                at = NOON - timedelta(hours=hours) if late else NOON + timedelta(hours=1)
                keep(engine, article(f"b-{len(more)}", published_at=at), now=NOON + timedelta(hours=2))
            if mark is None:
                break
        assert len(seen) == len(set(seen))
        assert set(range(1, 8)) <= set(seen)


def test_words_are_searched_as_alerts_would(app: Starlette, sqlite_engine: Engine) -> None:
    keep_some(sqlite_engine, 4)
    keep(
        sqlite_engine, article("other", title="Detentions at a dairy", text="Agents came to the dairy.\nNobody spoke.")
    )
    assert titles(app, "/stories.json?q=dairies") == ["dairy"]
    linden = quote('"Linden Street" -dairy')
    assert titles(app, f"/stories.json?q={linden}") == [f"story-{n}" for n in (3, 2, 1, 0)]
    assert titles(app, f"/stories.json?q={quote('title:dairy')}") == ["dairy"]
    assert titles(app, "/stories.json?q=zeppelin") == []
    assert "No story meets this." in ask(app, "/stories?q=zeppelin")[2]


def test_the_count_is_capped(app: Starlette, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_some(sqlite_engine, 4)
    monkeypatch.setattr("alerts.matching.pages.MOST_COUNTED", 2)
    monkeypatch.setattr("alerts.web.archive.lists.MOST_COUNTED", 2)
    monkeypatch.setattr("alerts.web.archive.routes.MOST_COUNTED", 2)
    document = listed(app, "/stories.json")
    assert (document["count"], document["count_is_capped"]) == (2, True)
    assert "2+ stories" in ask(app, "/stories")[2]


def test_what_costs_much_ends_early_says_so_and_goes_on(
    app: Starlette, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_some(sqlite_engine, 9)
    keep(sqlite_engine, article("old", text="It was Moody Street, at noon.\nNobody spoke.", published_at=NOON))
    monkeypatch.setattr("alerts.matching.pages.MOST_READ", 4)
    monkeypatch.setattr("alerts.matching.pages._AT_ONCE", 2)
    address, met, pages = f"/stories.json?q={NOT_LINDEN}", [], 0
    while address:
        document = listed(app, address)
        met += [story["id"] for story in document["stories"]]  # type: ignore[attr-defined]
        address, pages = str(document["older"] or "").removeprefix(BASE), pages + 1
        if pages == 1:
            assert document["looked_at"] == 4
    assert (met, pages) == ([], 3) or met == [10]
    assert "Only 4 stories were looked through" in ask(app, f"/stories?q={NOT_LINDEN}")[2]


def test_a_mistake_stands_beside_its_field_with_the_column_and_what_to_write(app: Starlette) -> None:
    status, _, body = ask(app, "/stories?q=(raid&kind=arest")
    assert status == 400
    assert '<p class="error" id="q-error">This parenthesis is never closed (column 1).</p>' in body
    assert "<code>(raid)</code>" in body
    assert 'aria-invalid="true" aria-describedby="kind-error"' in body
    for path in ("/stories.json", "/stories.csv", "/stories.atom", "/stories/feed.json"):
        status, _, body = ask(app, f"{path}?q=(raid&kind=arest")
        assert (status, set(json.loads(body)["error"])) == (400, {"q", "kind"}), path
    assert "Este paréntesis" in ask(app, "/stories?q=(raid&lang=es")[2]


def test_a_name_alone_may_be_searched_and_be_no_feed(app: Starlette, sqlite_engine: Engine) -> None:
    keep_some(sqlite_engine, 1)
    page = ask(app, "/stories?q=ferreira")
    assert page[0] == 200
    assert "/stories.atom" not in page[2]
    assert "A feed needs a place, a kind or an outlet beside words." in page[2]
    status, _, body = ask(app, "/stories.atom?q=ferreira")
    assert (status, "(ferreira) state:MA" in body) == (400, True)


@pytest.mark.parametrize("address", ["older=1", "older=1.1&newer=1.1", "older=-.1", "older=" + "f" * 5000, "newer=٣.٣"])
def test_a_cursor_that_is_none_is_refused(app: Starlette, address: str) -> None:
    status, _, body = ask(app, f"/stories?{quote(address, safe='=&')}")
    assert status == 400
    assert "This is no place in the list" in body


@given(st.text(max_size=30))
def test_no_text_is_a_cursor_that_breaks(written: str) -> None:
    mark = read_cursor(written)
    assert mark is None or read_cursor(cursor(mark)) == mark


def test_no_cell_of_a_table_is_a_formula(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article(title='=HYPERLINK("https://bad.example")'))
    assert "'=HYPERLINK(" in ask(app, "/stories.csv")[2]


def test_who_asks_while_many_do_is_asked_to_wait(
    sqlite_engine: Engine, now: datetime, gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.web.archive.routes.AT_ONCE", 0)
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    app = app_on(sqlite_engine, lambda: now, gazetteer)
    status, headers, _ = ask(app, "/stories")
    assert (status, headers["retry-after"]) == (503, "60")
    assert ask(app, "/health")[0] in (200, 503)


def test_the_log_holds_nothing_of_what_was_asked(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("ferreira")

    monkeypatch.setattr("alerts.web.archive.routes.browse", fails)
    status, _, body = ask(app, "/stories?q=ferreira")
    assert status == 500
    assert "ferreira" not in caplog.text + body
    assert "RuntimeError" in caplog.text


def test_the_front_page_shows_the_newest_and_where_to_go(app: Starlette, sqlite_engine: Engine) -> None:
    keep_some(sqlite_engine, 40)
    body = ask(app, "/")[2]
    assert body.count('class="title"') == 30
    assert 'action="/stories"' in body
    assert 'href="/subscribe"' in body
    assert "0 of 2 feeds read" in body
    assert 'name="robots"' not in body
    assert len(body.encode()) < 50_000


@pytest.mark.parametrize(
    "asked", ["place=Boston%2C+MA", "kind=raid", "place=Boston%2C+MA&kind=raid", "q=ice", "q=ice&place=Boston%2C+MA"]
)
@pytest.mark.parametrize("few", [0, 2000])
def test_more_stories_than_a_page_has_are_counted_once_each(
    app: Starlette, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, asked: str, few: int
) -> None:
    monkeypatch.setattr("crawler.store.narrowing._FEW", few)
    monkeypatch.setattr("crawler.store.narrowing._FEW_IF_RARE", few)
    keep_some(sqlite_engine, 100)
    document = listed(app, f"/stories.json?{asked}")
    everything = list(csv.DictReader(io.StringIO(ask(app, f"/stories.csv?{asked}")[2])))
    assert document["count"] == len(everything) > 40


def test_a_filter_is_asked_for_by_mail_as_one_query_without_its_days(app: Starlette) -> None:
    body = ask(app, "/stories?q=raid&place=Waltham,+MA&since=2026-03-01")[2]
    [leads_to] = re.findall(r'href="(/subscribe\?q=[^"]*)"', body)
    assert unquote_plus(leads_to).partition("?q=")[2].startswith("raid ")
    assert "2026" not in leads_to
    form = ask(app, leads_to)[2]
    assert "raid place:" in form
    assert "Waltham, MA" in form
