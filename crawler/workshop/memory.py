"""How much memory a process may take, and that it gives back what it took."""

import contextlib
import ctypes
from mmap import PAGESIZE
from pathlib import Path

MEMORY = 700_000_000  # bytes that a task may take beside what is loaded; the largest sitemap of all takes 520 million
_MUCH = 64_000_000  # more than a worker needs to keep

# glibc's mallopt(3): what is that large is mapped by itself and goes back when it is freed. Left alone, the bound
# rises with each large page to 32 MB, and what threads free stays with one of sixteen heaps.
_MMAP_THRESHOLD, _TRIM_THRESHOLD, _ARENA_MAX = -3, -1, -8
_LARGE, _HEAPS = 256 * 1024, 2
_RESIDENT, _DATA = 1, 5


def give_back() -> None:
    """Let the memory of large answers go back to the system as soon as they are done with, where malloc is glibc's."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _LARGE), (_ARENA_MAX, _HEAPS)):
            mallopt(option, value)


class Tidy:
    """Gives back what many small pieces leave behind, when that is much: parsers take their trees in such."""

    def __init__(self) -> None:
        self.usual = _pages(_RESIDENT)

    def __call__(self) -> None:
        """After a task."""
        with contextlib.suppress(OSError, AttributeError, TypeError):
            if _pages(_RESIDENT) > self.usual + _MUCH:
                ctypes.CDLL(None).malloc_trim(0)


def bound() -> None:
    """Have the system refuse this process more memory than what it has now and MEMORY, where it can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        most, (_, hard) = _pages(_DATA) + MEMORY, resource.getrlimit(resource.RLIMIT_DATA)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _pages(column: int) -> int:
    """Bytes of this process, by a column of proc(5)'s statm; 0 where there is none."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[column]) * PAGESIZE
    except OSError:
        return 0
