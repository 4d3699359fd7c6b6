from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from crawler.store import Store
from crawler.store.recheck import next_recheck
from tests.makers.making import NOON, article, keep, outlet, watch

PUBLISHED = datetime(2026, 5, 13, 14, 0, tzinfo=UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def after(published_at: datetime | None, first_read: datetime, changes: frozenset[int] = frozenset()) -> list[float]:
    """The hours after the first reading at which an article is looked at; `changes` are the looks that find one."""
    found, at, looks = [], next_recheck(published_at, first_read, 0, False), 0
    while at:
        looks += 1
        found.append((at - first_read) / hours(1))
        at = next_recheck(published_at, at, looks, looks in changes)
    return found


def test_looks_come_ever_more_rarely_for_a_week() -> None:
    assert after(PUBLISHED, PUBLISHED) == [1, 3, 8, 24, 72, 168]


def test_an_article_without_a_date_is_looked_at_from_its_first_reading_on() -> None:
    assert after(None, PUBLISHED) == [1, 3, 8, 24, 72, 168]


def test_an_article_found_late_has_only_the_late_looks() -> None:
    assert after(PUBLISHED, PUBLISHED + hours(30)) == [42, 138]
    assert next_recheck(PUBLISHED, PUBLISHED + timedelta(days=8), 0, False) is None


def test_a_look_that_would_come_at_once_is_left_out() -> None:
    assert next_recheck(PUBLISHED, PUBLISHED + timedelta(minutes=50), 0, False) == PUBLISHED + hours(3)


def test_a_date_in_the_future_counts_as_now() -> None:
    assert next_recheck(PUBLISHED + hours(9), PUBLISHED, 0, False) == PUBLISHED + hours(1)


def test_a_change_brings_the_next_look_forward() -> None:
    assert after(PUBLISHED, PUBLISHED, frozenset({4})) == [1, 3, 8, 24, 26, 72, 168]
    assert next_recheck(PUBLISHED, PUBLISHED + hours(2), 1, True) == PUBLISHED + hours(3)


def test_a_late_change_brings_one_more_look_within_two_weeks() -> None:
    assert after(PUBLISHED, PUBLISHED, frozenset({6})) == [1, 3, 8, 24, 72, 168, 192]
    assert next_recheck(PUBLISHED, PUBLISHED + timedelta(days=13, hours=1), 8, True) is None


def test_a_page_that_always_changes_is_left_alone_in_the_end() -> None:
    assert len(after(PUBLISHED, PUBLISHED, frozenset(range(1000)))) == 24


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(st.none() | moments, moments, st.integers(0, 30), st.booleans())
def test_the_next_look_is_later_and_a_change_never_delays_it(
    published_at: datetime | None, fetched_at: datetime, looks: int, changed: bool
) -> None:
    calm, stirred = (next_recheck(published_at, fetched_at, looks, found) for found in (False, True))
    assert calm is None or (stirred is not None and fetched_at < stirred <= calm)


def test_of_each_outlet_one_is_looked_at_before_the_next_of_any(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet("hostile"), outlet("ledger"))
    for n in range(6):
        source = "ledger" if n == 5 else "hostile"
        told = article(f"s{n}", source, title=f"ICE detains {n} bakers in case {n}x", text=f"Case {n}x of street {n}.")
        keep(sqlite_engine, told, now=NOON + timedelta(minutes=n))
    due = Store(sqlite_engine).due_rechecks(NOON + timedelta(hours=9), 4)
    assert [source.id for _, source in due] == ["hostile", "ledger", "hostile", "hostile"]
