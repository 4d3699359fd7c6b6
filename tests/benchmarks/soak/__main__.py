"""Thirty days of a deployment within minutes: python -m tests.benchmarks.soak [--seed N]"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.soak.plan import make_plan
from tests.benchmarks.soak.report import report, told
from tests.benchmarks.soak.soaking import soak


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
    say = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731
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
