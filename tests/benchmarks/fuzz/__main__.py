"""Give foreign bytes to everything that reads them, and tell what breaks.

python -m tests.benchmarks.fuzz [--seconds 60] [--seed 0] [--targets feed,query] [--workers 2] [--json]
python -m tests.benchmarks.fuzz --replay FILE…

Inputs are kept ones (`corpus/TARGET/`), mutated: which follows from seed, target and number alone. A crash is an
exception that the target's contract does not name, a broken promise, or the end of the process; a hang is more seconds
of CPU than the target may take, twice: what is quick when it is read again, by itself, was a stall of the machine. Each
input that crashes or hangs is written into the corpus, and the status is 1. A line a target, then one line of JSON,
which is all with --json.
"""

import argparse
import json
import os
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

from tests.benchmarks.fuzz.running import Found, fuzzed, replayed
from tests.benchmarks.fuzz.targets import CORPUS, TARGETS


def main() -> None:
    """Fuzz or replay, print, and end with 1 when something broke."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--targets", default=",".join(TARGETS))
    parser.add_argument("--workers", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--replay", type=Path, nargs="+", help="files of the corpus, in the folder of their target")
    args = parser.parse_args()
    if unknown := set(_targets(args)) - TARGETS.keys():
        parser.error(f"no target is called {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    if args.replay:
        found = replayed(list(zip(_targets(args), (file.read_bytes() for file in args.replay), strict=True)))
        inputs = Counter(_targets(args))
    else:
        inputs, found = fuzzed(_targets(args), args.seconds, args.seed, args.workers)
    broken = [one for one in found if one.kind != "stall"]
    figures = {
        name: {
            "inputs": count,
            **{plural: sum(f.target == name and f.kind == kind for f in found) for kind, plural in KINDS.items()},
        }
        for name, count in inputs.items()
    }
    if not args.json:
        for name, row in figures.items():
            print(f"{name:9} {row['inputs']:8} inputs {row['crashes']:3} crashes {row['hangs']:3} hangs")
        for one in found:
            print(f"{one.target}: {one.kind}: {one.said}")
    if not args.replay:
        for one in broken:
            print(kept(one), file=sys.stderr)
    totals = {key: sum(row[key] for row in figures.values()) for key in ("inputs", *KINDS.values())}
    print(json.dumps({**totals, "targets": figures, "seed": args.seed}))
    sys.exit(1 if broken else 0)


def _targets(args: argparse.Namespace) -> list[str]:
    """What is fuzzed, or the folders of the files that are replayed."""
    return [file.resolve().parent.name for file in args.replay] if args.replay else args.targets.split(",")


KINDS = {"crash": "crashes", "hang": "hangs", "stall": "stalls"}


def kept(found: Found) -> Path:
    """The file of the corpus that holds the input."""
    file = CORPUS / found.target / f"{found.kind}-{sha256(found.body).hexdigest()[:10]}"
    file.write_bytes(found.body)
    return file


if __name__ == "__main__":
    main()
