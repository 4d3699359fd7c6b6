"""What tests give workers to do: by name, so that it passes to another process."""

import os
import signal
import time
from pathlib import Path

from lxml import etree


def say(word: str) -> str:
    """The word."""
    return word


def fail(said: str) -> str:
    """An error of our own."""
    raise ValueError(said)


def take(seconds: float, word: str = "") -> str:
    """Wait, without work."""
    time.sleep(seconds)
    return word


def work(seconds: float) -> None:
    """Work so long, whatever else the machine does."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def die() -> None:
    """As the system ends a process for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(mark: Path, word: str) -> str:
    """Die at the first time."""
    if not mark.exists():
        mark.touch()
        die()
    return word


def note(log: Path, word: str, seconds: float = 0) -> str:
    """Write down when it begins and ends, and in which process."""
    with log.open("a") as lines:
        lines.write(f"begin {word} {os.getpid()}\n")
    time.sleep(seconds)
    with log.open("a") as lines:
        lines.write(f"end {word} {os.getpid()}\n")
    return word


def note_and_die(log: Path, word: str) -> None:
    """Write down that it began, and die."""
    with log.open("a") as lines:
        lines.write(f"begin {word} {os.getpid()}\nend {word} {os.getpid()}\n")
    die()


def unsendable() -> object:
    """What no pipe takes."""
    return lambda: None


def swallow(megabytes: int) -> int:
    """Take so much memory."""
    return len(bytearray(megabytes * 1_000_000))


def resident() -> int:
    """Megabytes of memory that its process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 1_000_000


def scatter(pieces: int) -> None:
    """Take memory in so many small pieces, as a parser does, and leave it."""
    etree.fromstring(b"<a>" + b"<b/>" * pieces + b"</a>")
