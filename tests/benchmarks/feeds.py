"""Feeds, sitemaps and JSON feeds of other projects' tests and of real sites: icewire beside two peers.

    python -m tests.benchmarks.feeds PATH      PATH: a folder of tar.gz archives, one a set

What is counted: `entries` are icewire's items, which have an http(s) link, each link once. `peer_entries`
count the same way, for feedparser and fastfeedparser, the better one file by file: distinct http(s) links of
their entries, resolved against the feed's address. A file is `worse` when icewire has fewer. Most cases of
parser test suites hold entries without any link, which cannot lead to an article; so the raw numbers stand
beside: `raw_peer_entries` are all entries of the better peer, `raw_entries` ours with those that were skipped
for want of a link or as doubles. `missed_links` are links of either peer that icewire does not give, file by
file; some are another choice among an entry's links, and a link that Atom calls self, enclosure or related is
no article to icewire but may be one to a peer. `exceptions` are anything raised but UnreadableFeed,
which is `unreadable`.

Left out: robots.txt sets, and files that are another test's expected result. No peer reads sitemaps.
"""

import gzip
import io
import json
import platform
import sys
import tarfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import fastfeedparser
import feedparser

from crawler.spiders.reading import UnreadableFeed, read_feed

SHOWN = 20


@dataclass
class Score:
    """The counts of one set."""

    files: int = 0
    entries: int = 0
    peer_entries: int = 0
    raw_entries: int = 0
    raw_peer_entries: int = 0
    missed_links: int = 0
    worse_files: int = 0
    better_files: int = 0
    unreadable: int = 0
    exceptions: int = 0
    seconds: float = 0.0
    worst: list[tuple[int, str]] = field(default_factory=list)
    peer_seconds: dict[str, float] = field(default_factory=dict)

    def add(self, other: "Score") -> None:
        for name in FIGURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds
        self.worst += other.worst
        for name, seconds in other.peer_seconds.items():
            self.peer_seconds[name] = self.peer_seconds.get(name, 0.0) + seconds

    def figures(self) -> dict[str, float]:
        speeds = {f"{name}_files_per_cpu_s": round(self.files / s, 1) for name, s in self.peer_seconds.items() if s}
        speed = round(self.files / self.seconds, 1) if self.seconds else 0.0
        return {**{name: getattr(self, name) for name in FIGURES}, "files_per_cpu_s": speed, **speeds}


FIGURES = (
    "files", "entries", "peer_entries", "raw_entries", "raw_peer_entries", "missed_links", "worse_files",
    "better_files", "unreadable", "exceptions",
)  # fmt: skip


def cases(archive: Path) -> Iterator[tuple[str, bytes, str]]:
    """(name, body, address) of each feed of an archive."""
    with tarfile.open(archive) as tar:
        bodies = {m.name: f.read() for m in tar if m.isfile() and (f := tar.extractfile(m))}
    index = json.loads(bodies.pop("index.json", b"{}"))
    for name, body in sorted(bodies.items()):
        if not _is_expected_result(name, body):
            yield name, body, index.get(name) or f"https://feeds.example/{name}"


def _is_expected_result(name: str, body: bytes) -> bool:
    if not name.endswith(".json"):
        return False
    try:
        feed = json.loads(body)
    except ValueError:
        return True
    return not (isinstance(feed, dict) and "jsonfeed" in str(feed.get("version")))


def peer_links(entries: Sequence[Any], url: str) -> set[str]:
    links = set()
    for entry in entries:
        try:
            link = str(entry.get("link") or "").strip()
            if link and urlsplit(urljoin(url, link)).scheme in ("http", "https"):
                links.add(urljoin(url, link))
        except ValueError:
            continue
    return links


def by_feedparser(body: bytes) -> Sequence[Any]:
    return list(feedparser.parse(io.BytesIO(body))["entries"])


def by_fastfeedparser(body: bytes) -> Sequence[Any]:
    return list(fastfeedparser.parse(body)["entries"])


PEERS = {"feedparser": by_feedparser, "fastfeedparser": by_fastfeedparser}


def score_case(set_name: str, name: str, body: bytes, url: str) -> Score:
    score = Score(files=1)
    plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    links: dict[str, set[str]] = {}
    for peer, parse in PEERS.items():
        start = time.process_time()
        try:
            entries = parse(plain)
        except Exception:  # noqa: BLE001 - a peer that raises found nothing
            entries = ()
        score.peer_seconds[peer] = time.process_time() - start
        links[peer] = peer_links(entries, url)
        score.raw_peer_entries = max(score.raw_peer_entries, len(entries))
    score.peer_entries = max(len(found) for found in links.values())
    ours: set[str] = set()
    start = time.process_time()
    try:
        reading = read_feed(body, url)
        ours = {item.url for item in reading.items}
        lost = (note.split() for note in reading.notes if note.endswith(("link skipped", "link dropped")))
        score.raw_entries = len(ours) + sum(int(note[0]) for note in lost)
    except UnreadableFeed:
        score.unreadable = 1
    except Exception as error:  # noqa: BLE001 - counted and named
        score.exceptions = 1
        print(f"exception in {set_name}/{name}: {error!r}")
    score.seconds = time.process_time() - start
    score.entries = len(ours)
    score.missed_links = len(set.union(*links.values()) - ours)
    score.worse_files = int(score.entries < score.peer_entries)
    score.better_files = int(score.entries > score.peer_entries)
    if score.worse_files:
        score.worst.append((score.peer_entries - score.entries, f"{set_name}/{name}"))
    return score


def main(folders: Sequence[str]) -> None:
    scores: dict[str, Score] = {}
    total = Score()
    for archive in (path for folder in folders for path in sorted(Path(folder).glob("*.tar.gz"))):
        name = archive.name.removesuffix(".tar.gz")
        if name.startswith("robots"):
            continue
        scores[name] = Score()
        for case, body, url in cases(archive):
            scores[name].add(score_case(name, case, body, url))
        total.add(scores[name])
    scores["total"] = total
    columns = [*FIGURES, "files_per_cpu_s"]
    print("  ".join([f"{'set':28}", *columns]))
    for name, score in scores.items():
        figures = score.figures()
        print("  ".join([f"{name:28}", *(f"{figures[c]:>{len(c)}}" for c in columns)]))
    for lost, case in sorted(total.worst, reverse=True)[:SHOWN]:
        print(f"worse: {case} lost {lost}")
    versions = {name: version(name) for name in ("feedparser", "fastfeedparser", "lxml")}
    versions["python"] = platform.python_version()
    print(json.dumps({**{name: s.figures() for name, s in scores.items()}, "versions": versions}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1:] or sys.exit("usage: python -m tests.benchmarks.feeds PATH…"))
