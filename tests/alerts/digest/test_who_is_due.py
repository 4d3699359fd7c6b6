"""Who is due is asked of the database, and costs the same for three people and for three hundred; on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.mail.letter import Letter
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.operator.status import status_of
from alerts.people.asking import Consents
from alerts.people.rounds import Hour, Rounds
from alerts.people.subscriber import NEVER, Subscriber, Subscription
from alerts.settings import DigestSettings
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import post_of
from tests.makers.making import article, keep, outlet, watch

READ = SourcesRead(3)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BOSTON, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
SEVEN_IN_BOSTON = datetime(2026, 3, 10, 11, tzinfo=UTC)


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine, outlet("ledger"))
    return post_of(engine)


@pytest.fixture
def skipping(post: Post) -> Post:
    return replace(post, digest=DigestSettings(when_empty="skip"))


def join(post: Post, now: datetime, name: str = "r", zone: str = BOSTON, at: str = "07:00", query: str = "x") -> int:
    subscriber, _ = post.members.subscribe(f"{name}@example.org", query, now, zone, at, active=True)
    return subscriber.id or 0


def crowd(post: Post, people: range, now: datetime) -> None:
    """Many join at once, in two zones."""
    with Session(post.matches.engine) as session:
        joined = []
        for n in people:
            zone, at = ((BOSTON, "07:00"), (LOS_ANGELES, "07:00"), (BOSTON, "18:30"))[n % 3]
            subscriber = Subscriber(email=f"r{n}@example.org", timezone=zone, digest_at=at, created_at=now)
            subscriber.state, subscriber.confirmed_at = "active", now
            joined.append(subscriber)
        session.add_all(joined)
        session.flush()
        ids = [subscriber.id or 0 for subscriber in joined]
        session.add_all(Subscription(subscriber_id=i, query=q, created_at=now) for i in ids for q in "xy")
        session.commit()


@dataclass
class Work:
    """What the database was asked: statements, and on SQLite the steps of its machine, which grow with the rows."""

    statements: int = 0
    steps: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Work]:
    work = Work()

    def asked(*_: object) -> None:
        work.statements += 1

    def stepped() -> int:
        work.steps += 1
        return 0

    def watched(handler: object) -> None:
        engine.dispose()  # each starts with connections of its own
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.connection.driver_connection.set_progress_handler(handler, 1)  # type: ignore[union-attr]

    watched(stepped)
    event.listen(engine, "before_cursor_execute", asked)
    try:
        yield work
    finally:
        event.remove(engine, "before_cursor_execute", asked)
        watched(None)


def work_of_a_page(post: Post, now: datetime) -> Work:
    watchlist = watch(post.matches.engine, outlet("ledger"))
    with counted(post.matches.engine) as work:
        status = status_of(watchlist, post.store, post.members, post.deliveries, (), now)
    assert status.next_digest is not None
    return work


def work_of_an_idle_tick(post: Post, now: datetime) -> Work:
    with counted(post.matches.engine) as work:
        assert queue_due_digests(post, READ, now) == 0
    return work


@pytest.mark.slow
def test_a_page_view_costs_the_same_for_three_people_and_for_three_hundred(post: Post, now: datetime) -> None:
    crowd(post, range(3), now)
    few = work_of_a_page(post, now)
    crowd(post, range(3, 300), now)
    assert work_of_a_page(post, now) == few


@pytest.mark.slow
def test_an_idle_tick_costs_the_same_for_three_people_and_for_three_hundred(skipping: Post, now: datetime) -> None:
    morning = SEVEN_IN_BOSTON + 4 * DAY  # on which each has four days without news behind them
    crowd(skipping, range(3), now)
    queue_due_digests(skipping, READ, morning)
    few = work_of_an_idle_tick(skipping, morning + MINUTE)
    crowd(skipping, range(3, 300), now)
    queue_due_digests(skipping, READ, morning)
    assert work_of_an_idle_tick(skipping, morning + MINUTE) == few
    assert few.statements <= 4  # two questions; BEGIN may be before each


@pytest.mark.slow
def test_everybody_is_served_when_many_are_due_at_once(skipping: Post, now: datetime) -> None:
    crowd(skipping, range(700), now)
    queue_due_digests(skipping, READ, SEVEN_IN_BOSTON)
    assert [(h.digest_at, h.timezone, h.least) for h in Rounds(skipping.members.engine).hours()] == [
        ("07:00", LOS_ANGELES, SEVEN_IN_BOSTON),
        ("07:00", BOSTON, SEVEN_IN_BOSTON),
        ("18:30", BOSTON, SEVEN_IN_BOSTON),
    ]


def test_each_zone_has_its_own_hour(post: Post, now: datetime) -> None:
    join(post, now, "east")
    join(post, now + timedelta(hours=3), "west", LOS_ANGELES)
    morning = SEVEN_IN_BOSTON
    assert [queue_due_digests(post, READ, morning + timedelta(hours=h)) for h in range(-1, 5)] == [0, 1, 0, 0, 1, 0]


def test_the_hour_is_kept_when_the_clocks_change(post: Post) -> None:
    join(post, datetime(2026, 3, 6, 20, tzinfo=UTC))
    winter, summer = datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 8, 11, tzinfo=UTC)
    ticks = (winter - MINUTE, winter, summer - MINUTE, summer, winter + DAY)
    assert [queue_due_digests(post, READ, tick) for tick in ticks] == [0, 1, 0, 1, 0]


def test_of_missed_days_without_news_only_the_newest_is_made_however_often_it_is_asked(
    post: Post, now: datetime
) -> None:
    join(post, now)
    morning = SEVEN_IN_BOSTON + 3 * DAY
    assert [queue_due_digests(post, READ, morning + n * MINUTE) for n in range(4)] == [1, 0, 0, 0]
    assert post.records.made_dates(1, now.date()) == {morning.date()}
    join(post, now, query="another search")
    assert queue_due_digests(post, READ, morning + 5 * MINUTE) == 0


def test_what_is_found_after_a_day_without_news_goes_out_with_the_next(
    skipping: Post, engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(skipping, now, query="waltham")
    assert queue_due_digests(skipping, READ, SEVEN_IN_BOSTON) == 0
    keep(engine, article())
    match_unmatched(
        skipping.store, LiveSearches(skipping.matches.engine, gazetteer), skipping.matches, SEVEN_IN_BOSTON + MINUTE
    )
    assert queue_due_digests(skipping, READ, SEVEN_IN_BOSTON + 2 * MINUTE) == 0
    assert queue_due_digests(skipping, READ, SEVEN_IN_BOSTON + DAY) == 1


def test_who_left_gets_nothing_and_who_returned_nothing_from_before(post: Post, now: datetime) -> None:
    subscriber = join(post, now)
    assert queue_due_digests(post, READ, SEVEN_IN_BOSTON) == 1
    post.members.leave(subscriber, SEVEN_IN_BOSTON + MINUTE)
    assert queue_due_digests(post, READ, SEVEN_IN_BOSTON + DAY) == 0
    back = SEVEN_IN_BOSTON + 3 * DAY + timedelta(hours=3)
    _, asked = post.members.subscribe("r@example.org", "y", back, BOSTON, "07:00", active=False)
    assert queue_due_digests(post, READ, back + MINUTE) == 0
    Consents(post.members.engine).say_yes(asked.id or 0, asked.generation, back + 2 * MINUTE)
    assert queue_due_digests(post, READ, back + 3 * MINUTE) == 0
    assert queue_due_digests(post, READ, SEVEN_IN_BOSTON + 4 * DAY) == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=20), 30 * DAY, 365 * DAY])
def test_a_clock_that_ran_ahead_and_was_set_back_silences_nobody(post: Post, now: datetime, ahead: timedelta) -> None:
    join(post, now)
    assert queue_due_digests(post, READ, SEVEN_IN_BOSTON + ahead + DAY) == 1
    assert queue_due_digests(post, READ, SEVEN_IN_BOSTON - MINUTE) == 0
    assert queue_due_digests(post, READ, SEVEN_IN_BOSTON) == 1


def test_a_new_hour_that_is_over_today_is_served_at_once_unless_today_was(post: Post, now: datetime) -> None:
    late, early = join(post, now, "late", at="23:00"), join(post, now, "early")
    evening = SEVEN_IN_BOSTON + timedelta(hours=9)
    assert queue_due_digests(post, READ, evening) == 2  # yesterday's of one, today's of the other
    post.members.change_hour(late, "07:00", None)
    post.members.change_hour(early, "08:00", None)
    assert queue_due_digests(post, READ, evening + MINUTE) == 1
    assert evening.date() in post.records.made_dates(late, evening.date())


def test_who_wants_another_hour_while_being_served_is_looked_at_anew(post: Post, now: datetime) -> None:
    subscriber = join(post, now)
    post.members.change_hour(subscriber, "09:00", None)
    Rounds(post.members.engine).record_served([subscriber], "07:00", BOSTON, now)
    assert Rounds(post.members.engine).hours() == [Hour("09:00", BOSTON, NEVER, NEVER)]
    Rounds(post.members.engine).record_served([subscriber], "09:00", BOSTON, now)
    assert Rounds(post.members.engine).hours() == [Hour("09:00", BOSTON, now, now)]


def test_who_has_not_confirmed_or_has_no_search_has_no_next_digest(post: Post, now: datetime) -> None:
    post.members.subscribe("new@example.org", "x", now, BOSTON, "07:00", active=False)
    _, only = post.members.subscribe("r@example.org", "x", now, BOSTON, "08:00", active=True)
    assert [h.digest_at for h in Rounds(post.members.engine).hours()] == ["08:00"]
    assert Rounds(post.members.engine).recipients() == 1
    post.members.remove_search(only.id or 0)
    assert Rounds(post.members.engine).hours() == []
    assert Rounds(post.members.engine).recipients() == 0


def test_a_page_counts_mails_only_so_far(post: Post, now: datetime) -> None:
    subscriber = join(post, now)
    for n in range(3):
        post.deliveries.queue(Letter("digest", "r@example.org", f"<{n}@example.org>", b"mail"), subscriber, now)
    assert post.deliveries.delivery_counts(2) == {"queued": 2}
    assert post.deliveries.delivery_counts() == {"queued": 3}


def test_everybody_is_listed_with_their_own_searches(post: Post, now: datetime) -> None:
    crowd(post, range(4), now)
    left = join(post, now, "gone")
    post.members.leave(left, now)
    listed = [(p.email, [s.query for s in searches]) for p, searches in post.members.subscribers()]
    assert listed == [(f"r{n}@example.org", ["x", "y"]) for n in range(4)]
    one = post.members.subscriber("R2@example.org ")
    assert one is not None
    assert [(s.subscriber_id, s.query) for s in one[1]] == [(one[0].id, "x"), (one[0].id, "y")]
    assert post.members.subscriber("gone@example.org") is None
