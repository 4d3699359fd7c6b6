"""Procrastinate's tables are brought up with ours, by its own SQL."""

import threading

import psycopg
import pytest
from sqlalchemy import Engine, text

from crawler.model import IcewireError
from scheduler.workers.jobs_schema import _known, bring_up

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
LAST_MADE, BEFORE_IT = (
    "procrastinate_trigger_function_status_events_update_v1",
    "03.04.00_01_pre_add_retry_failed_job_procedure",
)
LONG_BEFORE = "03.03.00_01_pre_priority_lock_fetch_job"


def note(engine: Engine, migration: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS '{migration}'"))


def functions(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(
            connection.execute(text("SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'")).scalars()
        )


def test_several_that_start_at_once_make_them_once(engine: Engine) -> None:
    starting = [threading.Thread(target=bring_up, args=(engine,)) for _ in range(4)]
    for one in starting:
        one.start()
    for one in starting:
        one.join()
    bring_up(engine)
    assert "procrastinate_fetch_job_v2" in functions(engine)


def test_tables_of_an_older_release_get_what_they_lack(engine: Engine) -> None:
    bring_up(engine)
    with engine.begin() as connection:
        connection.execute(text(f"DROP FUNCTION {LAST_MADE} CASCADE"))
    note(engine, BEFORE_IT)
    bring_up(engine)
    assert LAST_MADE in functions(engine)


def test_a_migration_that_fails_leaves_all_as_it_was(engine: Engine) -> None:
    bring_up(engine)
    note(engine, LONG_BEFORE)  # what it would make is there already
    with pytest.raises(psycopg.errors.DuplicateObject):
        bring_up(engine)
    with engine.connect() as connection:
        assert _known(connection) == LONG_BEFORE


def test_tables_of_a_newer_release_are_left_alone(engine: Engine) -> None:
    bring_up(engine)
    note(engine, "99.00.00_01_of_the_future")
    with pytest.raises(IcewireError, match="update icewire"):
        bring_up(engine)
