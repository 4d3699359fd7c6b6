"""Files that hold addresses for longer than people who leave are promised."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from scheduler.keeping.backup import FOLDER, PROMISE, made_in, moment_of

_ASIDE = re.compile(r".+\.before-(\d{8}T\d{6})Z(-wal|-shm)?")


def overdue(data: Path, now: datetime) -> list[Path]:
    """Which backups in the data folder, and files that one took the place of, are older than the promise."""
    aside = [(file, _ASIDE.fullmatch(file.name)) for file in sorted(data.glob("*.db.before-*"))]
    made = [*made_in(data / FOLDER), *((file, moment_of(name[1])) for file, name in aside if name)]
    return [file for file, at in made if now - at > PROMISE]


def left_over(data: Path) -> Iterator[Path]:
    """What a backup that was killed left half done; the next one clears it away."""
    for folder in (data, data / FOLDER):
        yield from folder.glob(".icewire-*.part")
