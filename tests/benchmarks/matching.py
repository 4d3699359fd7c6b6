"""How long a story takes to find its searches.

    python -m tests.benchmarks.matching [--sizes N,N] [--stories N] [--seed N]

For each size a fresh process saves so many invented searches (`searches.py` has the mix) in an SQLite file, reads them
all, and lets invented stories of one to three reports meet them, one after the other. CPU time of:

- start: reading all searches from the database into the index, and the memory that it takes;
- decide: from the texts of a story to the ids of the searches that it meets, median and 95th percentile;
- change: adding, changing and pausing one search, the median of 300 and the slowest;
- told: a story that about 900 searches meet: decided, reasons and windows made, and all matches stored in SQLite.

Beside, in the same process and on the same stories: the naive loop (`Query.match` of each query, parsed before; of
2,000 of the searches, multiplied), FTS5 (a question to an index of the story for the words that each search needs; of
the 2,000 as well), and mokaccino, a percolator of words and fields, which is spared what it does not know: distances,
the order of a phrase, NEAR. Mismatches: answers that differ from those of the naive loop.
"""

import argparse
import gc
import json
import os
import platform
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha1
from importlib.metadata import version

from sqlalchemy import Engine, delete, insert
from sqlmodel import Session

from alerts.matching.catch_up import found_in
from alerts.matching.matches import Matches
from alerts.matching.searches import LiveSearches
from alerts.people.subscriber import Match, Subscriber, Subscription
from alerts.query import Document, NamedPlaces, SearchIndex, parse
from crawler.database import open_database
from crawler.places import shipped
from crawler.store import Store, StoryView
from scheduler.migrations import upgrade
from tests.benchmarks.percolators import FullText, Mokaccino, milliseconds, naive
from tests.benchmarks.running import ROOT
from tests.benchmarks.searches import MIX, Maker
from tests.makers.making import article, keep, outlet, verdict, watch

SIZES = (100_000, 400_000, 1_000_000)
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
SAMPLE = 2_000  # searches that are asked one by one
CHANGES = 300
TOLD = 900  # matches of a story that is told of
PLACES = NamedPlaces()

Figures = dict[str, float]


