"""A command loads what it needs: nothing that reads the web, serves pages, keeps a timetable or judges a text."""

import gc
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.people.members import Members
from crawler.database import open_database
from scheduler import cli
from tests.makers.making import NOON, article, keep, outlet, watch

ROOT = Path(__file__).parents[2]
HEAVY = (
    "scrapy", "twisted", "trafilatura", "htmldate", "starlette", "uvicorn", "apscheduler",
    "css_inline", "lxml", "w3lib", "publicsuffixlist", "tomlkit", "alembic", "email_validator", "rich",
    "crawler.feeds", "crawler.registry", "crawler.changes",
)  # fmt: skip
NOT_FOR_NOBODY = ("jinja2", "crawler.watch", "crawler.places")  # what a digest, or a story with its places, needs
SAY = """
import atexit, sys
atexit.register(lambda: print(*[name for name in {heavy!r} if name in sys.modules], file=sys.stderr, end=""))
sys.argv = ["icewire", *{words!r}]
from scheduler.cli import main
main()
"""


def said(words: str, folder: Path, heavy: tuple[str, ...]) -> tuple[str, str]:
    """What a command prints, and what it loads of these."""
    script = SAY.format(heavy=heavy, words=words.split())
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    return ran.stdout, ran.stderr


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    """A folder with an empty database."""
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var/icewire.db")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("words", ["--version", "subscribers", "stories", "digest --preview"])
def test_a_command_that_has_nothing_to_tell_loads_nothing_for_it(words: str, folder: Path) -> None:
    assert said(words, folder, HEAVY + NOT_FOR_NOBODY)[1] == ""


@pytest.mark.slow
@pytest.mark.parametrize("words", ["subscribers", "stories", "digest --preview"])
def test_a_command_that_reads_no_web_loads_nothing_for_it(words: str, folder: Path) -> None:
    engine = open_database(f"sqlite:///{folder}/var/icewire.db")
    watch(engine, outlet())
    keep(engine, article(title="Two held at Waltham court"))
    Members(engine).subscribe("reader@example.org", "waltham", NOON, "America/New_York", "07:00", True)
    engine.dispose()
    heavy = [name for name in HEAVY if words != "digest --preview" or name != "css_inline"]  # a mail has its style
    told, loaded = said(words, folder, tuple(heavy))
    assert ("reader@example.org" if words == "subscribers" else "Two held at Waltham court") in told
    assert loaded == ""


@pytest.mark.slow
@pytest.mark.parametrize("words", ["--version", "subscribers", "stories"])
def test_a_command_that_reads_no_search_does_not_load_their_language(words: str, folder: Path) -> None:
    assert said(words, folder, ("alerts.query", "alerts.matching"))[1] == ""


def test_garbage_is_collected_again_once_a_command_is_loaded() -> None:
    assert "stories" in cli._commands_of.__wrapped__(cli.FILES["stories"])
    assert gc.isenabled()


@pytest.mark.slow
@pytest.mark.parametrize("words", ["status", "doctor --offline", "crawl"])
def test_with_sqlite_nothing_loads_the_queue_of_jobs(words: str, folder: Path) -> None:
    (folder / "icewire.toml").write_text("[watch]\nshipped = false\n")
    assert said(words, folder, ("procrastinate",))[1] == ""


@pytest.mark.slow
def test_a_daemon_without_postgresql_does_not_load_the_queue_of_jobs() -> None:
    script = "import sys, scheduler.daemon; print('procrastinate' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "False"
