"""How well reports of one event are put together: python -m tests.benchmarks.events PATH…

A PATH is a folder: one with neardup_real.jsonl gives the set `documents` (its sets g5 and gn, by event_id; dates are
not used), one with event_titles.jsonl the set `titles`, one with truth.jsonl and html/ the set `ice_pages`, whose pages
are read with extract() and placed with the gazetteer. Articles arrive one by one by date; the candidates are the latest
ones, as in the store, without its limit in days.
"""

import gzip
import json
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from crawler.duplicates import Candidate, group
from crawler.extract import NotAnArticle, extract
from crawler.places import Gazetteer, Home, Place
from tests.benchmarks.copies import bcubed, f1, read

MOST_CANDIDATES = 300
TOPICS = {"helsinki", "spotify", "census"}  # labelled event_id, but no events


@dataclass(frozen=True, slots=True)
class Report:
    """One document of a set, and the event it tells."""

    id: str
    event: str
    title: str
    text: str = ""
    published_at: datetime | None = None
    places: tuple[Place, ...] = ()


def documents(folder: Path) -> Iterator[Report]:
    """The sets g5 and gn."""
    for item in read(folder / "neardup_real.jsonl"):
        if item["set"] in ("g5", "gn") and item["event_id"] and item["event_id"] not in TOPICS:
            yield Report(item["id"], item["event_id"], item["title"], item["text"])


def titles(folder: Path) -> Iterator[Report]:
    """Titles alone."""
    for item in read(folder / "event_titles.jsonl"):
        when = datetime.fromisoformat(item["date"]).replace(tzinfo=UTC)
        yield Report(item["id"], item["event_id"], item["title"], published_at=when)


def ice_pages(folder: Path) -> list[Report]:
    """Pages as fetched, by the date that extract() finds."""
    gazetteer = Gazetteer.load()
    reports = []
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        page: dict[str, Any] = json.loads(line)
        body = gzip.decompress((folder / "html" / f"{page['id']}.html.gz").read_bytes())
        fetched = datetime.fromisoformat(page["fetched"]).replace(tzinfo=UTC)
        try:
            article = extract(body, page["url"], "", fetched)
        except NotAnArticle as error:
            print(f"left out {page['id']}: {error}")
            continue
        places = tuple(f.place for f in gazetteer.find(article.title, article.text, Home()))
        reports.append(Report(page["id"], page["event"], article.title, article.text, article.published_at, places))
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(reports, key=lambda r: (r.published_at or latest, r.id))


def by_group(reports: list[Report]) -> tuple[dict[str, str], float]:
    """The story of each report, and the milliseconds group() took for one."""
    known: list[Candidate] = []
    spent = 0.0
    for number, report in enumerate(reports, 1):
        start = time.perf_counter()
        joined = group(report.title, report.text, report.published_at, report.places, known[-MOST_CANDIDATES:])
        spent += time.perf_counter() - start
        story = joined.story_id or number
        candidate = Candidate(number, story, report.title, report.text, report.published_at, report.places)
        known.append(replace(candidate, copy_of=joined.copy_of))
    return {r.id: str(c.story_id) for r, c in zip(reports, known, strict=True)}, 1000 * spent / max(1, len(reports))


def against_many(reports: list[Report], rounds: int = 15) -> float:
    """The median milliseconds of group() for one article and the last 200 as candidates, each its own story."""
    candidates = [Candidate(n, n, r.title, r.text, r.published_at, r.places) for n, r in enumerate(reports[-200:], 1)]
    times = []
    for report in reports[:rounds]:
        start = time.perf_counter()
        group(report.title, report.text, report.published_at, report.places, candidates)
        times.append(1000 * (time.perf_counter() - start))
    return round(median(times), 1) if times else 0.0


def main(folders: list[Path]) -> None:
    """Print the table and the line of JSON."""
    figures: dict[str, Any] = {"python": platform.python_version()}
    sets: dict[str, tuple[str, Callable[[Path], Iterable[Report]]]] = {
        "documents": ("neardup_real.jsonl", documents),
        "titles": ("event_titles.jsonl", titles),
        "ice_pages": ("truth.jsonl", ice_pages),
    }
    timed: list[Report] = []
    print(f"{'set':12}{'n':>6}{'events':>8}{'stories':>9}{'B3 P':>8}{'B3 R':>8}{'B3 F':>8}{'alone F':>9}{'ms':>8}")
    for folder in folders:
        for name, (file, of) in sets.items():
            if not (folder / file).exists():
                continue
            reports = list(of(folder))
            timed += [report for report in reports if report.text]
            found, spent = by_group(reports)
            gold = {r.id: r.event for r in reports}
            precision, recall = bcubed(gold, found)
            alone = f1(*bcubed(gold, {r.id: r.id for r in reports}))
            counts = f"{len(reports):6}{len(set(gold.values())):8}{len(set(found.values())):9}"
            scores = f"{precision:8.3f}{recall:8.3f}{f1(precision, recall):8.3f}{alone:9.3f}{spent:8.2f}"
            print(f"{name:12}{counts}{scores}")
            figures[name] = {
                "bcubed_precision": round(precision, 4), "bcubed_recall": round(recall, 4),
                "bcubed_f": round(f1(precision, recall), 4), "peer_each_alone_bcubed_f": round(alone, 4),
                "n": len(reports), "ms_per_article": round(spent, 2),
            }  # fmt: skip
    figures["ms_200_candidates"] = against_many(timed)
    print(f"one article against {min(200, len(timed))} candidates: {figures['ms_200_candidates']} ms")
    print(json.dumps(figures))


if __name__ == "__main__":
    main([Path(path) for path in sys.argv[1:]])
