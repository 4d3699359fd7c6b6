"""Difficulties from public bug reports, each rebuilt as a case: how many icewire gets right.

python -m tests.benchmarks.cases FOLDER…

A folder is one difficulty or holds several. In it, each `*.json` is a case of one kind (`case`): page (an .html beside
it goes through gate, extract and judge, as the feed's item `feed_title` of `feed_time`), text (title and text are
judged and their places found), window (the words shown for a `query`), feed, moment (one date) or address; `expect`
says what must come out, by key or `key:how` (see `HOWS`). A `run.py` crawls a small web on loopback and prints a line
"ok  …" or "FAIL …" for each of its cases; it gets `tests.benchmarks.lab` as the module `lab`. A `case.py` or `case.sh`
is one case of what a reader meets and failed when it does not end with 0; its `lab` is `tests.benchmarks.reader_lab`.
Prints what failed, a row a folder, then one line of JSON.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alerts.locale import in_words
from alerts.matching import document_of
from alerts.query.query import parse
from alerts.query.window import window
from crawler.extract.article import Hint
from crawler.feeds.feed import UnreadableFeed, read_feed
from crawler.judge import home_of
from crawler.model import Why
from crawler.model.story import Article, Source, Verdict
from crawler.places.gazetteer import shipped
from crawler.places.place import Place
from crawler.places.scene import find_scene
from crawler.places.stored import places_of
from crawler.store.views import Report
from crawler.text.moments import moment
from crawler.text.urls import canonical_url
from crawler.topic.choice import chosen
from crawler.workshop import Sheet, judge_page
from tests.benchmarks.running import ROOT

BOSTON = ZoneInfo("America/New_York")  # the cases' local time
NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)
SCRIPTS = ("case.py", "case.sh")
OLD_NAMES = ROOT / "tests" / "benchmarks" / "reader_names"  # of what a case.sh finds by them
MOST_SECONDS = 900.0  # of a crawl case
STARTER = "import sys, runpy, tests.benchmarks.lab as lab; sys.modules['lab'] = lab; runpy.run_path(sys.argv[1])"

Case = Mapping[str, Any]
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """A case, and what is wrong with what came out; () = nothing."""

    folder: str
    name: str
    wrong: tuple[str, ...]


def page(case: Case, file: Path) -> Told:
    """A page as a crawl judges it."""
    hint = Hint(case.get("feed_title", ""), moment(case["feed_time"] or "") if "feed_time" in case else None)
    body, kind = file.with_suffix(".html").read_bytes(), case.get("content_type", "text/html; charset=utf-8")
    now = datetime.fromisoformat(case["now"]) if case.get("now") else NOW
    source = source_of(case, city="Lynn", state="MA")
    found = judge_page(Sheet(case["url"], body, kind, source, hint), now)
    if isinstance(found, Why):
        return {"kept": False, "why": in_words(found)}
    article, verdict, _ = found
    article.id = 1
    return {
        "kept": verdict.label == "activity",
        "label": verdict.label,
        "score": verdict.score,
        "title": article.title,
        "text": article.text,
        "paywalled": article.paywalled,
        "authors": list(article.authors),
        "places": [named(place) for place in places_of(verdict)],
        "url": article.url,
        "published": published(article),
        "witness": article.witnesses.get("published_at", ""),
        "window": shown(article, source, verdict, "ice"),
    }


def text(case: Case, file: Path) -> Told:
    """What a title and a text are about, and where it happened."""
    judged = chosen().topic.judge(case["title"], case["text"], case.get("lang", "en"))
    found = find_scene(shipped(), case["title"], case["text"], home_of(source_of(case)))
    return {
        "kept": judged.label == "activity",
        "label": judged.label,
        "score": round(judged.score, 2),
        "evidence": [(e.term, e.weight) for e in judged.evidence[:5]],
        "places": [named(p.place) for p in found],
    }


def window_of(case: Case, file: Path) -> Told:
    """The words that are shown of a text for a query."""
    article = Article(url="https://paper.example/1", source_id="paper", title=case["title"], text=case["text"],
                      language=case.get("lang", "en"), link="https://paper.example/1", content_hash="",
                      fetched_at=NOW)  # fmt: skip
    article.id = 1
    return {
        "window": shown(article, source_of(case), Verdict(article_id=1, label="activity", judged_at=NOW), case["query"])
    }


def feed(case: Case, file: Path) -> Told:
    """A feed's links, titles and dates."""
    kind, content_type = case.get("kind_of_feed", "rss"), case.get("content_type", "application/rss+xml")
    try:
        reading = read_feed(case["body"].encode(), "https://paper.example/feed/", content_type, kind, NOW)
    except UnreadableFeed as error:
        return {"links": [], "error": in_words(error.why)}
    dates = [item.published_at.isoformat() if item.published_at else None for item in reading.items]
    return {"links": [i.url for i in reading.items], "published": dates, "titles": [i.title for i in reading.items]}


