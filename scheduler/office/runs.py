"""Commands of icewire that a page starts: the page says what the command says, and waits for it without holding on."""

import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

AT_ONCE = 2
LONGEST = 300.0  # seconds
MOST_KEPT = 50
_MOST_TOLD = 2_000_000  # bytes of an answer


@dataclass(frozen=True, slots=True)
class CommandRun:
    """One of them: what was asked, and what came of it once it is over."""

    words: tuple[str, ...]
    state: Literal["running", "done", "failed"]
    told: Any = None  # what it printed with --json
    said: str = ""  # why it failed


class CommandRuns:
    """Starts them as processes of their own, by the very command line, so that both do the same."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self._runs: dict[str, CommandRun] = {}
        self._lock = threading.Lock()

    def begin(self, *words: str) -> str | None:
        """Start `icewire …  --json`; the name under which it is looked at, None when too many run."""
        name, run = secrets.token_urlsafe(9), CommandRun(words, "running")
        with self._lock:
            if sum(one.state == "running" for one in self._runs.values()) >= AT_ONCE:
                return None
            while len(self._runs) >= MOST_KEPT:
                self._runs.pop(next(key for key, one in self._runs.items() if one.state != "running"))
            self._runs[name] = run
        threading.Thread(target=self._do, args=(name, run), name="office run", daemon=True).start()
        return name

    def get(self, name: str) -> CommandRun | None:
        """How one stands."""
        return self._runs.get(name)

    def _do(self, name: str, run: CommandRun) -> None:
        config = ["--config", str(self._config)] if self._config else []
        command = [sys.executable, "-m", "scheduler", *config, *run.words, "--json"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False, stdin=subprocess.DEVNULL)  # noqa: S603  words of ours
            over = _over(run.words, done.returncode, done.stdout[:_MOST_TOLD], done.stderr)
        except subprocess.TimeoutExpired:
            over = CommandRun(run.words, "failed", said=f"it did not end within {LONGEST:.0f} seconds")
        except OSError as error:
            over = CommandRun(run.words, "failed", said=f"it could not be started: {error.strerror}")
        with self._lock:
            self._runs[name] = over


def _over(words: tuple[str, ...], status: int, printed: bytes, complained: bytes) -> CommandRun:
    try:
        told = json.loads(printed)
    except ValueError:
        told = None
    said = told.get("error", "") if isinstance(told, dict) else ""
    said = said or complained.decode("utf-8", "replace").strip()
    return CommandRun(words, "failed" if status else "done", told, str(said))


def is_word(said: str) -> bool:
    """Whether a command may be given this as an argument: it is no option, and one line.

    >>> [is_word(said) for said in ("https://paper.example/x", "--config", "a\\nb", "")]
    [True, False, False, False]
    """
    return bool(said) and not said.startswith("-") and said.isprintable()


def words_of(command: Sequence[str], **options: str) -> list[str]:
    """A command with those of its options that are given.

    >>> words_of(["sources", "add", "https://paper.example"], state="MA", city="")
    ['sources', 'add', 'https://paper.example', '--state=MA']
    """
    return [*command, *(f"--{name}={value}" for name, value in options.items() if value)]
