"""One at a time in a data folder opens stories: a crawl, or a person, for whom the daemon's crawl makes way."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crawler.model import IcewireError
from scheduler import show

MAKES_WAY = 90  # seconds that a crawl of the daemon takes at most to end when a person wants to crawl


@contextmanager
def persons_turn(data: Path, quiet: bool = False) -> Iterator[None]:
    """What a person starts goes first. Raises IcewireError when another person's turn does not end in time."""
    lock, wanted = _locks(data)
    with ExitStack() as held:
        try:
            held.enter_context(wanted.acquire(timeout=1))
            if not quiet and not _is_free(lock):
                show.note("the daemon is crawling; it makes way as soon as what it asked for has come")
            held.enter_context(lock.acquire(timeout=MAKES_WAY))
        except Timeout as error:
            raise IcewireError("another crawl is running with this data folder; wait for it to end") from error
        yield


@contextmanager
def daemons_turn(data: Path) -> Iterator[bool]:
    """Whether it is the daemon's turn: nobody else crawls."""
    lock, _ = _locks(data)
    with ExitStack() as held:
        try:
            held.enter_context(lock.acquire(timeout=0))
        except Timeout:
            yield False
        else:
            yield True


def is_wanted(data: Path) -> bool:
    """Whether a person waits for their turn."""
    return not _is_free(_locks(data)[1])


def _locks(data: Path) -> tuple[FileLock, FileLock]:
    return FileLock(data / "crawl.lock"), FileLock(data / "crawl.wanted.lock")


def _is_free(lock: FileLock) -> bool:
    try:
        with lock.acquire(timeout=0):
            return True
    except Timeout:
        return False
