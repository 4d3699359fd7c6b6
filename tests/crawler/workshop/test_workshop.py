"""Tasks are done in processes of their own; one that ends its process, or never ends itself, costs only itself."""

import asyncio
import contextlib
import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crawler.feeds import read_feed
from crawler.workshop.worker import NotBegun, TooLong, TooMuch, WorkerLost
from crawler.workshop.workshop import PutOff, Workshop, default_workers
from tests.makers.tasks import (
    die,
    die_once,
    fail,
    note,
    note_and_die,
    resident,
    say,
    scatter,
    swallow,
    take,
    unsendable,
    work,
)


@contextlib.contextmanager
def opened(workers: int = 1, patience: float = 60) -> Iterator[Workshop]:
    shop = Workshop(workers, patience)
    try:
        yield shop
    finally:
        shop.close()


async def all_done(shop: Workshop, *tasks: Callable[[], Any]) -> list[Any]:
    """What each gave or raised, all handed in at once."""
    doing: list[Coroutine[Any, Any, Any]] = [shop.do(f"task {n}", task) for n, task in enumerate(tasks)]
    return await asyncio.gather(*doing, return_exceptions=True)


@pytest.mark.parametrize("workers", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_task_gives_the_same_in_this_process_and_in_another(workers: int) -> None:
    with opened(workers) as shop:
        word, error = asyncio.run(all_done(shop, partial(say, "well"), partial(fail, "what")))
    assert word == "well"
    assert (type(error), str(error)) == (ValueError, "what")


def test_there_is_always_a_worker_so_that_reading_the_web_goes_on() -> None:
    assert default_workers() in (1, 2)


@pytest.mark.slow
class TestProcesses:
    """With real processes, which take seconds to start."""

    def test_an_answer_that_cannot_be_sent_is_an_error_of_that_task(self) -> None:
        with opened() as shop:
            error, word = asyncio.run(all_done(shop, unsendable, partial(say, "well")))
        assert isinstance(error, RuntimeError)
        assert word == "well"

    def test_one_bad_task_beside_thirty_good_ones_costs_only_itself(self) -> None:
        good = [partial(say, str(n)) for n in range(30)]
        with opened(2) as shop:
            answers = asyncio.run(all_done(shop, *good[:10], die, *good[10:]))
        assert isinstance(answers.pop(10), WorkerLost)
        assert answers == [str(n) for n in range(30)]

    def test_a_task_whose_worker_was_killed_is_done_again(self, tmp_path: Path) -> None:
        with opened() as shop:
            assert asyncio.run(all_done(shop, partial(die_once, tmp_path / "mark", "well"))) == ["well"]

    def test_a_suspect_is_done_again_by_a_fresh_worker_with_nothing_beside_it(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        log.touch()
        others = [partial(note, log, f"good{n}", 0.05) for n in range(12)]
        with opened(2) as shop:
            asyncio.run(all_done(shop, *others[:6], partial(note_and_die, log, "bad"), *others[6:]))
        lines = [line.split() for line in log.read_text().splitlines()]
        at = max(n for n, line in enumerate(lines) if line[:2] == ["begin", "bad"])
        before = [line for line in lines[:at] if line[0] == "begin"]
        assert lines[at + 1][:2] == ["end", "bad"]
        assert len(before) == sum(line[0] == "end" for line in lines[:at])  # all others had ended
        assert lines[at][2] not in {pid for _, _, pid in before}

    def test_only_a_task_without_end_is_given_up_and_others_go_on(self) -> None:
        with opened(2, patience=0.5) as shop:
            answers = asyncio.run(all_done(shop, partial(say, "a"), partial(work, 3600), partial(say, "b")))
        assert isinstance(answers.pop(1), TooLong)
        assert answers == ["a", "b"]

    def test_what_takes_long_is_done_aside_and_keeps_nobody_waiting(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("crawler.workshop.workshop.AT_FIRST", 0.2)
        log = tmp_path / "log"
        log.touch()

        async def beside(shop: Workshop) -> None:
            long = asyncio.ensure_future(shop.do("long", partial(work, 1.5)))
            await asyncio.gather(*(shop.do("short", partial(note, log, "short")) for _ in range(5)))
            assert not long.done()
            await long

        with opened() as shop:
            asyncio.run(beside(shop))
        assert log.read_text().count("end short") == 5

    def test_whoever_takes_long_often_is_put_off_and_others_are_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("crawler.workshop.workshop.AT_FIRST", 0.1)

        async def many(shop: Workshop) -> list[Any]:
            theirs = [shop.do("long", partial(work, 3600), "them") for _ in range(6)]
            others = [shop.do("short", partial(say, "well"), "others") for _ in range(6)]
            return await asyncio.gather(*theirs, *others, return_exceptions=True)

        with opened(patience=0.3) as shop:
            answers = asyncio.run(many(shop))
        assert {type(answer) for answer in answers[:6]} == {TooLong, PutOff}
        assert answers[6:] == ["well"] * 6

    @pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system tells no process its memory")
    def test_a_task_that_wants_too_much_memory_costs_only_itself(self) -> None:
        with opened() as shop:
            error, word = asyncio.run(all_done(shop, partial(swallow, 5000), partial(say, "well")))
        assert isinstance(error, TooMuch)
        assert word == "well"

    @pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system tells no process its memory")
    def test_a_packed_sitemap_that_takes_all_memory_is_no_sitemap_that_ends_there(self) -> None:
        body = gzip.compress(b"<urlset>" + b'<a b="" c="" d="" e=""/>' * 2_000_000 + b"</urlset>", 1)
        with opened() as shop:
            [error] = asyncio.run(all_done(shop, partial(read_feed, body, "https://paper.example/sitemap.xml.gz")))
        assert isinstance(error, TooMuch)

    @pytest.mark.skipif(sys.platform != "linux", reason="another malloc")
    def test_a_worker_gives_back_what_a_large_task_took(self) -> None:
        with opened() as shop:
            before, _, after = asyncio.run(all_done(shop, resident, partial(scatter, 2_000_000), resident))
        assert after < before + 100

    def test_a_task_that_waits_for_ever_without_work_is_given_up_too(self) -> None:
        with opened(patience=0.2) as shop:
            [error] = asyncio.run(all_done(shop, partial(take, 3600)))
        assert isinstance(error, TooLong)

    def test_waiting_for_its_turn_is_no_part_of_a_task_s_time(self) -> None:
        with opened(patience=0.6) as shop:
            assert asyncio.run(all_done(shop, *[partial(work, 0.3)] * 6)) == [None] * 6

    def test_a_machine_that_does_much_else_does_not_shorten_a_task_s_time(self) -> None:
        with opened(patience=1) as shop:  # 2 seconds by the clock, of which none are work
            assert asyncio.run(all_done(shop, partial(take, 2, "well"))) == ["well"]

    def test_a_worker_that_dies_between_two_tasks_costs_none(self) -> None:
        async def between(shop: Workshop) -> list[Any]:
            first = await shop.do("first", partial(say, "first"))
            [idle] = shop._idle
            assert idle.process.pid
            os.kill(idle.process.pid, signal.SIGKILL)
            return [first, await shop.do("second", partial(say, "second"))]

        with opened() as shop:
            assert asyncio.run(between(shop)) == ["first", "second"]

    def test_when_the_server_that_forks_workers_is_killed_it_is_started_again(self) -> None:
        from multiprocessing import forkserver

        with opened() as shop:
            assert asyncio.run(all_done(shop, partial(say, "first"))) == ["first"]
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
            answers = asyncio.run(all_done(Workshop(1), partial(say, "second"), partial(say, "third")))
        assert answers == ["second", "third"]

    def test_a_workshop_that_is_closed_does_nothing_more(self) -> None:
        with opened() as shop:
            shop.close()
            [error] = asyncio.run(all_done(shop, partial(say, "late")))
        assert isinstance(error, NotBegun)

    @pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
    def test_whoever_ends_the_crawl_ends_its_workers(self, end: signal.Signals) -> None:
        script = (
            "import asyncio, os, signal\n"
            "from functools import partial\n"
            "from crawler.workshop.workshop import Workshop\n"
            "from tests.makers.tasks import say, take\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # what runs behind a shell ignores it
            "async def busy():\n"
            "    shop = Workshop(2)\n"
            "    await shop.do('', partial(say, ''))\n"
            "    print(os.getpid(), flush=True)\n"
            "    await asyncio.gather(*(shop.do('', partial(take, 3600)) for _ in range(2)))\n"
            "asyncio.run(busy())\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0
        ) as crawl:
            assert crawl.stdout
            assert crawl.stderr
            crawl.stdout.readline()
            time.sleep(0.5)
            os.killpg(crawl.pid, end) if end == signal.SIGINT else crawl.send_signal(end)
            with contextlib.ExitStack() as gone:
                gone.callback(crawl.kill)  # one that lives on fails here and holds up nobody
                crawl.wait(20)
            # Whoever lives on would hold these open.
            assert crawl.stdout.read() == b""
            said = crawl.stderr.read().decode()
        assert "multiprocessing" not in said
