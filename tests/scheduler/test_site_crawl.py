"""A worker's crawl: sites are read by a child process, which is started anew however it ends."""

import logging
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.watch.watchlist import Watchlist
from scheduler import site_crawl
from scheduler.settings import load
from scheduler.site_crawl import SiteCrawl, SiteReport
from tests.makers.crawling import outlet_at, plain, rss
from tests.makers.serving import served
from tests.makers.site_crawls import settings_for

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]


def children(crawl: SiteCrawl) -> list[int]:
    return sorted(child.process.pid for child in crawl._children)


def test_a_child_reads_for_many_threads_and_another_comes_when_it_is_killed_or_old(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "icewire")
    settings_for(tmp_path, database_url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ICEWIRE_SCHEDULE__CRAWL_SECONDS", "0.2")
    crawl = SiteCrawl(load(tmp_path / "icewire.toml"))
    with served() as one, served() as other, ThreadPoolExecutor(2) as threads:
        for site in (one, other):
            site.pages["/feed"] = rss((site.url("/a"), "The council"))
            site.pages["/a"] = plain("The council")
        Watchlist(engine).sync([outlet_at("ledger", one.base), outlet_at("gazette", other.base)])
        names = [site.base.removeprefix("http://") for site in (one, other)]
        first, second = threads.map(crawl.read, names)
        assert [(r.site, r.failed, r.left, r.counts["pages_read"]) for r in (first, second)] == [
            (name, "", False, 1) for name in names
        ]
        [killed] = children(crawl)
        time.sleep(0.3)
        os.kill(killed, signal.SIGKILL)
        while children(crawl):
            time.sleep(0.01)
        assert crawl.read("nothing-due.example") == SiteReport("nothing-due.example")
        [old] = children(crawl)
        monkeypatch.setattr(site_crawl, "LONGEST", 0.0)
        assert crawl.read("nothing-due.example").failed == ""
        while old in children(crawl):
            time.sleep(0.01)
        monkeypatch.setattr(site_crawl, "LONGEST", 3600.0)
    crawl.end(5)
    assert crawl.read("paper.example").failed == "ended"
    assert children(crawl) == []
    assert [r.getMessage() for r in caplog.records] == ["the crawl ended with status -9; what is due stays due"]


def test_that_nobody_can_be_reached_is_told_once_and_asked_again_after_a_pause(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "icewire")
    settings_for(tmp_path, database_url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ICEWIRE_SCHEDULE__CRAWL_SECONDS", "600")
    crawl = SiteCrawl(load(tmp_path / "icewire.toml"))
    outlets = [outlet_at(f"paper-{n}", f"http://127.0.0.{n}:1") for n in range(2, 6)]
    Watchlist(engine).sync(outlets)
    with ThreadPoolExecutor(4) as threads:
        reports = list(threads.map(crawl.read, [f"127.0.0.{n}:1" for n in range(2, 6)]))
    assert [report.failed for report in reports] == ["offline"] * 4
    while children(crawl):
        time.sleep(0.05)
    assert crawl.read("127.0.0.2:1").failed == "offline"
    assert len(Watchlist(engine).due_feeds(datetime.now(UTC))) == 4
    crawl.end(5)
    assert len(caplog.records) == 1
