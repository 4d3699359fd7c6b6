"""The data folder is its owner's alone: what icewire keeps there names people, and the key signs for them."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.settings import Settings

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OWN_FILES = (
    "*.db",
    "*.db-wal",
    "*.db-shm",
    "*.db-journal",
    "*.key",
    "*.lock",
    "*.log",
    "*.eml",
    "*.html",
    "*.part",
    "daemon.json",
    "left.json",
    "*.before-*",  # what a backup took the place of
)


@dataclass(slots=True)
class Privacy:
    """What others could look into when this process came: closed now, or left open because we could or should not."""

    closed: list[Path] = field(default_factory=list)
    open: list[Path] = field(default_factory=list)


def keep_to_owner() -> None:
    """What this process and its children write from now on is for its owner alone."""
    if os.name == "posix":
        os.umask(_OTHERS)


def make_private(settings: "Settings") -> Privacy:
    """Make the data folder, and close what is ours in it to others. Raises IcewireError when it cannot be made."""
    from crawler.model import IcewireError  # late: every command loads this file, and not all open a database

    keep_to_owner()
    folder = settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    except OSError as error:
        raise IcewireError(f"data: the folder {folder} cannot be made: {error.strerror}") from error
    found = Privacy()
    if os.name == "posix":
        for path in _ours(settings):
            _close(path, found)
        if _is_shared(folder):
            found.open += [folder] if folder.stat().st_mode & _OTHERS else []
        else:
            _close(folder, found)
    return found


def _ours(settings: "Settings") -> Iterator[Path]:
    """Every folder and file of ours in the data folder; nothing else, as somebody may keep other things beside them."""
    for pattern in _OWN_FILES:
        yield from settings.data.glob(pattern)
    for folder in (settings.outbox, settings.registry, settings.data / "backups"):
        if folder.is_dir() and folder.resolve().is_relative_to(settings.data.resolve()):
            yield from (Path(where, name) for where, _, names in os.walk(folder) for name in names)
            yield from (Path(where) for where, _, _ in os.walk(folder))


def _is_shared(folder: Path) -> bool:
    """Whether more than icewire lives there, so that it is not ours to close: a home, /tmp, where one stands."""
    real = folder.resolve()
    others = (Path.cwd().resolve(), Path.home().resolve(), Path(real.anchor))
    return real in others or bool(real.stat().st_mode & stat.S_ISVTX)


def _close(path: Path, found: Privacy) -> None:
    try:
        mode = path.lstat().st_mode
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
            found.closed.append(path)
    except FileNotFoundError:  # gone meanwhile: SQLite's own, or a mail
        pass
    except OSError:  # somebody else's
        found.open.append(path)
