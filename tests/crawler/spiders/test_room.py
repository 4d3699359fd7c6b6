"""No more is downloaded than is read."""

import asyncio

from crawler.spiders.room import Room


async def crowd() -> list[set[str]]:
    room = Room(2)
    seen = []

    async def come(key: str) -> None:
        await room.enter(key)

    waiting = [asyncio.ensure_future(come(key)) for key in ("a", "a", "b", "c", "d")]
    for leaving in ("", "b", "nobody", "b", "a"):
        room.leave(leaving)
        for _ in range(5):
            await asyncio.sleep(0)
        seen.append(set(room.inside))
    await asyncio.gather(*waiting)
    return seen


def test_whoever_comes_first_gets_the_next_place_and_a_redirect_keeps_it() -> None:
    assert asyncio.run(crowd()) == [{"a", "b"}, {"a", "c"}, {"a", "c"}, {"a", "c"}, {"c", "d"}]
