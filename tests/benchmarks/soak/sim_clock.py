"""The time of a soak, told to all its processes by a file that each of them maps."""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

FILE = "clock"
_TOLD = struct.Struct("ddd")  # seconds since the epoch, the steady clock when that was told, the leap


class SimulatedClock:
    """What everybody's clock shows, and what that of the daemon's machine shows, which may have leapt.

    Between two times that it is told it runs as clocks do, by the steady clock that all processes of a machine share.
    """

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(_TOLD.size))
        with file.open("r+b") as opened:
            self._told = mmap.mmap(opened.fileno(), _TOLD.size)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The clock of the soak in that folder."""
        return cls(folder / FILE)

    def tell(self, now: datetime, leapt: timedelta = timedelta()) -> None:
        """It is that late now, and so far the daemon's machine is wrong."""
        self._told[:] = _TOLD.pack(now.timestamp(), time.monotonic(), leapt.total_seconds())

    def true(self) -> datetime:
        """How late it is."""
        seconds, at, _ = _TOLD.unpack(self._told)
        return datetime.fromtimestamp(seconds + time.monotonic() - at, UTC)

    def leapt(self) -> datetime:
        """What the daemon's machine shows."""
        return self.true() + timedelta(seconds=_TOLD.unpack(self._told)[2])
