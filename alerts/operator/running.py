"""What a daemon knows of itself: which of its parts work, what its jobs and crawls did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """How one job of the timetable goes; times are UTC, None = not yet."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    seconds: float = 0.0  # that the last run took
    successes: int = 0
    failures: int = 0

    @property
    def fails(self) -> bool:
        """Whether the last run failed."""
        return self.failed_at is not None and (self.succeeded_at is None or self.failed_at > self.succeeded_at)


@dataclass(frozen=True, slots=True)
class Running:
    """One look at a daemon."""

    troubles: Mapping[str, str] = field(default_factory=dict)  # of the parts that do not work now: part → why
    jobs: Mapping[str, JobRun] = field(default_factory=dict)
    crawled: Mapping[str, int] = field(default_factory=dict)  # what all crawls counted: pages_read, feeds_failed …
    crawled_at: datetime | None = None  # when a crawl last told what it did
    crawl_seconds: float = 0.0  # that it took for that since it told before
    workers: int | None = None  # processes that take jobs from the database; None where there are no such jobs
    jobs_waiting: Mapping[str, int] = field(default_factory=dict)  # for them, by name
