"""Measure the quality and write it down: python -m tests.benchmarks.quality [DATA [NAME…]]

Runs the benchmarks on the data in DATA, two at a time, and puts their figures into docs/quality.json and, as a page to
read, docs/quality.md. With names only those are run; the others keep the figures and dates that they have. Nothing is
written when one fails. Takes about two minutes on two cores. Without DATA the page is made again from the figures.
"""

import json
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.quality_page import render

ROOT = Path(__file__).parents[2]
FIGURES, PAGE = ROOT / "docs/quality.json", ROOT / "docs/quality.md"
TEMPLATE = Path(__file__).with_name("quality_page.md")
LABELLED = ("dev", "dev2", "dev_es", "dev_local")
RUNS = {  # the longest first
    "extraction": ("extraction/dev",),
    "polling": ("feeds/dev",),
    "copies": ("dedup/dev",),
    "feeds": ("feeds/dev",),
    "events": ("dedup/dev", "ice_pages/dev"),
    "topic": (*(f"relevance/{name}.jsonl" for name in LABELLED), "ice_pages/dev"),
    "places": (
        *(f"relevance/places_{name}.jsonl" for name in LABELLED),
        *(f"relevance/{name}.jsonl" for name in LABELLED),
    ),
    "confusions": ("relevance/dev2.jsonl", "relevance/places_dev2.jsonl"),
}
PACKAGES = ("icewire", "trafilatura", "htmldate", "lxml", "feedparser", "fastfeedparser")
AT_ONCE = 2


def run(name: str, data: Path) -> dict[str, Any]:
    """The figures of one benchmark; SystemExit with the end of its complaint when it fails."""
    began = time.monotonic()
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *(str(data / path) for path in RUNS[name])]
    print(f"{name} …", flush=True)
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        complaint = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise SystemExit(f"{name} failed ({done.returncode}); nothing was written\n{complaint}")
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    figures = numbers(json.loads(lines[-1]))
    assert isinstance(figures, dict)
    return figures


def numbers(told: Any) -> Any:
    """The same without any words but keys, so that no text of an article can come into a page."""
    if isinstance(told, dict):
        kept = {str(key): numbers(value) for key, value in told.items()}
        return {key: value for key, value in kept.items() if value not in ({}, None)}
    if isinstance(told, list):
        return told if all(isinstance(value, int | float) for value in told) else None
    return told if isinstance(told, int | float) else None


def versions() -> dict[str, str]:
    """Of Python and of the packages that read pages and feeds."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def measured(names: Sequence[str], data: Path) -> dict[str, Any]:
    """The record of today: these benchmarks run anew, the others as they stand in docs/quality.json."""
    if missing := [path for name in names for path in RUNS[name] if not (data / path).exists()]:
        raise SystemExit(f"{data} has no {', '.join(dict.fromkeys(missing))}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda name: run(name, data), names))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    known = json.loads(FIGURES.read_text("utf-8"))["benchmarks"] if FIGURES.exists() else {}
    known |= {name: {"measured": today, "figures": told} for name, told in zip(names, found, strict=True)}
    return {"versions": versions(), "benchmarks": {name: known[name] for name in RUNS if name in known}}


def main(arguments: Sequence[str]) -> int:
    names = list(arguments[1:]) or list(RUNS)
    if set(names) - RUNS.keys():
        print(f"{__doc__}\nNAME is one of {', '.join(RUNS)}", file=sys.stderr)
        return 2
    record = measured(names, Path(arguments[0]).resolve()) if arguments else json.loads(FIGURES.read_text("utf-8"))
    page = render(record, TEMPLATE.read_text("utf-8"))
    FIGURES.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    PAGE.write_text(page, "utf-8")
    print("written: docs/quality.json, docs/quality.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
