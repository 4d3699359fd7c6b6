"""Files that are there whole or not at all, and one at a time who makes, checks or puts back a backup."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crawler.model import IcewireError


@contextmanager
def alone(data: Path, name: str, otherwise: str) -> Iterator[None]:
    """Hold one of the data folder's locks. Raises IcewireError, which says `otherwise`, when somebody has it."""
    lock = FileLock(data / name)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IcewireError(f"{lock.lock_file}: {otherwise}") from error
    with lock:
        yield


@contextmanager
def workplace(folder: Path, data: Path) -> Iterator[Path]:
    """An empty folder in that one, for its owner alone, gone afterwards; what a killed process left in it goes first.

    Only one process of a data folder may be here, see `alone`. Raises IcewireError when the disk is full.
    """
    of = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8]
    room = folder / f".icewire-{of}.part"
    try:
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(mode=0o700)
        yield room
    except OSError as error:
        said = error.strerror or str(error)
        raise IcewireError(f"{error.filename or folder}: {said}; nothing was left there") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def flush(path: Path) -> None:
    """Have the disk keep a file, or what a folder lists."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def publish(fresh: Path, place: Path) -> None:
    """Give a finished file its name, which nothing may have. Raises IcewireError when something has."""
    fresh.chmod(0o600)
    flush(fresh)
    try:
        os.link(fresh, place)
    except FileExistsError as error:
        raise IcewireError(f"{place}: there is such a file already, and no backup overwrites one") from error
    except OSError:  # a disk that knows no links
        if place.exists():
            raise IcewireError(f"{place}: there is such a file already, and no backup overwrites one") from None
        fresh.rename(place)
    flush(place.parent)


def replace(fresh: Path, place: Path, suffix: str) -> Path | None:
    """Put a file in a place at which there always is one, and keep what was there beside it.

    Returns where that is; None when nothing was there, or the same.
    """
    aside = None
    if place.exists():
        if digest_of(place) == digest_of(fresh):
            return None
        aside = place.with_name(place.name + suffix)
        try:
            os.link(place, aside)
        except OSError:
            shutil.copy2(place, aside)
            flush(aside)
    fresh.chmod(0o600)
    flush(fresh)
    fresh.replace(place)
    flush(place.parent)
    return aside


def digest_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
