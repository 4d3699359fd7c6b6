"""Two processes on one PostgreSQL never open two stories for one event."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from crawler.grouping.assign import Grouping
from crawler.model import Why
from crawler.places.place import Place
from crawler.store.candidates import Candidates
from crawler.store.store import Store
from crawler.store.turn import grouping_turn
from tests.makers.making import NOON, article, outlet, verdict, watch

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
EVENTS = 10
WHERE = (Place(name="Waltham", kind="city", county="Middlesex County", state="MA"),)


def wire(number: int) -> str:
    """A text that shares no word with those of other events."""
    words = random.Random(number)
    return " ".join("".join(words.choices("abcdefghiklmnoprstuw", k=7)) for _ in range(120)) + "."


def store_each(engine: Engine, outlet_id: str, together: Callable[[], object]) -> list[int]:
    """The stories of as many events, as one process finds them; for each it waits until others come to it, too."""
    candidates, found = Candidates(engine), []
    for number in range(EVENTS):
        told = article(f"raid-{number}", outlet_id, wire(number), f"ICE raid at {wire(number)[:30]}")
        together()
        with grouping_turn(engine) as turn:
            grouping = candidates.group(told, WHERE, turn)
            found.append(Store(engine).add(told, verdict(), grouping, [], NOON, turn=turn).story_id)
    return found


def test_who_comes_at_the_same_moment_waits_and_then_finds_the_story(engine: Engine) -> None:
    watch(engine, outlet("ledger"), outlet("gazette"))
    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        ledger, gazette = threads.map(lambda name: store_each(engine, name, together.wait), ("ledger", "gazette"))
    assert ledger == gazette
    assert len(set(ledger)) == EVENTS


def test_who_is_silent_for_long_loses_the_turn_and_what_was_to_be_stored(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.turn.LONGEST_SILENCE", "200ms")
    watch(engine)
    told = article()

    def sleep_over_it() -> None:
        with grouping_turn(engine) as turn:
            threading.Event().wait(0.6)
            with grouping_turn(engine) as other:  # does not wait for ever
                assert other is not None
            Store(engine).add(told, verdict(), Grouping(None, None, Why()), [], NOON, turn=turn)

    with pytest.raises(DBAPIError):
        sleep_over_it()
    assert Store(engine).counts()["articles"] == 0
