"""A slow or small machine loses nothing: real crawls whose workers are stopped or killed, and pages given up."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from crawler.model import because
from crawler.model.story import Article
from crawler.settings import CrawlSettings
from crawler.spiders.context import CrawlScope, Tally
from crawler.spiders.crawl import Parts, assemble
from crawler.spiders.desk import Page
from crawler.spiders.page_answers import Visit
from crawler.spiders.room import AHEAD
from crawler.workshop.worker import NotBegun, TooLong, WorkerLost
from tests.benchmarks.hardship import busiest, killing, workers_of
from tests.makers.crawling import PATIENCE, Place, deploy, outlet_at, page, rss
from tests.makers.making import BODY, NOON, item, see, watch
from tests.makers.serving import Reply, Site, served

TITLE = "ICE agents detain two men outside Waltham courthouse"
HOSTS = 16  # of crawl.concurrent_hosts


def stock(site: Site, pages: int) -> None:
    """So many pages about ICE, each of another event."""
    links = [(site.url(f"/raid{n}"), f"{TITLE} {n}") for n in range(pages)]
    site.pages = {"/feed": rss(*links)}
    for n in range(pages):
        site.pages[f"/raid{n}"] = Reply(page(f"{TITLE} {n}", f"{BODY}\nIt was arrest number {n} of this year."))


@pytest.mark.slow
class TestCrawls:
    """Real crawls with a worker."""

    @pytest.fixture(autouse=True)
    def with_a_worker(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ICEWIRE_CRAWL__WORKERS", "1")

    def test_no_more_is_downloaded_than_is_judged(self, tmp_path: Path) -> None:
        with served() as site:
            stock(site, 90)
            place = deploy(tmp_path, [outlet_at("paper", site.base)])
            crawl = place.start()
            worker = until(lambda: busiest(workers_of(os.getpid())))
            os.kill(worker, signal.SIGSTOP)
            time.sleep(4)
            asked, judged = len(site.log), articles(place)
            time.sleep(2)
            assert len(site.log) == asked
            assert asked <= 2 + judged + HOSTS + AHEAD  # 2: robots.txt and the feed
            os.kill(worker, signal.SIGCONT)
            _, said = crawl.communicate(timeout=PATIENCE)
        assert (crawl.returncode, said) == (0, "")
        known = place.snapshot()
        assert {known.told(f"/raid{n}") for n in range(90)} == {("fetched", "")}

    def test_workers_that_are_killed_cost_no_page_an_attempt(self, tmp_path: Path) -> None:
        with served() as site, killing(2) as killer:
            stock(site, 90)
            place = deploy(tmp_path, [outlet_at("paper", site.base)])
            crawl = place.start()
            _, said = crawl.communicate(timeout=PATIENCE)
        assert (crawl.returncode, said) == (0, "")
        assert killer.killed
        entries = [place.snapshot().entries[f"/raid{n}"][0] for n in range(90)]
        assert {(entry.state, entry.attempts) for entry in entries} == {("fetched", 1)}


def articles(place: Place) -> int:
    """How many are stored."""
    with place.opened() as engine, Session(engine) as session:
        return session.exec(select(func.count()).select_from(Article)).one()


def until(look: Callable[[], Any]) -> Any:
    """What it gives when that is something; within half a minute."""
    for _ in range(600):
        if found := look():
            return found
        time.sleep(0.05)
    raise TimeoutError


def kept(engine: Engine, error: Exception, content: str = "") -> Parts:
    """A page whose reading ends so, after it was taken from the web."""
    entry = see(watch(engine), item("raid", content=content))[0]
    parts = assemble(engine, CrawlSettings(workers=0), lambda: NOON, CrawlScope(), Tally())
    source = parts.records.source_of(1)
    visit = Visit(entry.url, entry.page, source, [entry])
    parts.pages.visits[visit.key] = visit
    turns = iter([error])
    do = parts.desk.workshop.do

    async def failing(name: str, task: Callable[[], Any], whose: Hashable = None) -> Any:
        for met in turns:
            raise met
        return await do(name, task, whose)

    parts.desk.workshop.do = failing  # type: ignore[method-assign]
    got = Page(entry.url, page(TITLE, BODY).encode(), "text/html", source, (entry,), key=visit.key)
    asyncio.run(parts.pages.keep(got))
    parts.records.ledger.flush()
    return parts


@pytest.mark.parametrize(
    "error",
    [TooLong(because("extraction_too_long", seconds=60)), WorkerLost(because("worker_lost"))],
    ids=["too long", "lost"],
)
def test_a_page_that_does_it_again_alone_is_given_up_with_its_reason(sqlite_engine: Engine, error: TooLong) -> None:
    parts = kept(sqlite_engine, error)
    [(entry, _)] = parts.records.watchlist.entries_at("https://ledger.example/raid")
    assert (entry.state, entry.reason) == ("refused", error.why.code)


def test_then_the_text_that_its_feed_carried_is_read(sqlite_engine: Engine) -> None:
    parts = kept(sqlite_engine, TooLong(because("extraction_too_long", seconds=60)), content=f"<p>{BODY}</p>")
    [(entry, _)] = parts.records.watchlist.entries_at("https://ledger.example/raid")
    assert entry.state == "fetched"


def test_a_page_that_no_process_could_be_had_for_loses_no_attempt(sqlite_engine: Engine) -> None:
    parts = kept(sqlite_engine, NotBegun())
    [(entry, _)] = parts.records.watchlist.entries_at("https://ledger.example/raid")
    assert (entry.state, entry.reason, entry.attempts) == ("failed", "worker_ended", 0)
