"""How well and how fast pages become articles, beside trafilatura alone on the same pages in the same run.

    python -m tests.benchmarks.extraction PATH

PATH holds folders scrapinghub, fundus, wcxb, segments, dates (those present are measured), each with
html/<id>.html.gz and truth.jsonl. Titles are equal when their words are, whatever quotes and case; dates by day or
minute in the truth's zone. Authors are equal when the set of names is, people and organisations alike: ours are the
article's authors and the organisations that its page credits as author. Where the truth calls a wire service an author,
the article's wire credit counts as one, else not: outlets differ. person_exact is the same on pages whose truth names
only people. cpu_ratio is all of extract() against trafilatura.extract() with its defaults, which reads only the text.
"""

import gzip
import json
import logging
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import trafilatura
from trafilatura.settings import Document

from crawler.extract.article import NotAnArticle, extract
from crawler.extract.byline import people, wire_named
from crawler.text.tokens import words
from crawler.text.urls import is_web_address

SETS = ("scrapinghub", "fundus", "wcxb", "segments", "dates")
DATE_SETS = ("fundus", "segments", "dates")  # wcxb often gives the day of the last change


@dataclass
class Read:
    """What one program made of a page."""

    title: str = ""
    text: str = ""
    authors: list[str] = field(default_factory=list)
    wire: str = ""
    published_at: datetime | None = None
    has_time: bool = True


def ours(body: bytes, url: str, now: datetime) -> Read:
    try:
        article = extract(body, url, "benchmark", now)
    except NotAnArticle:
        return Read()
    authors = [*article.authors, *filter(None, article.witnesses.get("credit", "").split("; "))]
    has_time = "day only" not in article.witnesses.get("published_at", "")
    return Read(article.title, article.text, authors, article.wire, article.published_at, has_time)


def peer(body: bytes, url: str, now: datetime) -> Read:
    latest = {"original_date": True, "extensive_search": True, "max_date": now.strftime("%Y-%m-%d")}
    found = trafilatura.bare_extraction(
        body, url=url, include_comments=False, with_metadata=True, date_extraction_params=latest
    )
    if not isinstance(found, Document):
        return Read()
    date = datetime.fromisoformat(found.date).replace(tzinfo=UTC) if found.date else None
    authors = [a for a in (found.author or "").split("; ") if a]
    return Read(found.title or "", found.text or "", authors, "", date, has_time=False)


def cases(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        yield truth, gzip.decompress((folder / "html" / f"{truth['id']}.html.gz").read_bytes())


def measure(folder: Path, read: Callable[[bytes, str, datetime], Read], now: datetime) -> dict[str, float]:
    """The figures of one program on one set; a page that it refuses counts as read empty."""
    sums: defaultdict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    seconds = plain = 0.0
    for truth, body in cases(folder):
        url = truth["url"] if is_web_address(truth["url"]) else "https://example.com/page"  # some truths name a file
        started = time.process_time()
        found = read(body, url, now)
        seconds += time.process_time() - started
        started = time.process_time()
        trafilatura.extract(body, url=url)  # the same page in the same moment: a loaded machine slows both
        plain += time.process_time() - started
        counts["pages"] += 1
        for name, value in judge(truth, found, folder.name).items():
            sums[name] += value
            counts[name] += 1
    figures = {name: sums[name] / counts[name] for name in sums}
    if "text_precision" in figures:
        precision, recall = figures["text_precision"], figures["text_recall"]
        figures["text_f1"] = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    pages = counts["pages"]
    cost = {
        "ms_a_page": 1000 * seconds / pages,
        "trafilatura_ms_a_page": 1000 * plain / pages,
        "cpu_ratio": seconds / plain,
    }
    return figures | cost | {"pages": pages, "pages_per_cpu_s": pages / seconds}


def judge(truth: dict[str, Any], found: Read, kind: str) -> dict[str, float]:
    """The scores of one page, of those that its truth allows."""
    scores: dict[str, float] = {"read": float(bool(found.text))}
    if truth.get("text"):
        scores |= text_scores(truth["text"], found.text)
    if kind == "segments":
        folded = " ".join(words(found.text))
        have = [" ".join(words(s)) in folded for s in truth["with"]]
        lack = [" ".join(words(s)) not in folded for s in truth["without"]]
        scores |= {name: sum(v) / len(v) for name, v in (("with", have), ("without", lack)) if v}
        if have and lack:
            scores["segments"] = sum([*have, *lack]) / len([*have, *lack])
    if truth.get("title"):
        scores["title_exact"] = float(words(truth["title"]) == words(found.title))
    if truth.get("authors"):
        right, given = names(truth["authors"]), names(found.authors)
        scores["author_exact"] = float(right in (given, given | names([found.wire] if found.wire else [])))
        if all(people(str(author)) == [author] for author in truth["authors"]):
            scores["person_exact"] = scores["author_exact"]
    if kind in DATE_SETS and truth.get("date"):
        scores |= date_scores(truth["date"], found)
    return scores


def names(authors: list[Any]) -> set[str]:
    flat = [name for given in authors for name in (given if isinstance(given, list) else [given])]
    return {" ".join(words(wire_named([name]) or name)) for name in flat}


def text_scores(truth: str, found: str) -> dict[str, float]:
    """Multiset of 4-grams of words, as in scrapinghub's benchmark."""
    right, ours = re.findall(r"\w+", truth), re.findall(r"\w+", found)
    one, other = grams(right), grams(ours)
    shared = (one & other).total()
    return {
        "text_precision": shared / other.total() if other else 0.0,
        "text_recall": shared / one.total() if one else 0.0,
        "accuracy": float(right == ours),
    }


def grams(tokens: list[str]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)) if tokens)


def date_scores(truth: str, found: Read) -> dict[str, float]:
    right = datetime.fromisoformat(truth)
    if truth[11:] in ("00:00:00+00:00", "00:00:00Z"):  # how the page's program wrote a day
        truth = truth[:10]
    zone = right.tzinfo or UTC
    right, given = right.replace(tzinfo=zone), found.published_at
    if len(truth) <= 10 and given and found.has_time:  # a day of an unknown zone: that day somewhere on earth
        return {"date_day": float(timedelta(hours=-14) <= given - right < timedelta(hours=36))}
    same_day = given is not None and given.astimezone(zone).date() == right.date()
    if len(truth) <= 10:
        return {"date_day": float(same_day)}
    late = abs((given - right).total_seconds()) if given and found.has_time else 1e9
    return {"date_day": float(same_day), "date_minute": float(late < 60)}


def main() -> int:
    logging.disable(logging.CRITICAL)  # the libraries tell about every odd page
    folder, now = Path(sys.argv[1]), datetime.now(UTC)
    present = [folder / name for name in SETS if (folder / name / "truth.jsonl").is_file()]
    if not present:
        print(
            f"No set found in {folder}: expected one of {', '.join(SETS)} with html/ and truth.jsonl.", file=sys.stderr
        )
        return 2
    report: dict[str, Any] = {"versions": {n: version(n) for n in ("trafilatura", "htmldate", "lxml")}}
    for path in present:
        mine, alone = measure(path, ours, now), measure(path, peer, now)
        report[path.name] = {k: round(v, 4) for k, v in mine.items()}
        report[path.name] |= {f"peer_{k}": round(v, 4) for k, v in alone.items() if k != "pages"}
        print(f"{path.name}: {mine['pages']:.0f} pages")
        for name in sorted(mine.keys() - {"pages"}):
            print(f"  {name:<16} {mine[name]:8.3f}   trafilatura alone {alone.get(name, 0.0):8.3f}")
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
