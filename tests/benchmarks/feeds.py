"""Feeds, sitemaps and JSON feeds of other projects' tests and of real sites: icewire beside two peers.

    python -m tests.benchmarks.feeds PATH      PATH: a folder of tar.gz archives, one a set

What is counted: `entries` are icewire's items, which have an http(s) link, each link once. `peer_entries`
count the same way, for feedparser and fastfeedparser, the better one file by file: distinct http(s) links of
their entries, resolved against the feed's address; an Atom id that holds a space or no slash is a name and no
address, though a peer may call it a link. A file is `worse` when icewire has fewer, also
counting entries that it folded because they lead to one page.
Most cases of parser test suites hold entries without any link, which cannot lead to an article;
so the raw numbers stand beside: `raw_peer_entries` are all entries of the better peer, `raw_entries`
ours with those that were skipped for want of a link or as doubles. `missed_links` are links of either peer that
icewire does not give, file by file; some are another choice among an entry's links.

`titles` and `dates` are the peers' entries, matched by link or, where both have as many, by position, whose title
is the same plain text and whose date (publication, else update; none before 1971) is the same instant. A title is
right when it is what the peers agree on, or of two opinions one. So is a date; where it is neither, what the standard
library reads in the feed's text as written is right; where that reads nothing, one peer has no date and icewire has
one, it is `dates_unjudged` and counts for nobody. `peer_*` are those of the better peer; `worse_*` files with fewer.
`expected` are facts that feedparser's files expect of their first entry, `expected_right` those that icewire reads.

`exceptions` are anything raised but UnreadableFeed, which is `unreadable`. `slowest_s` is the CPU time of the
slowest file. Left out: robots.txt sets, and files that are another test's expected result. No peer reads sitemaps.
"""

import calendar
import gzip
import io
import json
import platform
import sys
import tarfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import fastfeedparser
import feedparser

from crawler.spiders.fields import plain
from crawler.spiders.reading import UnreadableFeed, read_feed
from tests.benchmarks.expectations import expected, misread

SHOWN = 60
COUNTS = (
    "files", "entries", "peer_entries", "raw_entries", "raw_peer_entries", "missed_links", "worse_files",
    "better_files", "unreadable", "exceptions", "titles", "peer_titles", "worse_titles", "dates", "peer_dates",
    "worse_dates", "dates_unjudged", "expected", "expected_right",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What one reader says of one entry."""

    link: str
    title: str
    date: datetime | None
    written: str = ""  # the date as the feed writes it


@dataclass
class Score:
    """The counts of one set."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")
    peer_seconds: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        self.counts.update(other.counts)
        self.seconds += other.seconds
        self.slowest = max(self.slowest, other.slowest)
        self.peer_seconds.update(other.peer_seconds)
        self.told += other.told

    def figures(self) -> dict[str, float]:
        files = self.counts["files"]
        speeds = {f"{name}_files_per_cpu_s": round(files / s, 1) for name, s in self.peer_seconds.items() if s}
        own = {"files_per_cpu_s": round(files / self.seconds, 1) if self.seconds else 0.0}
        return {**{name: self.counts[name] for name in COUNTS}, **own, **speeds, "slowest_s": round(self.slowest[0], 3)}


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


def peer_link(entry: Mapping[str, Any], url: str) -> str:
    """The entry's http(s) address, or ""."""
    link = str(entry.get("link") or "").strip()
    if not link.startswith("http") and (" " in link or (link == entry.get("id") and "/" not in link)):
        return ""
    try:
        return urljoin(url, link) if link and urlsplit(urljoin(url, link)).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def by_feedparser(body: bytes, url: str) -> tuple[int, list[Said]]:
    entries = list(feedparser.parse(io.BytesIO(body))["entries"])
    said = []
    for entry in entries:
        facts = dict(entry)  # a plain one: feedparser's own answers with the publication when asked for the update
        when = facts.get("published_parsed") or facts.get("updated_parsed")
        date = _instant(datetime.fromtimestamp(calendar.timegm(when), UTC)) if when else None
        written = facts.get("published") or facts.get("updated") or ""
        said.append(Said(peer_link(facts, url), plain(str(facts.get("title") or "")), date, written))
    return len(entries), said


def by_fastfeedparser(body: bytes, url: str) -> tuple[int, list[Said]]:
    entries = list(fastfeedparser.parse(body)["entries"])
    said = []
    for entry in entries:
        when = entry.get("published") or entry.get("updated")
        title = plain(str(entry.get("title") or ""))
        said.append(Said(peer_link(entry, url), title, _instant(datetime.fromisoformat(when)) if when else None))
    return len(entries), said


PEERS = {"feedparser": by_feedparser, "fastfeedparser": by_fastfeedparser}


