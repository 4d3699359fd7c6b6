"""Places are shared fairly by outlets."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from crawler.spiders.turns import Turns


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 10))


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_has_the_fewest_goes_first_and_of_equals_who_came_first() -> None:
    async def story() -> None:
        turns, came = Turns(3), list[str]()

        async def come(outlet: str) -> None:
            await turns.enter(outlet)
            came.append(outlet)

        waiting = [asyncio.ensure_future(come(one)) for one in ("big", "big", "big", "big", "small", "late")]
        await settle()
        assert came == ["big"] * 3
        for _ in range(3):
            turns.leave("big")
            await settle()
        assert came[3:] == ["small", "late", "big"]
        await asyncio.gather(*waiting)

    run(story())


def test_the_last_quarter_is_for_those_who_have_none() -> None:
    async def story() -> None:
        turns = Turns(16)
        waiting = [asyncio.ensure_future(turns.enter(f"hostile-{n % 10}")) for n in range(60)]
        await settle()
        assert (turns.free, turns.inside.total()) == (4, 12)
        await turns.enter("paper")
        for one in waiting:
            one.cancel()

    run(story())


def test_whoever_waits_no_more_takes_no_place() -> None:
    async def story() -> None:
        turns = Turns(1)
        async with turns.place("a"):
            gone = asyncio.ensure_future(turns.enter("b"))
            at_that_moment = asyncio.ensure_future(turns.enter("c"))
            await settle()
            gone.cancel()
            await settle()
        at_that_moment.cancel()
        await settle()
        async with turns.place("d"):
            assert dict(turns.inside) == {"d": 1}

    run(story())


def test_at_once_there_is_a_place_only_where_nobody_need_be_waited_for() -> None:
    async def story() -> None:
        turns = Turns(4)
        assert [turns.enter_at_once("big") for _ in range(4)] == [True, True, True, False]  # the last is kept
        waiting = asyncio.ensure_future(turns.enter("big"))
        await settle()
        assert not turns.enter_at_once("small")
        turns.leave("big")
        await waiting
        assert turns.enter_at_once("small")

    run(story())
