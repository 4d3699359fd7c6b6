"""A story's timeline: one line each for what was published, seen, changed and mailed, in their order."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.web.archive.story import story_told
from alerts.web.archive.timeline import Milestone, timeline
from crawler.store.store import Store
from tests.makers.browsing import ask
from tests.makers.making import BODY, NOON, article, keep
from tests.makers.visiting import said

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def milestones(engine: Engine, *mailed: datetime) -> list[tuple[str, str]]:
    [view] = Store(engine).views([1])
    found = timeline(story_told(view, [], *(mailed or (None,))), NEW_YORK)
    return [(one.what, one.outlet) for one in found]


@pytest.mark.usefixtures("app")
def test_it_is_told_in_the_order_in_which_it_happened(sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())
    keep(sqlite_engine, article("two", "gazette", published_at=NOON - 3 * HOUR), story=1)
    told = milestones(sqlite_engine, NOON + HOUR, NOON + 9 * HOUR)
    assert told == [
        ("published", "The Gazette"),
        ("published", "The Ledger"),
        ("seen", ""),
        ("mailed", ""),
        ("update mailed", ""),
    ]


@pytest.mark.usefixtures("app")
def test_what_is_dated_by_the_day_heads_that_day(sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article(published_at=datetime(2026, 3, 9, 5, tzinfo=UTC)))  # 1 a.m. in New York
    keep(
        sqlite_engine, article("two", "gazette", published_at=datetime(2026, 3, 9, tzinfo=UTC), day_only=True), story=1
    )
    assert milestones(sqlite_engine)[:2] == [("published", "The Gazette"), ("published", "The Ledger")]


@pytest.mark.usefixtures("app")
def test_a_report_without_a_date_is_told_when_it_was_seen(sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())
    keep(sqlite_engine, article("two", "gazette", published_at=None), story=1, now=NOON + HOUR)
    assert ("seen", "The Gazette") in milestones(sqlite_engine)


@pytest.mark.usefixtures("app")
def test_how_late_a_report_was_seen_is_told_of_one_with_an_hour(sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())
    [view] = Store(sqlite_engine).views([1])
    told = timeline(story_told(view, [], None), NEW_YORK)
    assert [one.seen_after for one in told if one.what == "published"] == [HOUR]
    assert Milestone(NOON, "seen").seen_after is None


def test_the_page_and_its_json_say_the_same_and_what_changed(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())
    corrected = f"{BODY.replace('four agents', 'six agents')}\nCorrection: an earlier version gave a wrong number."
    keep(sqlite_engine, article(text=corrected), now=NOON + 2 * HOUR)
    told = json.loads(ask(app, "/stories/1.json")[2])["timeline"]
    assert [(one["what"], one["outlet"]) for one in told] == [
        ("published", "The Ledger"),
        ("seen", None),
        ("changed", "The Ledger"),
    ]
    body = said(ask(app, "/stories/1")[2])
    assert "What happened when" in body
    assert "The Ledger published its report · seen here after 60 min" in body
    assert "The Ledger changed its report:" in body
    assert "a correction was added" in body
    spanish = said(ask(app, "/stories/1?lang=es")[2])
    assert "The Ledger publicó su nota · vista aquí después de 60 min" in spanish


def test_a_resident_reads_no_score_and_a_program_does(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())
    assert "score" not in ask(app, "/stories/1")[2]
    assert "Its text tells of ICE activity." in ask(app, "/stories/1")[2]
    assert "score 0.90" in json.loads(ask(app, "/stories/1.json")[2])["why"]
