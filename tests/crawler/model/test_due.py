"""When a stored time has come: one rule, in Python and in SQL."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from crawler.model.due import AT_ONCE, is_ahead, is_due
from crawler.model.story import Feed, Source

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "due", "ahead"),
    [(-30 * 24, True, False), (0, True, False), (0.5, False, True), (1.1, False, True), (1.2, True, True)],
)
def test_what_is_further_ahead_than_it_ever_waits_is_due_in_sql_too(
    engine: Engine, now: datetime, at: float, due: bool, ahead: bool
) -> None:
    moment = now + at * HOUR
    assert (is_due(moment, now, HOUR), is_ahead(moment, now)) == (due, ahead)
    when = col(Feed.next_attempt_at)
    with Session(engine) as session:
        session.add(Source(id="ledger", name="Ledger", homepage="https://ledger.example/"))
        session.flush()
        session.add(Feed(source_id="ledger", url="https://ledger.example/feed", next_attempt_at=moment))
        session.flush()
        assert [*session.exec(select(is_due(when, now, HOUR)))] == [due]
        assert [*session.exec(select(is_ahead(when, now)))] == [ahead]


def test_two_machines_need_not_agree_to_the_second(now: datetime) -> None:
    assert not is_ahead(now + AT_ONCE, now)
