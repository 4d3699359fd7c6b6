"""Whether the time of an answer tells who subscribes: the same forms sent for known and unknown addresses, in turn.

    python -m tests.benchmarks.answers

Real HTTP over loopback, an SQLite of its own, what is done afterwards going on meanwhile. Told in milliseconds.
"""

import random
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from alerts.web.afterwards import Afterwards
from alerts.web.app import make_app
from alerts.web.limits import ALLOWANCES, Allowance
from crawler.database import open_database
from scheduler.migrations import upgrade
from tests.makers.browsing import on_loopback
from tests.makers.chromium import free_port
from tests.makers.visiting import visit

ASKED = 300  # times for each kind of address
FORMS = {"/subscribe": {"words": "raid", "do": "subscribe"}, "/manage/link": {}}


def main() -> None:
    """Print the difference for each form; the promise is ± 10 ms at the 95th percentile."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'icewire.db'}")
        upgrade(engine)
        visitor = visit(engine, now)
        freely = dict.fromkeys(ALLOWANCES, Allowance(10**6, timedelta(seconds=1)))
        pages = replace(visitor.pages, allowances=freely, afterwards=Afterwards())
        for number in range(ASKED):
            join = visitor.pages.members.subscribe
            join(f"known{number}@example.org", "raid", now, "America/New_York", "07:00", active=True)
        port = free_port()
        with on_loopback(make_app(pages), port):
            for path, form in FORMS.items():
                _told(path, _times(port, path, form))
        pages.afterwards.wait()


def _times(port: int, path: str, form: dict[str, str]) -> dict[str, list[float]]:
    """Milliseconds of each answer, by whether the address was known."""
    taken: dict[str, list[float]] = {"known": [], "unknown": []}
    waiting = [(kind, number) for kind in taken for number in range(ASKED)]
    random.Random(7).shuffle(waiting)
    for kind, number in waiting:
        line = HTTPConnection("127.0.0.1", port)
        body = urlencode({**form, "email": f"{kind}{number}@example.org"})
        began = time.perf_counter()
        line.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        answer.read()
        taken[kind].append((time.perf_counter() - began) * 1000)
        assert answer.status == 303, answer.status
        line.close()
        time.sleep(0.02)  # or more waits to be done afterwards than there is room for
    return taken


def _told(path: str, taken: dict[str, list[float]]) -> None:
    percentiles = {kind: statistics.quantiles(times, n=20) for kind, times in taken.items()}
    p50, p95 = ({kind: values[at] for kind, values in percentiles.items()} for at in (9, 18))
    difference = p95["known"] - p95["unknown"]
    shown = ", ".join(f"{kind}: p50 {p50[kind]:.1f}, p95 {p95[kind]:.1f}" for kind in taken)
    print(f"{path}: {shown}; p95 differs by {difference:+.1f} ms")


if __name__ == "__main__":
    main()
