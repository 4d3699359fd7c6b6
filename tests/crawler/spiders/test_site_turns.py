"""One request at a time at a site and at the machine it shares, of all processes."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from time import monotonic

import pytest
from sqlalchemy import Engine

from crawler.manners.claims import Claims
from crawler.spiders import site_turns
from crawler.spiders.site_turns import SiteTurns

SITE, OTHER, MACHINE = "paper.example", "gazette.example", "owner at 192.0.2.1"


class Visits:
    """Who was where when, and how many at once."""

    def __init__(self) -> None:
        self.most, self.inside = 0, 0
        self.made: list[tuple[str, float]] = []

    async def make(self, turns: SiteTurns, who: str, *names: str, number: int = 1, lasts: float = 0.01) -> None:
        for _ in range(number):
            async with turns.alone(names):
                turns.asked(names)
                self.made.append((who, monotonic()))
                self.inside += 1
                self.most = max(self.most, self.inside)
                await asyncio.sleep(lasts)
                self.inside -= 1

    def gaps(self) -> Sequence[float]:
        times = [at for _, at in self.made]
        return [after - before for before, after in pairwise(times)]


def no_pause(name: str) -> float:
    return 0.0


def test_two_crawls_of_one_process_take_turns_and_keep_the_pause(sqlite_engine: Engine) -> None:
    async def both() -> Visits:
        visits, turns = Visits(), SiteTurns(Claims(sqlite_engine), lambda name: 0.03)
        await asyncio.gather(
            visits.make(turns, "one", SITE, MACHINE, number=2), visits.make(turns, "other", OTHER, MACHINE, number=2)
        )
        return visits

    visits = asyncio.run(both())
    assert visits.most == 1
    assert min(visits.gaps()) >= 0.03


def test_a_place_is_forgotten_when_its_pause_is_over(sqlite_engine: Engine) -> None:
    async def visit() -> None:
        claims = Claims(sqlite_engine)
        turns = SiteTurns(claims, lambda name: 0.03)
        await Visits().make(turns, "one", SITE)
        assert not claims.take(SITE)  # as long as its pause lasts
        await asyncio.sleep(0.1)
        assert claims.take(SITE)
        assert turns._places == {}

    asyncio.run(visit())


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_are_never_at_one_machine_at_once_and_both_have_their_turn(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_turns, "LONGEST", 0.3)

    async def both() -> Visits:
        visits = Visits()
        one, other = (SiteTurns(Claims(engine), no_pause) for _ in range(2))
        await asyncio.gather(
            visits.make(one, "one", SITE, MACHINE, number=40), visits.make(other, "other", OTHER, MACHINE, number=40)
        )
        for turns in (one, other):
            turns.claims.close()
        return visits

    visits = asyncio.run(both())
    assert visits.most == 1
    begun = [who for who, _ in visits.made]
    assert len({*begun[:60]}) == 2  # neither waits until the other has done