def date(case: Case, file: Path) -> Told:
    """What one date means, in UTC; a day as a day."""
    read = moment(case["date"])
    return {"moment": None if read is None else read.at.date().isoformat() if read.day_only else read.at.isoformat()}


def address(case: Case, file: Path) -> Told:
    """The identity of an address."""
    return {"canonical": canonical_url(case["url"])}


KINDS: dict[str, Callable[[Case, Path], Told]] = {
    "page": page, "text": text, "window": window_of, "feed": feed, "moment": date, "address": address,
}  # fmt: skip
HOWS: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda got, want: bool(got == want),
    "starts": lambda got, want: str(got or "").startswith(want),
    "has": lambda got, want: want in (got or ""),
    "lacks": lambda got, want: want not in (got or ""),
    "lacks_all": lambda got, want: not any(one in (got or "") for one in want),
    "first": lambda got, want: bool(got) and got[0] == want,
    "not_first": lambda got, want: not got or got[0] != want,
    "none": lambda got, want: not got,
    "in": lambda got, want: got in want,
}


def source_of(case: Case, city: str = "", state: str = "") -> Source:
    """The outlet of a case, by its home."""
    home = case.get("home", {})
    facts = {"city": home.get("city", city), "county": home.get("county", ""), "state": home.get("state", state)}
    return Source(id="paper", name="The Paper", homepage="https://paper.example/", covers=[], **facts)


def named(place: Place) -> str:
    """A place as the cases write it."""
    return place.state if place.kind == "state" else f"{place.name or place.county}, {place.state}"


def published(article: Article) -> str | None:
    """An article's date as a mail shows it: the local time, of a day the day alone."""
    if article.published_at is None:
        return None
    if article.day_only:
        return f"{article.published_at:%Y-%m-%d}"
    return f"{article.published_at.astimezone(BOSTON):%Y-%m-%d %H:%M}"


def shown(article: Article, source: Source, verdict: Verdict, query: str) -> str:
    """The words of an article that a mail shows for a query; "" when it does not meet it."""
    document = document_of(Report(article, source, verdict))
    hit = parse(query, shipped()).match(document)
    return window(document, hit) if hit else ""


def differences(expected: Mapping[str, Any], told: Told) -> Iterator[str]:
    """What is not as it must be."""
    for wanted, value in expected.items():
        key, _, how = wanted.partition(":")
        if not HOWS[how](told.get(key), value):
            yield f"{wanted} {value!r}, not {str(told.get(key))[:160]!r}"
    if not told.get("kept", True) and told.get("why") and expected.get("kept"):
        yield str(told["why"])


def try_file(file: Path) -> Tried:
    """One case of a JSON file; an error of ours is a failure of it."""
    case = json.loads(file.read_text("utf-8"))
    try:
        wrong = tuple(differences(case["expect"], KINDS[case["case"]](case, file)))
    except Exception as error:  # noqa: BLE001  of ours: one case must not stop the others
        wrong = (f"{type(error).__name__}: {error}",)
    return Tried(file.parent.name, file.stem, wrong)


