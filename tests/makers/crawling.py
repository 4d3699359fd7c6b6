"""Real crawls for tests: a deployment in a folder, crawled by the command in a process of its own."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from crawler.database import open_database
from crawler.model.story import Entry, Feed
from crawler.registry.files import write_outlets
from crawler.registry.outlet import Outlet
from scheduler.migrations import upgrade
from tests.makers.making import outlet
from tests.makers.saying import reason
from tests.makers.serving import Reply

SETTINGS = """
[watch]
shipped = false

[crawl]
allow_private_addresses = {allow}
delay_seconds = {delay}
workers = 0
timeout_seconds = {timeout}
contact_url = "https://icewire.example/about"
max_page_bytes = 200_000
"""
TWO_HOURS = 7200
PATIENCE = 180  # seconds for a command; a busy machine is no fault of the code


@dataclass(frozen=True, slots=True)
class Place:
    """A deployment in a folder."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "var" / "icewire.db"

    @contextlib.contextmanager
    def opened(self) -> Iterator[Engine]:
        engine = open_database(f"sqlite:///{self.database}")
        yield engine
        engine.dispose()

    def start(self, *options: str, offset: float = 0) -> subprocess.Popen[str]:
        return self._begin("crawl", "--json", *options, offset=offset)

    def _begin(self, *words: str, offset: float) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scheduler", "--config", "icewire.toml", *words],
            cwd=self.folder,
            env={**os.environ, "ICEWIRE_CLOCK_OFFSET_SECONDS": str(offset)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(self, *words: str, offset: float = 0) -> tuple[int, str]:
        """A command's exit status and all that it says, lines unfolded."""
        running = self._begin(*words, offset=offset)
        printed, said = running.communicate(timeout=PATIENCE)
        return running.returncode, " ".join(f"{printed} {said}".split())

    def crawl(self, *options: str, offset: float = 0) -> dict[str, int]:
        """One crawl; the counts that it prints."""
        running = self.start(*options, offset=offset)
        printed, said = running.communicate(timeout=PATIENCE)
        assert (running.returncode, said) == (0, "")
        counts: dict[str, int] = json.loads(printed)
        return counts

    def snapshot(self) -> "Snapshot":
        with self.opened() as engine, Session(engine, expire_on_commit=False) as session:
            entries: dict[str, list[Entry]] = {}
            for entry in session.exec(select(Entry).order_by(col(Entry.id))):
                entries.setdefault(urlsplit(entry.url).path, []).append(entry)
            return Snapshot(entries, {f.source_id: f for f in session.exec(select(Feed))})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database knows at a moment: entries by path, feeds by outlet."""

    entries: dict[str, list[Entry]]
    feeds: dict[str, Feed]

    def told(self, path: str) -> tuple[str, str]:
        """The state of a page and the reason."""
        return self.entries[path][0].state, reason(self.entries[path][0])


def deploy(folder: Path, outlets: list[Outlet], allow: bool = True, timeout: float = 10, delay: float = 0) -> Place:
    """A deployment that watches these outlets, allowed to ask loopback or not."""
    settings = SETTINGS.format(allow=str(allow).lower(), timeout=timeout, delay=delay)
    (folder / "icewire.toml").write_text(settings)
    write_outlets(folder / "var" / "sources" / "mine.toml", outlets)
    place = Place(folder)
    with place.opened() as engine:
        upgrade(engine)
    return place


def outlet_at(id: str, base: str, path: str = "/feed", **facts: object) -> Outlet:  # noqa: A002  the registry's word
    """An outlet whose RSS feed stands there."""
    known = {"homepage": f"{base}/", "feeds": [{"kind": "rss", "url": base + path}], **facts}
    return outlet(id, **known)  # type: ignore[arg-type]


def rss(*links: tuple[str, str], etag: str = "") -> Reply:
    """A feed of (address, title)."""
    items = "".join(f"<item><title>{title}</title><link>{url}</link></item>" for url, title in links)
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    return Reply(body, kind="application/rss+xml", headers={"ETag": etag} if etag else {})


def page(title: str, text: str) -> str:
    """A page of a newspaper, one paragraph a line."""
    paragraphs = "".join(f"<p>{p}</p>" for p in text.split("\n"))
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def plain(title: str) -> Reply:
    """A page about anything else."""
    return Reply(
        page(title, f"{title} was the talk of the town on Monday.\nThe council meets again next week at seven.")
    )


def in_turn(*replies: Reply) -> Iterator[Reply]:
    """Each once, and the last for ever."""
    yield from replies
    while True:
        yield replies[-1]
