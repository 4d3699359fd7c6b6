"""The log: for a person in lines, for a machine as JSON, each line with only the fields that are listed here."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from scheduler.show import seen

# What a line may tell besides its message: numbers and names of ours. Nothing else of a record is written.
FIELDS = ("job", "part", "outlet", "feed", "entry", "story", "delivery", "subscriber", "search", "seconds")
_LONGEST = 8000  # characters of a message, or of an exception's traceback, whose end says most
_ADDRESS = re.compile(r"[^\s<>\"'(),:;]{1,64}@[^\s<>\"'(),:;]{1,255}")
_job: ContextVar[str] = ContextVar("job", default="")


@contextmanager
def at_work_on(job: str) -> Iterator[None]:
    """What is logged meanwhile in this thread is of that job."""
    token = _job.set(job)
    try:
        yield
    finally:
        _job.reset(token)


class LinesForPeople(logging.Formatter):
    """Logs what pages and servers say, too, which must not steer a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s  %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return seen(super().format(record))


class JsonLines(logging.Formatter):
    """A line is one JSON object: time (UTC), level, logger, message, what of FIELDS is known, and an exception in one.

    A traceback may end with what somebody wrote, so addresses in it are left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str | int | float] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:_LONGEST],
        }
        if job := _job.get():
            line["job"] = job
        for name in FIELDS:
            if isinstance(value := record.__dict__.get(name), str | int | float):
                line[name] = value
        if record.exc_info and record.exc_info[0]:
            line["exception"] = _ADDRESS.sub("…", self.formatException(record.exc_info))[-_LONGEST:]
        return json.dumps(line)  # in ASCII: nothing steers a terminal


def write_as(how: str) -> None:
    """From now on the log is written as "text" or "json"."""
    formatter = JsonLines() if how == "json" else LinesForPeople()
    for handler in logging.getLogger().handlers:
        handler.setFormatter(formatter)


def begin(verbose: bool, how: str) -> None:
    """Log to stderr: what icewire does, and with `verbose` also what its libraries do."""
    logging.basicConfig()
    write_as(how)
    logging.getLogger("icewire").setLevel(logging.INFO)
    if verbose:
        logging.getLogger().setLevel(logging.DEBUG)
        return
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_ours_or_grave)


def _is_ours_or_grave(record: logging.LogRecord) -> bool:
    # Libraries turn their own loggers up. What goes wrong with a feed or a page stands in the database; Scrapy's
    # errors about it (no robots.txt, say) would only repeat it. An error of the timetable is told.
    if record.name.startswith(("scrapy", "twisted")):
        if record.getMessage().startswith("while verifying certificate"):
            return False  # Twisted's own traceback of what is the outlet's failure
        floor = logging.ERROR if record.name == "scrapy.core.scraper" else logging.CRITICAL
        return record.levelno >= floor
    return not record.name.startswith("apscheduler") or record.levelno >= logging.ERROR
