"""The migrations make exactly the tables that the code declares, in both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlmodel import SQLModel

from crawler.database import open_database
from crawler.errors import IcewireError
from scheduler.migrations import upgrade


def test_the_tables_are_those_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    # Full-text search is the engine's own: no model declares it.
    assert [d for d in differences if "search" not in repr(d)] == []


def test_migrating_a_current_database_changes_nothing(engine: Engine) -> None:
    before = set(inspect(engine).get_table_names())
    upgrade(engine)
    assert set(inspect(engine).get_table_names()) == before


@pytest.mark.parametrize(
    ("url", "said"),
    [("mysql://host/name", "mysql is not supported"), ("not an address", "'not an address' is not a database address")],
)
def test_another_kind_of_database_is_refused_with_what_is_meant(url: str, said: str) -> None:
    with pytest.raises(IcewireError, match=said):
        open_database(url)


def test_sqlite_is_opened_for_many_readers_and_with_its_constraints(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "foreign_keys")}
    engine.dispose()
    assert found == {"journal_mode": "wal", "foreign_keys": 1}
