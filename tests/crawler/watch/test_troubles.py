"""Troubles in the database: what a day brought, and that each trouble is opened, ended and told once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from crawler.model import Why, as_written
from crawler.model.story import Entry, Feed, Trouble
from crawler.watch.habits import Examination, Finding, Record, day_of
from crawler.watch.troubles import Troubles, mark_told
from tests.makers.making import NOON, outlet, watch

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def troubles(engine: Engine) -> Troubles:
    watch(engine, outlet("ledger"), outlet("gazette", state="NH"))
    return Troubles(engine)


def feed_of(troubles: Troubles, source_id: str) -> int:
    with Session(troubles.engine) as session:
        found = session.exec(select(Feed.id).where(Feed.source_id == source_id)).first()
    assert found is not None
    return found


def bring(troubles: Troubles, source_id: str, seen: datetime, *published: datetime | None) -> None:
    """A feed was read and brought items of these dates."""
    feed_id = feed_of(troubles, source_id)
    with Session(troubles.engine) as session:
        for n, date in enumerate(published):
            url = f"https://{source_id}.example/{seen:%m%d%H}-{n}"
            session.add(Entry(feed_id=feed_id, url=url, published_at=date, seen_at=seen))
        read = {"last_attempt_at": seen, "last_success_at": seen, "failures": 0.0}
        session.exec(update(Feed).where(col(Feed.id) == feed_id).values(read | {"last_new_at": seen}))
        session.commit()


def facts(troubles: Troubles, source_id: str = "ledger", now: datetime = NOON) -> Record:
    return next(r for r in troubles.records(now) if r.source_id == source_id)


def silent(said: str = "nothing new", source_id: str = "ledger") -> Examination:
    return Examination(source_id, (Finding(source_id, "silent", NOON, as_written(said)),), frozenset({"silent"}))


def well(source_id: str = "ledger") -> Examination:
    return Examination(source_id, (), frozenset({"silent"}))


def unknown(source_id: str = "ledger") -> Examination:
    return Examination(source_id)


def rows(troubles: Troubles) -> list[Trouble]:
    with Session(troubles.engine) as session:
        return list(session.exec(select(Trouble).order_by(col(Trouble.id))))


def tell(troubles: Troubles, now: datetime) -> tuple[list[str], list[str]]:
    """What the operator is told, as (new, over)."""
    untold = troubles.untold(now)
    with Session(troubles.engine) as session:
        mark_told(session, untold, now)
        session.commit()
    return [said(t) for t, _ in untold.new], [said(t) for t, _ in untold.over]


def said(trouble: Trouble) -> str:
    return str(Why(trouble.said, trouble.said_args))


def test_an_item_counts_on_its_own_day_and_a_backlog_without_dates_does_not(troubles: Troubles) -> None:
    first = NOON - 10 * DAY
    bring(troubles, "ledger", first, first - 3 * DAY, first - 40 * DAY, None, None)
    bring(troubles, "ledger", NOON - DAY, NOON - 2 * DAY, NOON - 2 * DAY, NOON + 300 * DAY, None)
    record = facts(troubles)
    today = day_of(NOON)
    assert record.counts == {
        today - 50 * DAY: 1,
        today - 13 * DAY: 1,
        today - 2 * DAY: 2,
        today - DAY: 2,  # the future is not believed
    }
    assert record.since == today - 9 * DAY
    assert record.read_until == record.seen_until == NOON - DAY


def test_a_day_ends_in_the_night_of_the_west(troubles: Troubles) -> None:
    bring(troubles, "ledger", NOON - 3 * DAY, None)
    evening = datetime.fromisoformat("2026-03-08T23:30-07:00")
    bring(troubles, "ledger", NOON, evening)
    assert facts(troubles).counts == {evening.date(): 1}


def test_a_page_in_two_feeds_counts_once(troubles: Troubles) -> None:
    watch(troubles.engine, outlet("ledger", feeds=[{"url": f"https://ledger.example/{n}"} for n in ("feed", "news")]))
    with Session(troubles.engine) as session:
        feeds = session.exec(select(Feed.id).where(Feed.source_id == "ledger")).all()
        for feed_id in feeds:
            session.add(Entry(feed_id=feed_id or 0, url="https://ledger.example/a", published_at=NOON, seen_at=NOON))
        session.commit()
    assert len(feeds) == 2
    assert facts(troubles).counts == {day_of(NOON): 1}


def test_the_volume_of_a_lost_feed_is_not_counted(troubles: Troubles) -> None:
    bring(troubles, "ledger", NOON - 5 * DAY, NOON - 5 * DAY)
    bring(troubles, "gazette", NOON, NOON)
    with Session(troubles.engine) as session:
        lost = update(Feed).where(col(Feed.source_id) == "ledger")
        session.exec(lost.values(failures=4, last_attempt_at=NOON, status="answered 404"))
        session.commit()
    assert facts(troubles).counts == {}
    assert facts(troubles).read == []


def test_only_what_is_watched_is_looked_at(troubles: Troubles) -> None:
    assert {r.source_id for r in troubles.records(NOON)} == {"ledger", "gazette"}
    assert {r.source_id for r in troubles.records(NOON, ["NH"])} == {"gazette"}
    watch(troubles.engine, outlet("ledger", enabled=False, reason="closed"))
    assert troubles.records(NOON) == []


def test_a_trouble_is_opened_once_and_told_once_also_after_a_restart(troubles: Troubles) -> None:
    assert troubles.record([silent()], NOON).opened == ("ledger: nothing new",)
    assert troubles.known() == {"ledger": ["silent"]}
    assert tell(troubles, NOON) == (["nothing new"], [])
    again = Troubles(troubles.engine)
    for hours in range(1, 80, 9):
        assert again.record([silent("other words")], NOON + hours * HOUR).opened == ()
        assert tell(again, NOON + hours * HOUR) == ([], [])
    assert [said(t) for t in rows(again)] == ["nothing new"]


def test_an_untold_trouble_is_told_with_its_latest_figures(troubles: Troubles) -> None:
    troubles.record([silent("for 2 days")], NOON)
    troubles.record([silent("for 3 days")], NOON + DAY)
    assert tell(troubles, NOON + DAY) == (["for 3 days"], [])


def test_the_end_is_told_once_when_it_lasted_a_day(troubles: Troubles) -> None:
    troubles.record([silent()], NOON)
    tell(troubles, NOON)
    assert troubles.record([well()], NOON + HOUR).over == ("ledger: nothing new",)
    assert tell(troubles, NOON + 20 * HOUR) == ([], [])
    assert tell(troubles, NOON + 25 * HOUR) == ([], ["nothing new"])
    assert tell(troubles, NOON + 26 * HOUR) == ([], [])


def test_what_comes_back_within_a_day_was_never_over(troubles: Troubles) -> None:
    troubles.record([silent()], NOON)
    tell(troubles, NOON)
    for hours in range(1, 60, 3):
        troubles.record([well() if hours % 7 else silent()], NOON + hours * HOUR)
        assert tell(troubles, NOON + hours * HOUR) == ([], [])
    assert len(rows(troubles)) == 1


def test_what_was_over_before_it_could_be_told_is_not_told(troubles: Troubles) -> None:
    troubles.record([silent()], NOON)
    troubles.record([well()], NOON + HOUR)
    assert tell(troubles, NOON + 48 * HOUR) == ([], [])


def test_what_comes_back_later_is_a_new_trouble(troubles: Troubles) -> None:
    troubles.record([silent()], NOON)
    tell(troubles, NOON)
    troubles.record([well()], NOON + DAY)
    tell(troubles, NOON + 2 * DAY)
    assert troubles.record([silent("again")], NOON + 3 * DAY).opened == ("ledger: again",)
    assert tell(troubles, NOON + 3 * DAY) == (["again"], [])
    assert [t.over_at is None for t in rows(troubles)] == [False, True]


def test_what_cannot_be_judged_stays_as_it_was(troubles: Troubles) -> None:
    troubles.record([silent()], NOON)
    assert troubles.record([unknown()], NOON + DAY).over == ()
    assert troubles.known() == {"ledger": ["silent"]}


def test_the_troubles_of_a_source_that_is_switched_off_end_without_a_word(troubles: Troubles) -> None:
    troubles.record([silent(), well("gazette")], NOON)
    tell(troubles, NOON)
    assert troubles.record([well("gazette")], NOON + HOUR).over == ()
    assert troubles.known() == {}
    assert tell(troubles, NOON + 3 * DAY) == ([], [])


def test_two_kinds_of_one_source_are_two_troubles(troubles: Troubles) -> None:
    less = Finding("ledger", "less", NOON, as_written("4 items, usually 60"))
    troubles.record([Examination("ledger", (less,), frozenset({"silent", "less"}))], NOON)
    troubles.record([silent()], NOON + DAY)
    assert troubles.known() == {"ledger": ["less", "silent"]}