def _instant(time: datetime) -> datetime | None:
    """In UTC and whole seconds; what programs write for "no date" is none."""
    if time.year <= 1970:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def by_standard_library(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _instant(parse(text))
        except (ValueError, OverflowError):
            continue
    return None


def score_case(set_name: str, name: str, body: bytes, url: str) -> Score:
    score = Score(Counter(files=1))
    case, counts = f"{set_name}/{name}", score.counts
    unpacked = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    peers: dict[str, dict[str, Said]] = {}
    for peer, parse in PEERS.items():
        start = time.process_time()
        said: list[Said] = []
        try:
            raw, said = parse(unpacked, url)
            counts["raw_peer_entries"] = max(counts["raw_peer_entries"], raw)
        except Exception:  # noqa: BLE001 - a peer that raises found nothing
            pass
        score.peer_seconds[peer] = time.process_time() - start  # type: ignore[assignment]
        peers[peer] = {}
        for one in said:
            if one.link:
                peers[peer].setdefault(one.link, one)
    ours = read_ours(score, case, body, url)
    counts["peer_entries"] = max(map(len, peers.values()))
    counts["missed_links"] = len(set().union(*peers.values()) - ours.keys())
    counts["worse_files"] = int(counts["entries"] + counts["folded"] < counts["peer_entries"])
    counts["better_files"] = int(counts["entries"] > counts["peer_entries"])
    if counts["worse_files"]:
        score.told.append(f"worse: {case} lost {counts['peer_entries'] - counts['entries']}")
    judge(score, case, peers, ours)
    if wanted := expected(body):
        wrong = misread(body, url, wanted)
        counts["expected"], counts["expected_right"] = len(wanted), len(wanted) - len(wrong)
        score.told += [f"expected: {case}: {fact:.150}" for fact in wrong]
    return score


def read_ours(score: Score, case: str, body: bytes, url: str) -> dict[str, Said]:
    counts, start = score.counts, time.process_time()
    ours: dict[str, Said] = {}
    try:
        reading = read_feed(body, url)
        for item in reading.items:
            date = item.published_at or item.updated_at
            ours[item.url] = Said(item.url, item.title, date and _instant(date))
        lost = Counter({note.partition(" item")[2]: int(note.split()[0]) for note in reading.notes if " item" in note})
        counts["folded"] = sum(n for what, n in lost.items() if what.endswith("link dropped"))
        skipped = sum(n for what, n in lost.items() if what.endswith("link skipped"))
        counts["entries"], counts["raw_entries"] = len(ours), len(ours) + counts["folded"] + skipped
    except UnreadableFeed:
        counts["unreadable"] = 1
    except Exception as error:  # noqa: BLE001 - counted and named
        counts["exceptions"] = 1
        score.told.append(f"exception: {case}: {error!r}")
    score.seconds = time.process_time() - start
    score.slowest = (score.seconds, case)
    return ours


def judge(score: Score, case: str, peers: Mapping[str, Mapping[str, Said]], ours: Mapping[str, Said]) -> None:
    """Count titles and dates of the peers' entries that are right, ours and theirs."""
    right: Counter[str] = Counter()
    seen: set[str] = set()
    for peer in peers.values():
        for position, link in enumerate(peer):
            if link in seen:
                continue
            seen.add(link)
            opinions = {name: one[link] for name, one in peers.items() if link in one}
            mine = ours.get(link) or _at(ours, position, len(peer))
            if mine is None and score.counts["folded"]:
                continue  # one of two links of a page that icewire gives once
            titles = {one.title for one in opinions.values()} - {""} or {""}
            right["titles"] += bool(mine and mine.title in titles)
            if not mine or mine.title not in titles:
                score.told.append(f"title: {case} {link}: {titles} is {mine and mine.title!r:.100}")
            right.update(f"titles {name}" for name, one in opinions.items() if one.title in titles)
            dates = _right_dates(list(opinions.values()), mine)
            if dates is None:
                score.counts["dates_unjudged"] += 1
                continue
            right["dates"] += bool(mine and mine.date in dates)
            if not mine or mine.date not in dates:
                score.told.append(f"date: {case} {link}: {opinions} is {mine and mine.date}")
            right.update(f"dates {name}" for name, one in opinions.items() if one.date in dates)
    for what in ("titles", "dates"):
        best = max(right[f"{what} {name}"] for name in peers)
        score.counts.update({what: right[what], f"peer_{what}": best, f"worse_{what}": int(right[what] < best)})


def _at(ours: Mapping[str, Said], position: int, number: int) -> Said | None:
    return list(ours.values())[position] if len(ours) == number else None


def _right_dates(opinions: Sequence[Said], mine: Said | None) -> set[datetime | None] | None:
    """The dates that count as right, or None when nobody can say."""
    dates = {one.date for one in opinions}
    if len(dates) == 1 or (None not in dates and mine and mine.date in dates):
        return dates
    if sure := next((time for one in opinions if (time := by_standard_library(one.written))), None):
        return {sure}
    return None if mine and mine.date else dates - {None}


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
    rows = {name: score.figures() for name, score in scores.items()}
    for figure in (*COUNTS, "files_per_cpu_s", "slowest_s"):
        print("  ".join([f"{figure:18}", *(f"{row[figure]:>10}" for row in rows.values())]))
    print("  ".join([" " * 18, *(f"{name[-10:]:>10}" for name in rows)]))
    for kind in ("exception", "worse", "title", "date", "expected"):
        told = [line for line in total.told if line.startswith(f"{kind}:")]
        print(*told[:SHOWN], f"({len(told)} of {kind})", sep="\n")
    print(f"slowest: {total.slowest[1]}")
    versions = {name: version(name) for name in ("feedparser", "fastfeedparser", "lxml")}
    versions["python"] = platform.python_version()
    print(json.dumps({**rows, "versions": versions}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1:] or sys.exit("usage: python -m tests.benchmarks.feeds PATH…"))
