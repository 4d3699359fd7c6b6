"""All that is kept of one address, and nothing of another."""

import json
from datetime import datetime

import pytest
from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.queue import queue_due_digests
from alerts.people.channels import Channels
from alerts.people.choices import StoryChoices
from alerts.people.disclosure import disclose
from alerts.people.passes import Passes
from crawler.model import TableRow
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import READER, ask, join, join_and_meet, morning_after, post_of
from tests.makers.making import article, keep, watch

ALL = {"subscriber", "subscription", "channel", "muted", "digest", "match", "delivery", "payload", "pass"}


@pytest.fixture
def told(engine: Engine, gazetteer: Gazetteer, now: datetime) -> str:
    """What is told of a reader beside whom there is another."""
    watch(engine)
    post = post_of(engine)
    keep(engine, article())
    join_and_meet(post, "waltham", gazetteer, now)
    join(post, now, "other@paper.example", "lowell")
    ask(post, now, query="spam")
    Channels(engine).add(1, "webhook", "https://hook.example/a", "whsec_c2VjcmV0", now)
    queue_due_digests(post, SourcesRead(1), morning_after(now))
    StoryChoices(engine).mute(1, 1, now)
    Passes(engine).issue("session", 1, now, now)
    return json.dumps(disclose(engine, " Reader@Example.org"), default=str)


def test_it_is_all_that_is_kept_of_them(told: str) -> None:
    found = json.loads(told)
    assert set(found) == ALL
    assert found["subscriber"][0]["email"] == READER
    assert [search["query"] for search in found["subscription"]] == ["waltham", "spam"]
    assert "Subject: " in " ".join(payload["message"] for payload in found["payload"])


def test_it_is_nothing_of_anybody_else_and_no_secret(told: str) -> None:
    assert "other@paper.example" not in told
    assert "lowell" not in told
    assert "c2VjcmV0" not in told


def test_every_table_that_knows_of_a_person_is_asked(engine: Engine) -> None:
    """`search_change` and `told` hold numbers alone; a table that is new must be looked at here."""
    tables = TableRow.metadata.tables.values()
    people = {"subscriber", "subscription", "delivery"}
    knowing = {t.name for t in tables for key in t.foreign_keys if key.column.table.name in people}
    assert knowing | {"subscriber"} == ALL | {"told"}


def test_of_a_stranger_nothing_is_told(engine: Engine) -> None:
    assert disclose(engine, "nobody@example.org") == {}
