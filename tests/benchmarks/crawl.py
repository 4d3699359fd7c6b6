"""Whole crawls over loopback: icewire with everything on beside a bare Scrapy spider and other readers.

    python -m tests.benchmarks.crawl [PATH…] [--only LOAD] [--peer-python PYTHON] [--profile] [--soak N]
    python -m tests.benchmarks.crawl --only on_topic --no-peers [--pin CORE] [--busy LOOPS] [--kill-every SECONDS]

Loads: `clean`, invented local news of 40 outlets, 3 in 100 pages about ICE, templates that never name it; `mentions`,
the same with templates that name it on every page; `on_topic`, every page about ICE, one in five a copy. With PATHs,
`real`: pages (a folder with html/ and truth.jsonl) and texts (JSON lines), served by --real-web, the tool of the data.

icewire runs as a person runs it, `icewire crawl` in a folder of its own: robots.txt, feeds, gate, extraction, verdict,
grouping, storing; pause 0. The other readers get the pages' addresses, no robots.txt and no feed, and write a line a
page: `bare` is Scrapy with trafilatura.extract, `bare_no_extract` Scrapy alone, `sequential` one page after another
with trafilatura and metadata, `news_please` and `fundus` those projects, under --peer-python when given. Extraction is
slow, so they read a sample. All run one after another; the server is a process of its own.

pages/s, and CPU a page, are net of start-up, that is from the first request to the process's end. `peak_mb` is the
greatest resident size of the process and its children, added up; in `peak_pss_mb` what they share counts once, as it
does for the machine. `ratio_to_bare` is icewire's pages/s divided by bare's, `cpu_ratio_to_bare` bare's CPU seconds a
page divided by icewire's, which other work on the machine disturbs less: above 1 icewire is the faster one. `stored`
are pages stored, of `on_topic` that are.

With --pin all share one core, with --busy so many loops run beside them, with --kill-every the worker that is busiest
is killed so often (`killed`): nothing may be `missed` then, either.
"""

import argparse
import contextlib
import json
import platform
import pstats
import signal
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crawler.registry.files import write_outlets
from crawler.registry.opml import read_opml
from tests.benchmarks.hardship import busy, killing, pinned
from tests.benchmarks.peers import NOT_INSTALLED
from tests.benchmarks.running import ROOT, Run, Sample, fetch, free_port, served, server_speed, watch

