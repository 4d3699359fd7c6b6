"""The command, a subscription and a feed read one language: the same stories, and the same words of what is wrong."""

import json
from urllib.parse import quote

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Route

from alerts.web.feeds import Feeds
from crawler.places.gazetteer import Gazetteer
from crawler.store.store import Store
from tests.makers.browsing import ask
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import NOON, watch
from tests.makers.varied import keep_varied

pytestmark = pytest.mark.slow

__all__ = ["_here", "engine", "icewire"]  # fixtures


def feed(engine: Engine, text: str) -> tuple[int, dict[str, object]]:
    feeds = Feeds(Store(engine), "https://alerts.example.org", lambda: NOON)
    app = Starlette(routes=[Route("/feed.json", feeds.json)])
    status, _, body = ask(app, f"/feed.json?q={quote(text, safe='')}")
    return status, json.loads(body)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "arrest kind:arrest since:7d",
        "detained state:HI before:3d",
        "redada kind:raid after:2w",
        'arrest* near:"02453 25mi"',
        "kind:deployment since:yesterday",
        "kind:death since:today",
        "U.S. state:MT since:2026-03-01",
    ],
)
def test_a_query_finds_the_same_stories(icewire: Command, engine: Engine, gazetteer: Gazetteer, text: str) -> None:
    keep_varied(engine, gazetteer)
    status, told = feed(engine, text)
    items = told["items"]
    assert isinstance(items, list)
    found = icewire("search", text, "--json").data
    assert status == 200
    assert found
    assert {int(item["id"].rpartition("/")[2]) for item in items} == {row["id"] for row in found}


@pytest.mark.parametrize(
    "text",
    [
        "raid AND",
        "raid kind:arest",
        "raid state:MX",
        'place:"Springfield"',
        'near:"Waltham, MA"',
        "(raid state:MA",
        "raid lang:spanish",
        "-hockey",
        "near:Waltham state:MA",
        '"Moody Street state:MA',
        "d* state:MA",
        "raid not state:MA",
        "source:nobody",
    ],
)
def test_a_mistake_is_told_in_the_same_words(icewire: Command, engine: Engine, text: str) -> None:
    watch(engine)
    status, told = feed(engine, text)
    error = told["error"]
    assert isinstance(error, dict)
    searched, subscribed = icewire("search", "--", text), icewire("subscribe", "reader@example.org", "--", text)
    assert (status, searched.status, subscribed.status) == (400, 1, 1)
    assert searched.complained == subscribed.complained
    whole = [f"{error['message']} (column {error['column']})", error["pointed"], f"Try: {error['suggestion']}"]
    assert all(" ".join(part.split()) in searched.err for part in whole)
