"""One SQLite engine for all tests of a process: what SQLAlchemy compiled for one test serves the next as well."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event

from crawler.database import open_database

_held: list[Path] = []


@contextmanager
def engine_on(file: Path) -> Iterator[Engine]:
    """An engine on this SQLite file while the block runs; its connections are new and its listeners its own.

    A relative path stays one, as in a deployment's settings. A second file at the same time has an engine of its own.
    """
    shared = not _held or _held[-1] == file.resolve()
    whole = _shared() if shared else open_database(f"sqlite:///{file}")
    if shared:
        _held.append(file.resolve())
        whole.url = whole.url.set(database=str(file))
    try:
        yield whole.execution_options()  # a view of the engine: who listens to it hears no other test
    finally:
        whole.dispose()
        if shared:
            _held.pop()


@functools.cache
def _shared() -> Engine:
    engine = open_database("sqlite:///none.db")

    @event.listens_for(engine, "do_connect")
    def elsewhere(dialect: object, record: object, arguments: list[str | None], named: object) -> None:
        arguments[0] = engine.url.database

    return engine