def try_crawl(script: Path) -> Iterator[Tried]:
    """The cases of a `run.py`, each a line that it prints."""
    command = [sys.executable, "-c", STARTER, str(script)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    folder = script.parent.name
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, env=environment)
    except subprocess.TimeoutExpired:
        yield Tried(folder, script.name, (f"took more than {MOST_SECONDS:.0f} seconds",))
        return
    for line in ran.stdout.splitlines():
        verdict, _, said = line.partition(" ")
        if verdict in ("ok", "FAIL"):
            name, _, told = said.strip().removeprefix(f"{folder}/").partition("  ")
            yield Tried(folder, name, () if verdict == "ok" else (told or "fails",))
    if ran.returncode:
        yield Tried(folder, script.name, (f"ended with {ran.returncode}: {ran.stderr.strip()[-300:]}",))


def try_script(script: Path) -> Tried:
    """The case of a `case.py` or `case.sh`, from a copy that has our `lab` where it looks for one."""
    with tempfile.TemporaryDirectory() as place:
        copied = Path(place, script.parent.name)
        shutil.copytree(script.parent, copied)
        Path(place, "lab.py").write_text("from tests.benchmarks.reader_lab import *  # noqa: F403\n", "utf-8")
        command = [sys.executable if script.suffix == ".py" else "bash", str(copied / script.name)]
        environment = {**os.environ, "PYTHONPATH": f"{OLD_NAMES}:{ROOT}" if script.suffix == ".sh" else str(ROOT)}
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, timeout=MOST_SECONDS, env=environment, cwd=ROOT
            )
        except subprocess.TimeoutExpired:
            return Tried(script.parent.name, script.name, (f"took more than {MOST_SECONDS:.0f} seconds",))
    said = [line for line in ran.stdout.splitlines() if line.startswith("got:")] or ran.stderr.splitlines()[-1:]
    return Tried(script.parent.name, script.name, () if ran.returncode == 0 else (" ".join(said)[:300],))


def try_folder(folder: Path) -> Iterator[Tried]:
    """All cases of one difficulty."""
    for file in sorted(folder.glob("*.json")):
        yield try_file(file)
    if (folder / "run.py").exists():
        yield from try_crawl(folder / "run.py")
    for name in SCRIPTS:
        if (folder / name).exists():
            yield try_script(folder / name)


def folders_of(path: Path) -> list[Path]:
    """The difficulties that a folder is or holds; ValueError when it holds none."""
    if _holds_cases(path):
        return [path]
    held = sorted(inner for inner in path.iterdir() if inner.is_dir() and _holds_cases(inner))
    if not held:
        raise ValueError(f"{path}: no folder with *.json, run.py, case.py or case.sh in it")
    return held


def _holds_cases(path: Path) -> bool:
    return any(path.glob("*.json")) or any((path / name).exists() for name in ("run.py", *SCRIPTS))


def report(tried: Sequence[Tried]) -> dict[str, Any]:
    """Print what failed and a row a folder; the figures."""
    by_folder: dict[str, dict[str, int]] = {}
    for one in tried:
        row = by_folder.setdefault(one.folder, {"cases": 0, "ok": 0, "failed": 0})
        row["cases"] += 1
        row["failed" if one.wrong else "ok"] += 1
        if one.wrong:
            print(f"FAIL {one.folder}/{one.name}: {'; '.join(one.wrong)}")
    for folder, row in by_folder.items():
        print(f"{folder:40} {row['ok']:4} ok {row['failed']:4} failed")
    total = {key: sum(row[key] for row in by_folder.values()) for key in ("cases", "ok", "failed")}
    print(f"{'all':40} {total['ok']:4} ok {total['failed']:4} failed")
    return {**total, "by_folder": by_folder}


def main() -> None:
    """Try the folders named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path)
    tried: list[Tried] = []
    for folder in [held for named in parser.parse_args().folders for held in folders_of(named)]:
        print(f"{folder.name} …", file=sys.stderr)
        tried += try_folder(folder)
    print(json.dumps(report(tried)))


if __name__ == "__main__":
    main()
