"""A command loads what it needs: nothing that reads the web, serves pages or keeps a timetable."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("scrapy", "twisted", "trafilatura", "htmldate", "starlette", "uvicorn", "apscheduler")
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
