"""Whether what is new in a further report is told, and nothing else: python -m tests.benchmarks.development [PATH…]

Without a PATH the invented pairs of development.toml. A PATH is a folder with truth.jsonl and html/: each page of an
event is set against the pages of that event published before it, and what is said of it is printed for a person to
judge; nothing is scored, as nobody has said what is new there.
"""

import json
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from crawler.changes.news import development
from tests.benchmarks.events import ice_pages

CASES = Path(__file__).with_name("development.toml")


def cases() -> list[tuple[list[tuple[str, str]], str, str, str]]:
    """(known reports, title, text, what the line must hold or "") of each invented pair."""
    told = tomllib.loads(CASES.read_text("utf-8"))
    reports = {name: (report["title"], report["text"]) for name, report in told["known"].items()}
    return [([reports[k] for k in c["known"]], c["title"], c["text"], c.get("says", "")) for c in told["case"]]


def invented() -> dict[str, Any]:
    """Precision and recall on the invented pairs, and what went wrong."""
    right = wrong = missed = unlike = 0
    seconds = time.process_time()
    for known, title, text, wanted in cases():
        line = development(title, text, known)
        right += bool(line and wanted)
        wrong += bool(line and not wanted)
        missed += bool(wanted and not line)
        unlike += bool(line and wanted and wanted not in line)
        if bool(line) != bool(wanted) or wanted not in line:
            print(f"  {title}\n    wanted {wanted!r}, said {line!r}")
    seconds = time.process_time() - seconds
    return {
        "pairs": len(cases()),
        "precision": round(right / max(1, right + wrong), 3),
        "recall": round(right / max(1, right + missed), 3),
        "another_line": unlike,
        "ms": round(1000 * seconds / len(cases()), 2),
    }


def real(folder: Path) -> dict[str, Any]:
    """What is said of each later page of an event."""
    events: dict[str, list[tuple[str, str]]] = {}
    pages = told = 0
    for report in ice_pages(folder):
        known = events.setdefault(report.event, [])
        line = development(report.title, report.text, known)
        pages += bool(known)
        if line:
            told += 1
            print(f"  {report.event}: {line}\n      {report.title} ({len(known)} before)")
        known.append((report.title, report.text))
    return {"later_pages": pages, "told": told}


def main(folders: list[Path]) -> None:
    """Print what went wrong or was said, then the line of JSON."""
    figures = {"invented": invented()} | {folder.name: real(folder) for folder in folders}
    print(json.dumps(figures))


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