SETTINGS = """
[watch]
shipped = false

[crawl]
allow_private_addresses = true
delay_seconds = 0
poll_minutes = 300
"""
PEERS = Path(__file__).with_name("peers.py")
CRAWL = ["-m", "scheduler", "crawl", "--json"]
SOAK_STEP = 2_000
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """A set of pages that is being served."""

    name: str
    base: str
    truth: list[dict[str, Any]]

    @property
    def stats(self) -> str:
        """The server's counts."""
        return f"{self.base}/stats"

    def sample(self, size: int) -> list[str]:
        """Addresses evenly from all outlets."""
        urls = sorted((line["url"] for line in self.truth), key=lambda url: url.rpartition("/")[2])
        step = max(1.0, len(urls) / max(1, size))
        return [urls[int(n * step)] for n in range(min(size, len(urls)))]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    args = arguments()
    figures: dict[str, Figures] = {}
    if args.soak:
        with serving("soak", invented(args, args.soak, 0.03, outlets=min(200, max(40, args.soak // 250)))) as load:
            figures["soak"] = soak(load)
    else:
        for name, command in loads(args).items():
            with pinned(args.pin), busy(args.busy), serving(name, command) as load:
                figures[name] = measure(load, args)
                print(table(name, figures[name]), flush=True)
    versions = {name: version(name) for name in ("scrapy", "trafilatura", "lxml", "twisted")}
    print(json.dumps({**figures, "versions": {**versions, "python": platform.python_version()}}))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="real pages (folders) and texts (.jsonl) for the load real")
    parser.add_argument("--only", choices=("clean", "mentions", "on_topic", "real"), action="append")
    parser.add_argument("--pages", type=int, default=2000, help="of clean; mentions has half, on_topic three tenths")
    parser.add_argument("--bare-sample", type=int, default=300, help="pages that bare reads")
    parser.add_argument(
        "--peer-sample", type=int, default=100, help="pages that sequential, news_please and fundus read"
    )
    parser.add_argument("--peer-python", default=sys.executable, help="interpreter that has news-please and fundus")
    parser.add_argument("--real-web", type=Path, default=Path("../shared/tools/real_web.py"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-peers", action="store_true", help="icewire alone")
    parser.add_argument("--pin", type=int, metavar="CORE", help="the one core that all share")
    parser.add_argument("--busy", type=int, default=0, metavar="LOOPS", help="loops that keep the machine busy")
    parser.add_argument("--kill-every", type=float, metavar="SECONDS", help="a worker is killed so often")
    parser.add_argument("--profile", action="store_true", help="print where icewire's time goes; wants a quiet machine")
    parser.add_argument("--soak", type=int, metavar="N", help="memory over N pages of clean, icewire alone")
    return parser.parse_args()


def loads(args: argparse.Namespace) -> dict[str, list[str]]:
    """The command of each load's server."""
    found = {
        "clean": invented(args, args.pages, 0.03),
        "mentions": [*invented(args, args.pages // 2, 0.03), "--mentions"],
        "on_topic": invented(args, args.pages * 3 // 10, 1.0),
    }
    if args.paths:
        kinds = {True: "--pages", False: "--texts"}
        real = [part for path in args.paths for part in (kinds[path.is_dir()], str(path.resolve()))]
        found["real"] = [str(args.real_web.resolve()), *real, "--outlets", "40"]
    return {name: command for name, command in found.items() if not args.only or name in args.only}


def invented(args: argparse.Namespace, pages: int, on_topic: float, outlets: int = 40) -> list[str]:
    options = {"pages": pages, "on-topic": on_topic, "outlets": outlets, "seed": args.seed}
    return ["-m", "tests.benchmarks.outlets", *(str(p) for o, v in options.items() for p in (f"--{o}", v))]


@contextlib.contextmanager
def serving(name: str, command: Sequence[str]) -> Iterator[Load]:
    """A load, while the block runs."""
    port = free_port()
    with served([sys.executable, *command, "--port", str(port)], port) as base:
        truth = [json.loads(line) for line in fetch(f"{base}/truth.jsonl").decode().splitlines()]
        yield Load(name, base, truth)


def measure(load: Load, args: argparse.Namespace) -> Figures:
    """All readers on one load."""
    figures: Figures = {"server_pages_per_s": round(server_speed(load.sample(400)))}
    with tempfile.TemporaryDirectory() as folder, killing(args.kill_every) as killer:
        figures["icewire"] = read_with_icewire(load, Path(folder), args.profile)
    figures["hardship"] = {"pin": args.pin, "busy": args.busy, "kill_every": args.kill_every, "killed": killer.killed}
    if args.no_peers:
        return figures
    ways = {"bare": args.bare_sample, "bare_no_extract": len(load.truth), "sequential": args.peer_sample}
    for way, size in ways.items():
        figures[way] = read_with(way, load, size, sys.executable)
    for way in ("news_please", "fundus"):
        if way != "fundus" or load.name != "real":  # there are other ways in than RSS there
            figures[way] = read_with(way, load, args.peer_sample, args.peer_python)
    ours, bare = figures["icewire"], figures["bare"]
    figures["ratio_to_bare"] = round(ours["pages_per_s"] / bare["pages_per_s"], 2)
    figures["cpu_ratio_to_bare"] = round(bare["cpu_s_per_page"] / ours["cpu_s_per_page"], 2)
    return figures


def read_with_icewire(
    load: Load, folder: Path, profile: bool, on_sample: Callable[[Sample], None] = lambda sample: None
) -> Figures:
    """One `icewire crawl` in a fresh folder, and whether it kept the right pages."""
    (folder / "icewire.toml").write_text(SETTINGS)
    reading = read_opml(fetch(f"{load.base}/outlets.opml"))
    write_outlets(folder / "var" / "sources" / "mine.toml", reading.outlets)
    profiled = ["-m", "cProfile", "-o", "profile"] if profile else []
    run = checked(watch([sys.executable, *profiled, *CRAWL], folder, load.stats, on_sample))
    if profile:
        print_profile(folder / "profile", run.pages)
    return {**run.figures(), **kept(folder / "var" / "icewire.db", load), "counts": json.loads(run.said)}


def checked(run: Run) -> Run:
    if run.status:
        sys.exit(f"exit status {run.status}: {run.said}")
    return run


def kept(database: Path, load: Load) -> Figures:
    """What was stored against what is on topic, and stories against events where the truth tells them."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        entries = connection.execute("select e.url, a.story_id from entry e join article a on a.id = e.article_id")
        stories = dict(entries.fetchall())
    on_topic = {line["url"]: line.get("event") for line in load.truth if line["label"] == "ice_activity"}
    found = {"on_topic": len(on_topic), "stored": len(stories), "missed": len(on_topic.keys() - stories.keys()),
             "wrong": len(stories.keys() - on_topic.keys()), "stories": len(set(stories.values()))}  # fmt: skip
    events = {event for event in on_topic.values() if event is not None}
    return {**found, "events": len(events)} if events else found


def read_with(way: str, load: Load, size: int, python: str) -> Figures | str:
    """One of the other readers on a sample."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "urls").write_text("\n".join(load.sample(size)))
        run = watch([python, str(PEERS), way, "urls", "out"], folder, load.stats)
        if run.status == NOT_INSTALLED:
            return f"not installed: {run.said.strip()[:150]}"
        lines = [json.loads(line) for line in (folder / "out").read_text("utf-8").splitlines()]
    return {**checked(run).figures(), "written": len(lines), "texts": sum(bool(line["text"]) for line in lines)}


def soak(load: Load) -> Figures:
    """Memory as pages go by; the slope leaves out the first fifth, in which everything is loaded for the first time."""
    steps: list[tuple[int, float]] = []
    taken: list[Sample] = []

    def note(sample: Sample) -> None:
        taken.append(sample)
        if sample.pages // SOAK_STEP > len(steps):
            steps.append((sample.pages, round(sample.mb, 1)))
            print(f"{sample.pages:>7} pages  {sample.mb:7.1f} MB  {sample.cpu:7.1f} CPU s", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        figures = read_with_icewire(load, Path(folder), False, note)
    settled = [s for s in taken if s.pages >= len(load.truth) / 5]
    slope = 0.0
    if len({s.pages for s in settled}) > 1:
        slope = statistics.linear_regression([s.pages for s in settled], [s.mb for s in settled]).slope
    print(f"slope: {1000 * slope:+.3f} MB in 1,000 pages; greatest {figures['peak_mb']} MB")
    return {"icewire": figures, "mb_at_pages": steps, "mb_per_1000_pages": round(1000 * slope, 3)}


def table(name: str, figures: Figures) -> str:
    """A load's figures for people."""
    columns = ("pages", "pages_per_s", "cpu_s_per_page", "peak_mb", "peak_pss_mb", "wall_s", "cpu_s", "start_s")
    lines = [f"{name}, server {figures['server_pages_per_s']} pages/s", "  ".join([f"{'':16}", *columns])]
    for way, run in figures.items():
        if isinstance(run, dict) and "pages" in run:
            lines.append("  ".join([f"{way:16}", *(f"{run[c]:>{len(c)}}" for c in columns)]))
        elif isinstance(run, str):
            lines.append(f"{way:16}  {run}")
    ours = figures["icewire"]
    lines.append(
        "icewire: " + ", ".join(f"{ours[k]} {k}" for k in ("on_topic", "stored", "missed", "wrong", "stories"))
    )
    if "events" in ours:
        lines[-1] += f" of {ours['events']} events"
    if killed := figures["hardship"]["killed"]:
        lines.append(f"workers killed: {killed}")
    if "ratio_to_bare" in figures:
        lines.append(f"to bare: {figures['ratio_to_bare']} in pages/s, {figures['cpu_ratio_to_bare']} in CPU")
    return "\n".join(lines) + "\n"


def print_profile(path: Path, pages: int) -> None:
    """The functions that cost most, in milliseconds a page: in all for our own, and by themselves for everybody's."""
    ours, everybodys = [], []
    for (file, _, name), (_, calls, alone, in_all, _) in pstats.Stats(str(path)).stats.items():  # type: ignore[attr-defined]
        everybodys.append((alone, calls, f"{'/'.join(Path(file).parts[-2:])}:{name}"))
        if file.startswith(str(ROOT)):
            ours.append((in_all, calls, f"{Path(file).relative_to(ROOT)}:{name}"))
    for heading, rows in (("ours, with what they call", ours), ("all, by themselves", everybodys)):
        print(f"{'ms/page':>8} {'calls':>8}  {heading}")
        for seconds, calls, name in sorted(rows, reverse=True)[:40]:
            print(f"{1000 * seconds / max(1, pages):8.2f} {calls:8}  {name}")


if __name__ == "__main__":
    main()
