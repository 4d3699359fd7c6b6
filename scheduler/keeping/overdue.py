"""What a restore or a backup left in the data folder that holds addresses, and that nobody may think of."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from scheduler.keeping.backup import FOLDER, PROMISE, moment_of

_MOST_NAMED = 5
_ASIDE = re.compile(r".+\.before-(\d{8}T\d{6})Z(-wal|-shm)?")


def left_lying(data: Path, now: datetime) -> Iterator[str]:
    """What the operator is to know of that, a sentence each."""
    aside = [(file, _ASIDE.fullmatch(file.name)) for file in sorted(data.glob("*.db.before-*"))]
    if old := [file for file, name in aside if name and now - moment_of(name[1]) > PROMISE]:
        yield (
            f"a backup took the place of {_named(old)} more than {PROMISE.days} days ago, in which who leaves is "
            "promised to be erased: delete it"
        )
    if half := [file for folder in (data, data / FOLDER) for file in folder.glob(".icewire-*.part")]:
        yield f"{_named(half)}: a backup that was cut off; `icewire db backup` clears it away, or delete it"


def _named(files: list[Path]) -> str:
    shown = ", ".join(map(str, files[:_MOST_NAMED]))
    return f"{shown} and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else shown
