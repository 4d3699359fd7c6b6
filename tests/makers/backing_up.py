"""A deployment with a life of its own to be backed up: stories, readers, what was mailed and what waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from alerts.digest.records import MadeDigest
from alerts.mail import Letter
from alerts.mail.links import load_key
from alerts.matching.matches import Found
from alerts.people import DigestRecord
from scheduler.settings import DatabaseSettings, Settings
from tests.makers.mailing import join, meet, post_of
from tests.makers.making import article, keep, outlet, watch

ADA, BEA = "ada@example.org", "bea@example.org"


@pytest.fixture
def lived(engine: Engine, tmp_path: Path, now: datetime) -> Iterator[Settings]:
    """Ada was mailed a story and waits for a second mail; Bea has left; one found story is not told yet."""
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    settings = Settings(data=tmp_path, database=DatabaseSettings(url=url))
    load_key(tmp_path / "secret.key")
    live(engine, now)
    yield settings
    engine.dispose()


def live(engine: Engine, now: datetime) -> None:
    watch(engine, outlet())
    post = post_of(engine)
    ada, bea = join(post, now, ADA), join(post, now, BEA)
    meet(post, now)
    record = DigestRecord(subscriber_id=ada.id or 0, local_date=now.date(), made_at=now, stories=1)
    letter = Letter("digest", ADA, "<first@example.org>", b"\x00mail\xff")
    assert post.records.record([MadeDigest(record, letter, {1: None})]) == [True]
    added = keep(engine, article("second", title="ICE arrests a mechanic in Waltham"))
    [story] = post.matches.unmatched()
    post.matches.record_matches(story, [Found([1], added.article_id, [])], now)
    post.members.leave(bea.id or 0, now - timedelta(hours=1))


@pytest.fixture
def elsewhere(engine: Engine, lived: Settings, tmp_path: Path) -> Iterator[Settings]:
    """The settings of another machine, with an empty database of the same kind and nothing else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if engine.dialect.name == "sqlite":
        yield Settings(data=folder)
        return
    name = f"{engine.url.database}_elsewhere"
    _administer(engine, f"CREATE DATABASE {name}")
    url = lived.database.url.replace(f"/{engine.url.database}?", f"/{name}?")
    yield Settings(data=folder, database=DatabaseSettings(url=url))
    _administer(engine, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(engine: Engine, statement: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
