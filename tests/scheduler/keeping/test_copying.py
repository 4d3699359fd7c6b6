"""One database becomes another, to the last row, or stays empty."""

import itertools
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel

from crawler.database import open_database
from crawler.model import IcewireError
from scheduler.keeping.copying import copy_database
from scheduler.settings import Settings
from tests.makers.backing_up import ADA, live
from tests.makers.mailing import claim, join, post_of
from tests.makers.making import article, keep, verdict


@pytest.fixture
def other(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """A migrated SQLite database in which nothing stands."""
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.db')}")
    yield engine
    engine.dispose()


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        found = {t.name: connection.execute(sa_select(t).order_by(*t.primary_key)) for t in tables}
        return {name: [tuple(row) for row in rows] for name, rows in found.items()}


def test_all_arrives_and_goes_on(engine: Engine, lived: Settings, other: Engine, now: datetime) -> None:
    first = keep(engine, article("third", title="ICE raid"))
    keep(engine, article("fourth", title="ICE raid"), of=verdict(), story=first.story_id, copy_of=first.article_id)
    told: list[tuple[str, int, int]] = []
    copied = copy_database(engine, other, lambda *one: told.append(one))
    assert everything(other) == everything(engine)
    assert (copied["article"], ("article", 4, 4) in told) == (4, True)
    assert claim(post_of(other).deliveries, now) is not None
    assert post_of(other).store.search([["mechanic"]], limit=5)
    join(post_of(engine), now, "dee@example.org")
    assert join(post_of(other), now, "eve@example.org").id == 3


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_from_sqlite_to_postgresql_and_back(engine: Engine, other: Engine, tmp_path: Path, now: datetime) -> None:
    live(other, now)
    with Session(other) as session:  # a number that was given and is gone
        session.connection().execute(text("UPDATE sqlite_sequence SET seq = 40 WHERE name = 'subscriber'"))
        session.commit()
    copy_database(other, engine, lambda *_: None)
    assert everything(engine) == everything(other)
    assert post_of(engine).store.search([["mechanic"]], limit=5)
    back = open_database(f"sqlite:///{tmp_path / 'back.db'}")
    copy_database(engine, back, lambda *_: None)
    assert everything(back) == everything(other)
    assert join(post_of(back), now, "eve@example.org").id == 41
    assert join(post_of(engine), now, "eve@example.org").id == 41
    back.dispose()


def test_a_target_that_is_used_is_left_alone(sqlite_engine: Engine, other: Engine, now: datetime) -> None:
    join(post_of(other), now, ADA)
    with pytest.raises(IcewireError, match="is not empty"):
        copy_database(sqlite_engine, other, lambda *_: None)


def test_a_source_of_another_version_is_refused(sqlite_engine: Engine, other: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0048'"))
    with pytest.raises(IcewireError, match="its tables are of version 0048"):
        copy_database(sqlite_engine, other, lambda *_: None)


def test_cut_off_in_the_middle_nothing_is_there(sqlite_engine: Engine, other: Engine, now: datetime) -> None:
    live(sqlite_engine, now)
    number = itertools.count()

    def tell(*_: object) -> None:
        if next(number) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_database(sqlite_engine, other, tell)
    assert not any(everything(other).values())