def resident_mb() -> float:
    """What this process holds in memory (Linux)."""
    with open("/proc/self/statm") as counts:
        return int(counts.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def save(engine: Engine, queries: Sequence[str]) -> None:
    """A person for each search."""
    person = {"timezone": "UTC", "digest_at": "07:00", "language": "en", "state": "active", "created_at": NOW}
    search = {"name": "", "cadence": "daily", "created_at": NOW}
    with engine.begin() as connection:
        people = [{"id": n, "email": f"r{n}@example.org"} | person for n in range(1, len(queries) + 1)]
        connection.execute(insert(Subscriber), people)
        searches = [{"id": n, "subscriber_id": n, "query": query} | search for n, query in enumerate(queries, 1)]
        connection.execute(insert(Subscription), searches)


def start(engine: Engine) -> tuple[SearchIndex, Figures]:
    """Read all searches, as the daemon does when it starts."""
    shipped()
    parse('raid near:"02453 5mi"', PLACES)  # the places and forms of words are there already
    gc.collect()
    before, began = resident_mb(), time.process_time()
    index = LiveSearches(engine, PLACES).index()
    return index, {"start_s": time.process_time() - began, "memory_mb": resident_mb() - before}


def decide(index: SearchIndex, stories: Sequence[Sequence[Document]]) -> Figures:
    """Which searches each story meets."""
    took, met, ids, candidates = [], [], [], []
    for story in stories:
        unread = [replace(document) for document in story]  # its words are indexed within the time
        began = time.process_time()
        first = index.first_met(unread)
        numbers = [number for search in first for number in search.ids]
        took.append(1000 * (time.process_time() - began))
        met.append(len(first))
        ids.append(len(numbers))
        candidates.append(len(set().union(*map(index.candidates, unread))))
    return {
        "median_ms": statistics.median(took),
        "p95_ms": sorted(took)[int(0.95 * len(took))],
        "candidates": statistics.mean(candidates),
        "distinct_met": statistics.mean(met),
        "matches": statistics.mean(ids),
    }


def change(index: SearchIndex, queries: Sequence[str]) -> Figures:
    """One search is added, gets another query, is paused."""
    took = []
    for at in range(CHANGES):
        added, other = parse(queries[at], PLACES), parse(queries[-at - 1], PLACES)
        for query in (added, other, None):
            began = time.process_time()
            if query:
                index.put(-1, query)
            else:
                index.drop(-1)
            took.append(1000 * (time.process_time() - began))
    return {"change_ms": statistics.median(took), "slowest_change_ms": max(took)}


def tell(engine: Engine, index: SearchIndex, stories: Sequence[Sequence[Document]]) -> Figures:
    """All that follows a match, of the stories that about so many searches meet."""
    store, matches, took, rows = Store(engine), Matches(engine), [], []
    watch(engine, *(outlet(f"told{n}") for n in range(3)))
    by_count = sorted(stories, key=lambda s: abs(TOLD - sum(len(x.ids) for x in index.first_met(s))))
    for story in by_count[:10]:
        kept = _keep(engine, store, story)
        for _ in range(3):
            began = time.process_time()
            rows.append(matches.record_matches(kept.story, found_in(kept, index), NOW))
            took.append(1000 * (time.process_time() - began))
            _untell(engine)
    return {"told_ms": statistics.median(took), "told_matches": statistics.mean(rows)}


def _keep(engine: Engine, store: Store, story: Sequence[Document]) -> StoryView:
    story_id: int | None = None
    for n, document in enumerate(story):
        facts = {"sentence": document.text.partition(".")[0], "confidence": 0.9, "further": []}
        judged = verdict(kind=document.kinds[0], places=[asdict(place) | facts for place in document.places])
        made = article(sha1(document.text.encode()).hexdigest(), f"told{n}", document.text, document.title)
        story_id = keep(engine, made, of=judged, story=story_id).story_id
    assert story_id is not None
    return store.views([story_id])[0]


def _untell(engine: Engine) -> None:
    with Session(engine) as session:
        session.exec(delete(Match))
        session.commit()


def beside(index: SearchIndex, queries: Sequence[str], stories: Sequence[Sequence[Document]], seed: int) -> Figures:
    """The same asked in other ways, and whether the naive one answers the same."""
    numbers = random.Random(seed).sample(range(len(queries)), min(SAMPLE, len(queries)))
    sample = [parse(queries[n], PLACES) for n in numbers]
    share, mismatches = len(queries) / len(sample), 0
    few = stories[:20]
    for story in stories:
        met = {number - 1 for search in index.first_met(story) for number in search.ids}
        mismatches += len({numbers[at] for at in naive(sample, story)} ^ met.intersection(numbers))
    unread = [[replace(document) for document in story] for story in few]
    full_text = FullText(sample)
    percolator = Mokaccino([parse(query, PLACES) for query in dict.fromkeys(queries)])
    return {
        "mismatches": mismatches,
        "naive_ms": share * statistics.median(milliseconds(lambda story: naive(sample, story), unread)),
        "fts5_ms": share * statistics.median(milliseconds(full_text.ask, few)),
        "fts5_asked": share * len(full_text.questions),
        "mokaccino_ms": statistics.median(milliseconds(percolator.ask, few)),
        "mokaccino_asked": percolator.asked,
    }


def measure(size: int, count: int, seed: int) -> Figures:
    """All of one size, in this process."""
    maker = Maker(seed, shipped())
    queries = [maker.query() for _ in range(size)]
    stories = [maker.story() for _ in range(count)]
    with tempfile.TemporaryDirectory(prefix="matching-") as folder:
        engine = open_database(f"sqlite:///{folder}/icewire.db")
        upgrade(engine)
        save(engine, queries)
        index, figures = start(engine)
        figures |= {"searches": len(index), "distinct": index.distinct, "atoms": index.nodes}
        figures |= decide(index, stories) | change(index, queries) | tell(engine, index, stories)
        figures |= beside(index, queries, stories, seed)
        engine.dispose()
    figures["ratio_to_naive"] = figures["naive_ms"] / figures["median_ms"]
    figures["ratio_to_fts5"] = figures["fts5_ms"] / figures["median_ms"]
    figures["ratio_to_mokaccino"] = figures["mokaccino_ms"] / figures["median_ms"]
    return {name: round(value, 3) for name, value in figures.items()}


def main() -> None:
    """Print the figures of each size, then the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", type=int, help="measure this one, in this process")
    asked = parser.parse_args()
    if asked.size:
        print(json.dumps(measure(asked.size, asked.stories, asked.seed)))
        return
    print("the mix:", ", ".join(f"{name} {share:.0%}" for name, share in MIX.items()))
    by_size: dict[str, Figures] = {}
    for size in map(int, asked.sizes.split(",")):
        print(f"\n{size:,} searches, {asked.stories} stories …", flush=True)
        options = ["--size", str(size), "--stories", str(asked.stories), "--seed", str(asked.seed)]
        command = [sys.executable, "-m", "tests.benchmarks.matching", *options]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        by_size[str(size)] = json.loads(done.stdout.splitlines()[-1])
        for name, value in by_size[str(size)].items():
            print(f"  {name:20} {value:14,.3f}")
    versions = {
        "python": platform.python_version(),
        "mokaccino": version("mokaccino"),
        "sqlite": sqlite3.sqlite_version,
    }
    print(json.dumps({**by_size, **versions}))


if __name__ == "__main__":
    main()
