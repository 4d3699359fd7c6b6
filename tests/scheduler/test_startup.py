"""A command loads what it needs: nothing that reads the web, serves pages, keeps a timetable or judges a text."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler import cli

ROOT = Path(__file__).parents[2]
HEAVY = (
    "scrapy", "twisted", "trafilatura", "htmldate", "starlette", "uvicorn", "apscheduler",
    "lxml", "w3lib", "tldextract", "tomlkit", "jinja2", "alembic", "email_validator", "rich",
    "crawler.feeds", "crawler.registry", "crawler.watch", "crawler.changes", "crawler.places",
)  # fmt: skip
SAY = """
import atexit, sys
atexit.register(lambda: print(*[name for name in {heavy!r} if name in sys.modules], file=sys.stderr, end=""))
sys.argv = ["icewire", *{words!r}]
from scheduler.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("words", ["--version", "subscribers", "stories", "digest --preview"])
def test_a_command_that_reads_no_web_loads_nothing_for_it(words: str, tmp_path: Path) -> None:
    script = SAY.format(heavy=HEAVY, words=words.split())
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"]
    for _ in range(2):  # the first makes the database
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr == ""


def test_garbage_is_collected_again_once_a_command_is_loaded() -> None:
    assert "stories" in cli._commands_of.__wrapped__(cli.FILES["stories"])
    assert gc.isenabled()
