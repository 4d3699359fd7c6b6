"""What is costly to count is counted once in a while, whoever asks."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
_MOST = 200  # values


@dataclass(slots=True)
class _Slot:
    """A value and when it was made; who makes it holds the lock, so that two do not make it twice."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    made_at: float | None = None
    value: Any = None


class TimedCache:
    """Values that are made anew when they are so many seconds old."""

    def __init__(self, seconds: float, steady: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._steady = seconds, steady
        self._slots: dict[Hashable, _Slot] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of this key, as `make` makes it, which may ask for other keys."""
        with self._lock:
            if key not in self._slots and len(self._slots) >= _MOST:
                self._slots.clear()
            slot = self._slots.setdefault(key, _Slot())
        with slot.lock:
            if slot.made_at is None or self._steady() - slot.made_at >= self._seconds:
                slot.value, slot.made_at = make(), self._steady()
            value: T = slot.value
            return value
