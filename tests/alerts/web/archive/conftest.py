"""The pages over a database of their own."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.people.members import Members
from alerts.web.app import Pages, make_app
from alerts.web.limits import ALLOWANCES, Allowance, Costly
from crawler.places.gazetteer import Gazetteer
from crawler.store.store import Store
from tests.makers.making import outlet, watch

BASE = "https://alerts.example.org"


FREELY = dict.fromkeys(ALLOWANCES, Allowance(10**6, timedelta(seconds=1)))


def app_on(
    engine: Engine, clock: Callable[[], datetime], gazetteer: Gazetteer, allowances: Mapping[Costly, Allowance] = FREELY
) -> Starlette:
    """All pages, with two outlets."""
    watchlist = watch(engine, outlet(), outlet("gazette", state="NH", headline_only=True))
    rows = Store(engine), Members(engine), Deliveries(engine)
    links = Links(b"a key", BASE)
    there: dict[str, Any] = {"timezone": "America/New_York", "public": True, "allowances": allowances}
    return make_app(Pages(watchlist, *rows, links, gazetteer, clock, **there))


@pytest.fixture
def app(sqlite_engine: Engine, now: datetime, gazetteer: Gazetteer) -> Starlette:
    return app_on(sqlite_engine, lambda: now, gazetteer)
