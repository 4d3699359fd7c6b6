"""How well reports of one event are put together: python -m tests.benchmarks.events PATH…

A PATH is a folder: one with neardup_real.jsonl gives the set `documents` (its sets g5 and gn, by event_id; dates are
not used), one with event_titles.jsonl the set `titles`, one with truth.jsonl and html/ the set `ice_pages`, whose pages
are read with extract() and placed with the gazetteer, and once more as `one_town`: as if all of it had happened in one
town on one day, which is harder than any town is. Each is printed as a whole and by halves: rules are written in view
of the events of one half only. Articles arrive one by one by date in an empty database and are
grouped and stored as a crawl does it; the story in which each stands at the end counts.
"""

import gzip
import json
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.extract.article import NotAnArticle, extract
from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Place
from crawler.places.scene import Home, find_scene
from tests.benchmarks.copies import bcubed, f1, read
from tests.benchmarks.halves import HALVES, half_of_event
from tests.benchmarks.newsroom import Newsroom, Report

TOPICS = {"helsinki", "spotify", "census"}  # labelled event_id, but no events


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
        places = tuple(f.place for f in find_scene(gazetteer, article.title, article.text, Home()))
        reports.append(Report(page["id"], page["event"], article.title, article.text, article.published_at, places))
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(reports, key=lambda r: (r.published_at or latest, r.id))


def one_town(folder: Path) -> list[Report]:
    """The same pages, in the same order."""
    town, noon = (Place("Waltham", "city", "Middlesex County", "MA"),), datetime(2026, 5, 13, 12, tzinfo=UTC)
    return [replace(report, places=town, published_at=noon) for report in ice_pages(folder)]


def by_group(reports: list[Report]) -> tuple[dict[str, str], float, float]:
    """The story of each report, and the milliseconds that grouping and storing took for one."""
    with tempfile.TemporaryDirectory() as folder:
        newsroom = Newsroom.within(folder)
        for report in reports:
            newsroom.place(report)
        each = 1000 / max(1, len(reports))
        return newsroom.stories(reports), newsroom.seconds * each, newsroom.storing * each


def scores(gold: dict[str, str], found: dict[str, str], which: Iterable[str]) -> dict[str, float]:
    """B-cubed of these reports, in the groups of all."""
    precision, recall = bcubed(gold, found, which)
    figures = {"bcubed_precision": precision, "bcubed_recall": recall, "bcubed_f": f1(precision, recall)}
    return {name: round(figure, 4) for name, figure in figures.items()}


def measured(reports: list[Report]) -> dict[str, Any]:
    """The figures of a set, as a whole and by halves."""
    found, grouping, storing = by_group(reports)
    gold = {r.id: r.event for r in reports}
    twice = Counter(event for event, _ in set(zip(gold.values(), (found[i] for i in gold), strict=True)))
    mixed = Counter(story for _, story in set(zip(gold.values(), (found[i] for i in gold), strict=True)))
    return {
        **scores(gold, found, gold),
        "peer_each_alone_bcubed_f": round(f1(*bcubed(gold, {i: i for i in gold})), 4),
        "n": len(reports), "events": len(twice), "stories": len(mixed),
        "events_in_several_stories": sum(n > 1 for n in twice.values()),
        "stories_of_several_events": sum(n > 1 for n in mixed.values()),
        "ms_per_article": round(grouping, 2), "store_ms": round(storing, 2),
        **{half: scores(gold, found, [i for i in gold if half_of_event(gold[i]) == half]) for half in HALVES},
    }  # fmt: skip


SETS: dict[str, tuple[str, Callable[[Path], Iterable[Report]]]] = {
    "documents": ("neardup_real.jsonl", documents),
    "titles": ("event_titles.jsonl", titles),
    "ice_pages": ("truth.jsonl", ice_pages),
    "one_town": ("truth.jsonl", one_town),
}
COLUMNS = {"P": "bcubed_precision", "R": "bcubed_recall", "F": "bcubed_f"}


def main(folders: list[Path]) -> None:
    """Print the table and the line of JSON."""
    figures: dict[str, Any] = {"python": platform.python_version()}
    head = {"n": 6, "events": 8, "stories": 9, "B3 P": 8, "R": 8, "F": 8, "alone F": 9, "group": 8, "store": 8}
    print(f"{'set':20}" + "".join(f"{name:>{wide}}" for name, wide in head.items()))
    for folder in folders:
        for name, (file, of) in SETS.items():
            if not (folder / file).exists():
                continue
            row = figures[name] = measured(list(of(folder)))
            whole = "".join(f"{row[column]:8.3f}" for column in COLUMNS.values())
            times = f"{row['ms_per_article']:8.2f}{row['store_ms']:8.2f}"
            alone = f"{row['peer_each_alone_bcubed_f']:9.3f}"
            print(f"{name:20}{row['n']:6}{row['events']:8}{row['stories']:9}{whole}{alone}{times}")
            for half in HALVES:
                told = "".join(f"{row[half][column]:8.3f}" for column in COLUMNS.values())
                print(f"{f'{name} {half}':43}{told}")
            several = row["events_in_several_stories"], row["stories_of_several_events"]
            print(f"{name:20}{several[0]} events in several stories, {several[1]} stories of several events")
    print("group, store: milliseconds of CPU an article")
    print(json.dumps(figures))


if __name__ == "__main__":
    main([Path(path) for path in sys.argv[1:]])
