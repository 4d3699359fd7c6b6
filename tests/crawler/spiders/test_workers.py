"""Pages are judged in processes of their own, and one that does not end costs only itself."""

import asyncio
import os
import time
from datetime import datetime

import pytest

from crawler.extract.article import Hint
from crawler.model import because
from crawler.model.story import Source
from crawler.spiders import workers as workshop
from crawler.spiders.workers import Sheet, TooLong, WorkerLost, Workshop, default_workers
from tests.makers.crawling import page
from tests.makers.making import BODY
from tests.makers.saying import saying

SOURCE = Source(id="ledger", name="The Ledger", homepage="https://ledger.example/", city="Waltham", state="MA")
TITLE = "ICE agents detain two men outside Waltham courthouse"


def sheet(title: str = TITLE, text: str = BODY) -> Sheet:
    return Sheet("https://ledger.example/raid", page(title, text).encode(), "text/html", SOURCE, Hint())


@pytest.mark.parametrize("workers", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_page_is_judged_the_same_in_this_process_and_in_another(workers: int, now: datetime) -> None:
    shop = Workshop(workers)

    async def both() -> list[object]:
        return [await shop.judge_page(sheet(), now), await shop.judge_page(sheet("The fair", "The fair opens."), now)]

    found, reason = asyncio.run(both())
    shop.close()
    assert isinstance(found, tuple)
    assert (found[0].title, found[1].label, found[1].places[0]["name"]) == (TITLE, "activity", "Waltham")
    assert reason == because("never_mentioned")


@pytest.mark.slow
def test_a_page_that_does_not_end_is_given_up_and_the_next_one_is_read(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(1)

    async def stuck() -> None:
        shop._open().submit(time.sleep, 600)
        monkeypatch.setattr(workshop, "PATIENCE", 0.5)
        with saying(TooLong, "more than 0 seconds"):
            await shop.judge_page(sheet(), now)
        monkeypatch.setattr(workshop, "PATIENCE", 60)
        assert isinstance(await shop.judge_page(sheet(), now), tuple)

    asyncio.run(stuck())
    shop.close()


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_its_page_a_retry(now: datetime) -> None:
    shop = Workshop(1)

    async def killed() -> None:
        shop._open().submit(os._exit, 1)
        with pytest.raises(WorkerLost):
            await shop.judge_page(sheet(), now)
        assert isinstance(await shop.judge_page(sheet(), now), tuple)

    asyncio.run(killed())
    shop.close()


def test_there_is_always_a_worker_so_that_reading_the_web_goes_on() -> None:
    assert default_workers() in (1, 2)
