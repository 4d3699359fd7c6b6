"""When a page that is off topic is looked at again."""

from datetime import timedelta

from sqlalchemy import Engine

from crawler.model import because
from crawler.watch.outcome import Outcome, next_look
from tests.makers.making import NOON, item, see, watch

HOUR = timedelta(hours=1)


def test_looks_come_ever_more_seldom_and_end_when_the_news_is_a_day_old() -> None:
    looks, now = [], NOON
    while again := next_look(None, NOON, now):
        looks.append((again - NOON) / HOUR)
        now = again
    assert looks == [1, 3, 9, 27]
    assert next_look(NOON - 30 * HOUR, NOON, NOON) is None
    assert next_look(NOON - 3 * HOUR, NOON, NOON) == NOON + HOUR


def test_a_page_that_may_tell_more_is_due_again_and_another_is_not(engine: Engine) -> None:
    watchlist = watch(engine)
    stub, fair = see(watchlist, item("police-at-plaza"), item("fair"))
    assert stub.id
    assert fair.id
    watchlist.record_outcome([stub.id], Outcome("off_topic", because("never_mentioned"), NOON + HOUR))
    watchlist.record_outcome([fair.id], Outcome("off_topic", because("never_mentioned")))
    assert watchlist.due_entries(NOON) == []
    assert watchlist.due_entries(NOON, everything=True) == [(1, stub.id)]
    assert watchlist.due_entries(NOON + HOUR) == [(1, stub.id)]
    [[due]] = watchlist.entries_for([stub.id, fair.id], NOON + HOUR)
    assert (due.id, due.state) == (stub.id, "off_topic")
    assert watchlist.entries_for([stub.id], NOON) == []
    watchlist.record_outcome([stub.id], Outcome("off_topic", because("never_mentioned")))
    assert watchlist.due_entries(NOON, everything=True) == []
