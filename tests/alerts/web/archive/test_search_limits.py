"""Who searches without end has to wait; who reads does not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.web.limits import ALLOWANCES, Allowance
from crawler.places.gazetteer import Gazetteer
from tests.alerts.web.archive.conftest import app_on
from tests.alerts.web.archive.test_lists import keep_some
from tests.makers.browsing import ask

SEARCHES = ("/stories?q=raid", "/stories?place=Boston%2C+MA", "/stories.json", "/stories.csv?q=raid", "/stories.atom",
            "/stories/feed.json", "/feed.atom?q=kind:raid", "/feed.json")  # fmt: skip


@pytest.fixture
def strict(sqlite_engine: Engine, now: datetime, gazetteer: Gazetteer) -> Starlette:
    """One search a minute."""
    few = {**ALLOWANCES, "search": Allowance(1, timedelta(minutes=1))}
    app = app_on(sqlite_engine, lambda: now, gazetteer, few)
    keep_some(sqlite_engine, 2)
    return app


@pytest.mark.parametrize("address", SEARCHES)
def test_who_searches_too_often_is_told_when_to_come_back(strict: Starlette, address: str) -> None:
    assert ask(strict, address)[0] == 200
    for again in (address, "/stories?q=another"):
        status, headers, _ = ask(strict, again)
        assert (status, headers["retry-after"]) == (429, "60")


def test_who_reads_stories_and_turns_pages_never_waits(strict: Starlette) -> None:
    assert ask(strict, "/stories?q=raid")[0] == 200
    for address in ("/", "/stories", "/stories/1", "/stories/1.json", "/stories/2") * 2:
        assert ask(strict, address)[0] == 200
