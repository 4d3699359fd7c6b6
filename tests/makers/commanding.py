"""The `icewire` command as a person types it, in a folder of its own: fixtures that the tests of commands share."""

import json
import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dns.resolver
import pytest
from sqlalchemy import Engine

from crawler.database import open_database
from scheduler import cli, show
from tests.makers.making import NOON
from tests.makers.storing import engine_on

DATABASE = Path("var/icewire.db")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind: exit status and both outputs, lines unfolded."""

    status: int
    printed: str
    complained: str

    @property
    def out(self) -> str:
        return " ".join(self.printed.split())

    @property
    def err(self) -> str:
        return " ".join(self.complained.split())

    @property
    def data(self) -> Any:
        assert (self.status, self.complained) == (0, "")
        return json.loads(self.printed)


Command = Callable[..., Said]


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> None:
    """A folder of its own, whose clock says Monday noon and whose database is empty."""
    monkeypatch.chdir(tmp_path)
    Path("var").mkdir()
    shutil.copy(sqlite_template, DATABASE)
    Path("icewire.toml").write_text(
        "[watch]\nshipped = false\n[crawl]\nallow_private_addresses = true\ndelay_seconds = 0\n"
    )
    offset = (NOON - datetime.now(UTC)).total_seconds()
    monkeypatch.setenv("ICEWIRE_CLOCK_OFFSET_SECONDS", str(offset))


@pytest.fixture
def icewire(_here: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs `icewire …` as the installed command does."""
    engines: list[Engine] = []

    def opened(url: str) -> Engine:
        if url == f"sqlite:///{DATABASE}":
            return own
        engines.append(open_database(url))
        return engines[-1]

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["icewire", *arguments])
        monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as in a new process
        capsys.readouterr()
        status: Any = 0
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code or 0
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(int(status), said.out, said.err)

    monkeypatch.setattr("scheduler.deployment.open_database", opened)
    monkeypatch.setattr("scheduler.doctor.system_resolver", lambda: dns.resolver.Resolver(configure=False))
    monkeypatch.setattr(show.out(), "width", 200)
    monkeypatch.setattr(show.err(), "width", 200)
    with engine_on(DATABASE) as own:
        yield run
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(_here: None) -> Iterator[Engine]:
    """The database of this folder, with the tables in it."""
    with engine_on(DATABASE) as engine:
        yield engine
