"""What a search would have brought, and what it just missed, of stored stories."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from alerts.matching import BackTest, Period, back_test, lookback, search
from alerts.matching.periods import period
from alerts.query import NamedPlaces, parse
from crawler.store import Store
from tests.makers.making import NOON, WALTHAM, article, keep, outlet, verdict, watch

pytestmark = pytest.mark.slow

BOSTON = ZoneInfo("America/New_York")
LOWELL = WALTHAM | {"name": "Lowell"}
NEWTON_NJ = WALTHAM | {"name": "Newton", "county": "Sussex County", "state": "NJ"}
DAY = timedelta(days=1)

Tell = Callable[..., int]


@pytest.fixture
def tell(engine: Engine) -> Tell:
    """Stores a story of so many days ago; returns its number."""
    watch(engine, outlet("ledger"), outlet("gazette"))
    told = 0

    def tell(days: float, title: str, place: dict[str, object] = WALTHAM, **facts: Any) -> int:
        nonlocal told
        told += 1
        when = NOON - days * DAY
        text = (
            f"{title}, a witness named number {told} said on the day.\nNobody else who was there said more than that."
        )
        made = article(f"story-{told}", title=title, text=text, published_at=when, fetched_at=when, **facts)
        return keep(engine, made, of=verdict(places=[place], judged_at=when), now=when).story_id

    return tell


@pytest.fixture
def look(engine: Engine) -> Callable[[str], BackTest]:
    """Back-tests a query on Monday noon, by the days of Boston."""
    return lambda query: back_test(Store(engine), parse(query, NamedPlaces()), NOON, BOSTON)


Look = Callable[[str], BackTest]


def numbers(test: BackTest) -> list[int | None]:
    return [view.story.id for view, _ in test.stories]


def test_the_stories_of_thirty_and_ninety_days_count_on_the_day_they_were_opened(tell: Tell, look: Look) -> None:
    tell(100, "A raid long ago")
    old = [tell(80, "A raid in winter"), tell(31, "A raid a month ago")]
    new = [tell(29, "A raid on Elm Street"), tell(3, "Raids at two mills"), tell(3, "A raid at a third mill")]
    tell(2, "A rally on the common")
    test = look("raid")
    assert (test.month.count, test.quarter.count) == (3, 5)
    assert test.month.busiest == (date(2026, 3, 6), 2)
    assert numbers(test) == [*reversed(old + new)]
    assert [view.story.id for view, _ in test.stories_of_month] == [*reversed(new)]
    assert test.stories[0][1].hit.terms
    assert test.month.complete
    assert test.today == 0


def test_a_day_is_one_of_the_readers_zone(tell: Tell, look: Look) -> None:
    tell(8.5 / 24, "A raid at midnight")  # 3:30 UTC on Monday is Sunday in Boston
    tell(7 / 24, "A raid at one")
    assert look("raid").today == 1


def test_what_was_old_when_it_was_found_counts_nowhere(tell: Tell, look: Look) -> None:
    tell(3, "A raid of 2020", old=True)
    assert look("raid").quarter.count == 0
    assert look("").quarter.count == 0
    assert look("state:MA").quarter.count == 0


@pytest.mark.parametrize(
    "query", ["", "state:MA", "raid", "raid -elm", 'raid place:"Lowell, MA"', "raid NEAR/2 elm", "raid OR state:NJ",
              "kind:arrest lang:en", '"elm street"', "-raid state:MA", "zzyzx", "near:\"02453 40mi\" raid"]
)  # fmt: skip
def test_it_finds_what_a_search_of_the_archive_finds(tell: Tell, look: Look, engine: Engine, query: str) -> None:
    for days, place in enumerate([WALTHAM, LOWELL, NEWTON_NJ] * 3, 1):
        tell(days, f"A raid {'on Elm Street' if days % 2 else 'at noon'}" if days < 6 else "A rally", place)
    found = search(Store(engine), parse(query, NamedPlaces()), news=True)
    test = look(query)
    assert numbers(test) == [view.story.id for view, _ in found]
    assert [hit for _, hit in test.stories] == [hit for _, hit in found]
    assert test.quarter.count == len(found)


# Misses


def missed(test: BackTest) -> list[tuple[int | None, str]]:
    return [(miss.view.story.id, "; ".join(clause.said() for clause in miss.why)) for miss in test.misses]


def test_near_misses_are_told_with_what_kept_them_out(tell: Tell, look: Look) -> None:
    here, there = tell(9, "A raid on Elm Street"), tell(2, "A raid on Oak Street", LOWELL)
    rally = tell(3, "A rally on Elm Street")
    far = tell(1, "A raid on Ash Street", NEWTON_NJ)
    tell(1, "A vigil on Ash Street", NEWTON_NJ)
    test = look('raid place:"Waltham, MA"')
    assert numbers(test) == [here]
    assert missed(test) == [
        (there, "it happened in Lowell, MA, not in Waltham, MA"),
        (rally, "raid is not in it"),
        (far, "it happened in Newton, NJ, not in Waltham, MA"),
    ]
    assert test.every_way_looked_at


def test_a_place_alone_is_just_missed_by_its_county_then_its_state(tell: Tell, look: Look) -> None:
    worcester = WALTHAM | {"name": "Worcester", "county": "Worcester County"}
    state, county = tell(1, "A raid", worcester), tell(5, "A raid", LOWELL)
    tell(1, "A raid", NEWTON_NJ)
    assert [number for number, _ in missed(look('place:"Waltham, MA"'))] == [county, state]


def test_a_phrase_is_just_missed_by_its_words_and_near_by_words_that_are_apart(tell: Tell, look: Look) -> None:
    apart = tell(1, "Moody residents of the street watched a raid")
    assert missed(look('"moody street"')) == [(apart, "“moody street” is not in it")]
    assert missed(look("moody NEAR/1 street")) == [(apart, "moody and street do not stand at most 1 words apart")]


def test_what_is_left_out_is_named(tell: Tell, look: Look) -> None:
    number = tell(1, "A raid before the hockey game")
    assert missed(look("raid -hockey")) == [(number, "it has hockey, which the search leaves out")]


def test_who_lacks_two_conditions_comes_after_who_lacks_one(tell: Tell, look: Look) -> None:
    two, one = tell(1, "A raid at dawn"), tell(5, "A raid at the courthouse")
    assert [number for number, _ in missed(look("raid courthouse van"))] == [one, two]


def test_there_are_at_most_five_the_newest_of_those_as_near(tell: Tell, look: Look) -> None:
    told = [tell(days, "A raid", LOWELL) for days in range(1, 9)]
    assert [number for number, _ in missed(look('raid place:"Waltham, MA"'))] == told[:5]


def test_a_single_word_and_everything_are_missed_by_nothing_in_particular(tell: Tell, look: Look) -> None:
    tell(1, "A rally")
    assert look("raid").misses == look("").misses == look("state:NJ").misses == ()


# Bounds


def test_only_so_many_stories_are_read_and_it_is_said(tell: Tell, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in range(1, 21):
        tell(days, "A raid")
    monkeypatch.setattr(lookback, "MOST_READ", 10)
    test = look("raid")
    assert (test.month.count, test.month.looked_at, test.month.complete) == (10, 10, False)
    assert test.month.rate() == "about one a day"
    everywhere = look("state:MA")  # no text has to be read for it
    assert (everywhere.month.count, everywhere.month.complete) == (20, True)


def test_ways_to_a_near_miss_are_bounded_and_it_is_said(
    tell: Tell, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in range(1, 9):
        tell(days, "A raid at dawn")
    monkeypatch.setattr(lookback, "MOST_READ_A_WAY", 3)
    assert not look("raid noon").every_way_looked_at


# Words


def of_last(days: int, count: int, looked_at: int | None = None) -> Period:
    return Period(days, days if looked_at is None else looked_at, count, True, None)


@pytest.mark.parametrize(
    ("seen", "en", "es"),
    [
        (of_last(30, 0), "none", "ninguna"),
        (of_last(30, 1), "one in the last 30 days", "una en los últimos 30 días"),
        (of_last(30, 4), "4 in the last 30 days", "4 en los últimos 30 días"),
        (of_last(30, 5), "about one a week", "alrededor de una por semana"),
        (of_last(30, 12), "about 3 a week", "alrededor de 3 por semana"),
        (of_last(30, 30), "about one a day", "alrededor de una al día"),
        (of_last(30, 55), "about 2 a day", "alrededor de 2 al día"),
        (of_last(90, 5), "5 in the last 90 days", "5 en los últimos 90 días"),
        (of_last(90, 39), "about 3 a week", "alrededor de 3 por semana"),
        (of_last(30, 6, looked_at=2), "about 3 a day", "alrededor de 3 al día"),
        (of_last(30, 1, looked_at=4), "one in the last 4 days", "una en los últimos 4 días"),
    ],
)
def test_a_rate_is_said_in_plain_words(seen: Period, en: str, es: str) -> None:
    assert (seen.rate(), seen.rate("es")) == (en, es)


def test_of_a_young_archive_only_its_days_count() -> None:
    opened = [NOON - DAY / 2] * 6
    young = period(30, opened, NOON - 2 * DAY, True, NOON, UTC)
    assert (young.looked_at, young.a_day, young.complete) == (2, 3.0, True)


def test_an_archive_without_a_story_says_nothing_of_how_often(look: Look) -> None:
    test = look("raid")
    assert (test.month.looked_at, test.month.count, test.heavy) == (0, 0, False)


@pytest.mark.parametrize(
    ("hours", "count", "heavy", "a_day"), [(24 * 29, 31, False, 1), (1, 31, True, 31), (1, 30, False, 30)]
)
def test_more_than_thirty_a_day_is_heavy(
    tell: Tell, look: Look, hours: float, count: int, heavy: bool, a_day: int
) -> None:
    tell(95, "A raid")
    for n in range(count):
        tell(hours / 24 + n / 24 / 60, "A raid")
    test = look("raid")
    assert (test.heavy, test.a_day) == (heavy, a_day)


def test_many_on_average_are_heavy_when_today_has_none() -> None:
    opened: list[datetime] = [NOON - (1 + n / 32) * DAY for n in range(29 * 32)]
    month = period(30, opened, NOON - 90 * DAY, True, NOON, UTC)
    assert BackTest(NOON, month, month, 0, (), (), True).heavy
