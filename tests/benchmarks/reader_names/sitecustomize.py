"""What a `case.sh` finds under older names, in each Python that it starts.

The jobs were a table of functions, `scheduler.jobs.JOBS`, which a case wraps to see the ticks.
"""

from functools import partial
from typing import Any

from scheduler import jobs, timetable

_ticked = timetable.run
JOBS: dict[str, Any] = {
    name: partial(_ticked, name) for name in ("crawl", "match", "digest", "deliver", "post", "forget", "health")
}


def run(name: str, config: str) -> bool:
    """One tick, by its name; whether it went well."""
    return bool(JOBS[name](config))


run.__module__ = timetable.__name__  # the job store looks for it there
timetable.run = run
setattr(jobs, "JOBS", JOBS)  # noqa: B010
