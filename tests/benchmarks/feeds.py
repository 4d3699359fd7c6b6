"""Feeds, sitemaps and JSON feeds of other projects' tests and of real sites: icewire beside two peers.

    python -m tests.benchmarks.feeds PATH      PATH: a folder of tar.gz archives, one a set

Counted twice. By what is right: `pages` are entries with an http(s) link, which is what can be read; `peer_pages` those
of the better of feedparser and fastfeedparser, file by file, resolved against the feed's address; an Atom id that holds
a space or no slash is a name and no address. `fewer_pages` are files where icewire has fewer. A file is one of
`worse_files` when icewire has fewer pages, right titles or right dates than the better peer. `missed_links` are links
of either peer that icewire does not give, file by file; some are another choice among an entry's links.

And plainly, as a stranger would: `entries` of a file, and `plain_links`, `plain_titles` and `plain_dates`, those that
have one, beside the better peer (`peer_entries`, `plain_peer_*`). `plain_worse_files` have fewer of one of these than
that peer; each is told with the reason, and `reasons` counts them. A peer may call a link what is none (the id
"tag:example.org,2026:1"), a title an image, a date the year 1.

`titles` and `dates` are the peers' entries, matched by link or, where both have as many, by position, whose title
is the same plain text and whose date (publication, else update; none before 1971) is the same instant. A title is
right when it is what the peers agree on, or of two opinions one. So is a date; where it is neither, what the standard
library reads in the feed's text as written is right; where that reads nothing, one peer has no date and icewire has
one, it is `dates_unjudged` and counts for nobody. `peer_*` are those of the better peer; `worse_*` files with fewer.
`expected` are facts that feedparser's files expect of their first entry, `expected_right` those that icewire reads.

`exceptions` are anything raised but UnreadableFeed, which is `unreadable`. `slowest_s` is the CPU time of the
slowest file. Left out: robots.txt sets, and files that are another test's expected result. No peer reads sitemaps.
"""

import gzip
import json
import platform
import sys
import tarfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path

from crawler.feeds.feed import UnreadableFeed, read_feed
from tests.benchmarks.expectations import expected, misread
from tests.benchmarks.feed_counts import PLAIN, REASON, plain_counts
from tests.benchmarks.feed_readers import PEERS, Said, instant, of_item

SHOWN = 60
COUNTS = (
    "files", *PLAIN, "plain_worse_files", "worse_files",
    "pages", "peer_pages", "fewer_pages", "more_pages", "missed_links", "unreadable", "exceptions",
    "titles", "peer_titles", "worse_titles", "dates", "peer_dates", "worse_dates", "dates_unjudged",
    "expected", "expected_right",
)  # fmt: skip


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


def by_standard_library(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return instant(parse(text))
        except (ValueError, OverflowError):
            continue
    return None


def score_case(set_name: str, name: str, body: bytes, url: str) -> Score:
    score = Score(Counter(files=1))
    case, counts = f"{set_name}/{name}", score.counts
    said = {peer: read_as(score, peer, body, url) for peer in PEERS}
    mine = read_ours(score, case, body, url)
    plainly, why = plain_counts(mine, said.values())
    counts.update(plainly)
    score.told += [f"worse: {case}: {clause}" for clause in why]
    peers, ours = {peer: with_page(entries) for peer, entries in said.items()}, with_page(mine)
    counts["pages"], counts["peer_pages"] = len(ours), max(map(len, peers.values()))
    counts["missed_links"] = len({one.link for peer in peers.values() for one in peer} - {one.link for one in ours})
    counts["fewer_pages"] = int(counts["pages"] < counts["peer_pages"])
    counts["more_pages"] = int(counts["pages"] > counts["peer_pages"])
    if counts["fewer_pages"]:
        score.told.append(f"pages: {case}: {counts['pages']}, a peer {counts['peer_pages']}")
    judge(score, case, peers, ours)
    counts["worse_files"] = int(bool(counts["fewer_pages"] or counts["worse_titles"] or counts["worse_dates"]))
    if wanted := expected(body):
        wrong = misread(body, url, wanted)
        counts["expected"], counts["expected_right"] = len(wanted), len(wanted) - len(wrong)
        score.told += [f"expected: {case}: {fact:.150}" for fact in wrong]
    return score


def read_as(score: Score, peer: str, body: bytes, url: str) -> list[Said]:
    """What a peer says; nothing when it raises."""
    unpacked = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    start = time.process_time()
    try:
        return PEERS[peer](unpacked, url)
    except Exception:  # noqa: BLE001 - a peer that raises found nothing
        return []
    finally:
        score.peer_seconds[peer] = time.process_time() - start  # type: ignore[assignment]


def read_ours(score: Score, case: str, body: bytes, url: str) -> list[Said]:
    """What icewire says of each entry; the first are those that lead to a page."""
    ours: list[Said] = []
    start = time.process_time()
    try:
        ours = [of_item(item) for item in read_feed(body, url).entries]
    except UnreadableFeed:
        score.counts["unreadable"] = 1
    except Exception as error:  # noqa: BLE001 - counted and named
        score.counts["exceptions"] = 1
        score.told.append(f"exception: {case}: {error!r}")
    score.seconds = time.process_time() - start
    score.slowest = (score.seconds, case)
    return ours


def with_page(said: Sequence[Said]) -> list[Said]:
    """The entries that lead to a page."""
    return [one for one in said if one.link]


def judge(score: Score, case: str, peers: Mapping[str, Sequence[Said]], ours: Sequence[Said]) -> None:
    """Count titles and dates of the peers' entries that are right, ours and theirs; of one link the first."""
    right: Counter[str] = Counter()
    by_link = {name: {one.link: one for one in reversed(peer)} for name, peer in peers.items()}
    own = {one.link: one for one in reversed(ours)}
    seen: set[str] = set()
    for peer in peers.values():
        for position, link in enumerate(one.link for one in peer):
            if link in seen:
                continue
            seen.add(link)
            opinions = {name: one[link] for name, one in by_link.items() if link in one}
            mine = own.get(link) or (ours[position] if len(ours) == len(peer) else None)
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
    reasons = {r.removeprefix(REASON): n for r, n in total.counts.most_common() if r.startswith(REASON)}
    for figure in (*COUNTS, "files_per_cpu_s", "slowest_s"):
        print("  ".join([f"{figure:18}", *(f"{row[figure]:>10}" for row in rows.values())]))
    print("  ".join([" " * 18, *(f"{name[-10:]:>10}" for name in rows)]))
    for kind in ("exception", "worse", "pages", "title", "date", "expected"):
        told = [line for line in total.told if line.startswith(f"{kind}:")]
        print(*told[:SHOWN], f"({len(told)} of {kind})", sep="\n")
    print(f"slowest: {total.slowest[1]}")
    versions = {name: version(name) for name in ("feedparser", "fastfeedparser", "lxml")}
    versions["python"] = platform.python_version()
    print(json.dumps({**rows, "reasons": reasons, "versions": versions}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1:] or sys.exit("usage: python -m tests.benchmarks.feeds PATH…"))
