"""Time in which our own loop stood still is known."""

import asyncio
import time

import pytest

from crawler.spiders.pulse import Pulse


async def standing_still(seconds: float) -> float:
    pulse = Pulse()
    pulse.start()
    await asyncio.sleep(0.1)
    time.sleep(seconds)  # as reading a large feed would
    await asyncio.sleep(0.1)
    pulse.stop()
    return pulse.lost


@pytest.mark.slow
def test_only_what_the_loop_did_not_turn_is_lost() -> None:
    assert asyncio.run(standing_still(0.8)) > 0.5
    assert asyncio.run(standing_still(0)) < 0.5
