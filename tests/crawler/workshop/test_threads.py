"""Threads do what waits, each one thing at a time, and are used again."""

import asyncio
import threading

import pytest

from crawler.workshop.threads import Threads


def test_one_thread_does_what_comes_one_after_another() -> None:
    async def names() -> list[str]:
        threads = Threads()
        return [await threads.do(lambda: threading.current_thread().name) for _ in range(5)]

    assert len(set(asyncio.run(names()))) == 1


def test_what_waits_for_each_other_has_a_thread_each() -> None:
    async def all_meet() -> list[int]:
        threads, barrier = Threads(), threading.Barrier(4, timeout=10)
        return await asyncio.gather(*(threads.do(barrier.wait) for _ in range(4)))

    assert sorted(asyncio.run(all_meet())) == [0, 1, 2, 3]


def test_an_error_reaches_who_waits_and_the_thread_goes_on() -> None:
    async def fails(threads: Threads) -> int:
        with pytest.raises(ZeroDivisionError):
            await threads.do(lambda: 1 // 0)
        return await threads.do(lambda: 1)

    assert asyncio.run(fails(Threads())) == 1


def test_what_is_asked_for_after_they_were_closed_is_done() -> None:
    async def asks_again(threads: Threads) -> int:
        going_on = threading.Event()
        first = asyncio.ensure_future(threads.do(lambda: going_on.wait(10)))
        await asyncio.sleep(0.01)
        threads.close()
        going_on.set()
        await first
        return await asyncio.wait_for(threads.do(lambda: 1), 10)

    assert [asyncio.run(asks_again(Threads())) for _ in range(20)] == [1] * 20


def test_closed_they_end() -> None:
    async def began(threads: Threads) -> threading.Thread:
        return await threads.do(threading.current_thread)

    threads = Threads()
    thread = asyncio.run(began(threads))
    threads.close()
    thread.join(10)
    assert not thread.is_alive()
