"""Thirty days of a deployment within minutes, with all that breaks: python -m tests.benchmarks.soak [--seed N]

200 outlets publish on loopback, by names that a name service of the soak's knows; 1,000 readers in seven time zones
are mailed by SMTP, through a change of the clocks. The jobs are those of `icewire run`, on its database, called each
simulated hour by the soak in place of the timetable, with a clock of the soak's; a crawl is a process of its own,
forked from one that has loaded all it needs. A seed gives what is published, who reads it and what breaks when:

- the daemon is killed in the middle of a crawl, of making digests, of sending them, and started again;
- for hours its disk is full (max_page_count, RLIMIT_FSIZE), read-only (query_only), its database locked by another
  program;
- pages of the database are overwritten, and the newest backup is put back as docs/operating.md says;
- the mail server is down for a day; the clock leaps by minutes to a day, both ways;
- names are not found, servers are slow, feeds and pages are hostile.

After each hour is asked what must hold then, and in the end what became of everything (`rules.py`). Printed are the
plan and, on stdout, the figures; the exit status is 1 when something did not hold. The plan and what is published are
the same for a seed, also at which statement a kill strikes; at which mail it does is the machine's.

lost: published and not seen within 17 hours, or due and not mailed by 4 hours after whatever was broken. given up: due
between a backup and its being put back. late: by more than an hour and a quarter. felt: ticks, feeds and pages that
failed in the hours of a fault. doubled_in_flight: copies of a mail that a kill met between the server's yes and its
being written down.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.soak.plan import make_plan
from tests.benchmarks.soak.report import report, told
from tests.benchmarks.soak.soaking import soak


def say(line: str) -> None:
    """What happens, beside the figures."""
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Read the arguments, soak, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--keep", type=Path, help="leave all that there was in this folder")
    given = parser.parse_args()
    plan = make_plan(given.seed, round(given.days * 24), given.feeds, given.subscribers)
    for fault in plan.faults:
        say(str(fault))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="icewire-soak-") as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        figures = report(soak(plan, place, say), time.monotonic() - began)
    print(json.dumps(figures, indent=1) if given.json else told(figures))
    sys.exit(bool(figures["violations"]))


if __name__ == "__main__":
    main()
