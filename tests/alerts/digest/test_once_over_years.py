"""Over years, zones, changes of the clocks, outages and leaps: each match in one digest, one digest a local day."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, select

from alerts.digest.compose import SourcesRead
from alerts.digest.due import Stretch, around, due_span, holds_weekday, instant
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.matching.matches import Found
from alerts.people.pauses import Pauses
from alerts.people.subscriber import Cadence, Delivery, DigestRecord, Subscriber
from tests.makers.mailing import post_of
from tests.makers.making import article, keep, outlet, watch
from tests.makers.storing import engine_on

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = sorted(files("tzdata").joinpath("zones").read_text("utf-8").split())
ODD = [
    "America/New_York", "Pacific/Honolulu", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "America/Nuuk",
    "Pacific/Chatham", "Africa/Casablanca", "Asia/Beirut", "Asia/Kathmandu", "Atlantic/Azores", "Pacific/Kiritimati",
    "Antarctica/Troll", "America/Havana", "Pacific/Fakaofo", "Asia/Gaza",
]  # fmt: skip
OUTLETS = 20
HOURS = ["00:00", "00:30", "02:30", "07:00", "23:30", "23:59"]

zones = st.one_of(st.sampled_from(ODD), st.sampled_from(ZONES))
starts = st.one_of(
    st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(2011, 12, 20), datetime(2011, 12, 31), timezones=st.just(UTC)),  # Samoa leaves out a day
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 4, 5), timezones=st.just(UTC)),
    st.datetimes(datetime(2025, 10, 20), datetime(2025, 11, 10), timezones=st.just(UTC)),
)


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (date(2025, 3, 29), "23:30", "America/Nuuk", "2025-03-30T00:30"),  # which goes from 23:00 to midnight that day
        (date(2026, 10, 4), "02:10", "Australia/Lord_Howe", "2026-10-03T15:40"),  # half an hour is left out
        (date(2011, 12, 29), "07:00", "Pacific/Apia", "2011-12-29T17:00"),
        (date(2011, 12, 31), "07:00", "Pacific/Apia", "2011-12-30T17:00"),  # with nothing in between
        (date(2026, 3, 29), "00:00", "Asia/Beirut", "2026-03-28T22:00"),  # the day begins at one
        (date(2026, 2, 15), "02:30", "Africa/Casablanca", "2026-02-15T01:30"),  # Ramadan: twice, and the first
    ],
)
def test_odd_days_have_one_instant(day: date, at: str, zone: str, expected: str) -> None:
    assert instant(day, at, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_day_that_a_zone_left_out_has_no_digest_and_its_weekly_one_comes_the_day_after() -> None:
    apia, at = "Pacific/Apia", "07:00"
    thursday, saturday = (instant(date(2011, 12, d), at, apia) for d in (29, 31))
    assert around(saturday - MINUTE, at, apia) == (thursday, saturday)
    span = due_span(saturday, at, apia, thursday, ())
    assert span == Stretch(date(2011, 12, 31), date(2011, 12, 31))
    assert holds_weekday(span, 4, at, apia)
    assert not holds_weekday(span, 3, at, apia)


@given(start=starts, zone=zones, at=st.sampled_from(HOURS), steps=st.lists(st.integers(1, 9000), max_size=60))
def test_each_day_that_there_is_stands_in_one_digest_unless_nobody_was_there_for_a_week(
    start: datetime, zone: str, at: str, steps: list[int]
) -> None:
    now, made, told = start, set[date](), list[Stretch]()
    for minutes in [*steps, 2880]:
        before, now = now, now + minutes * MINUTE
        since = max(start, instant(told[-1].last, at, zone)) if told else start
        if span := due_span(now, at, zone, since, made):
            assert before < instant(span.last, at, zone) <= now
            made.add(span.last)
            told.append(span)
    days = [day for span in told for day in dates(span.first, span.last) if there_is(day, zone)]
    assert [*days] == sorted(set(days))
    assert all(start < instant(day, at, zone) for day in days)
    if told:
        missing = {d for d in dates(days[0], days[-1]) if there_is(d, zone)} - set(days)
        late = [span.first - DAY * 7 for span in told if (span.last - span.first).days >= 5]
        assert not missing or late  # what was missed longer ago than a week


def dates(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def there_is(day: date, zone: str) -> bool:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day


@dataclass
class Life:
    """A subscriber with a search of each cadence, and a clock that may be wrong."""

    post: Post
    true: datetime
    ahead: timedelta = timedelta()
    stories: int = 0
    told_at: dict[int, datetime] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.true + self.ahead

    def join(self, zone: str, at: str, cadences: list[Cadence]) -> None:
        for n, cadence in enumerate(cadences):
            self.post.members.subscribe("r@example.org", f"word{n}", self.now, zone, at, active=True, cadence=cadence)
        self.searches = len(cadences)

    def find(self) -> None:
        """A story that meets all of the searches."""
        self.stories += 1
        paper = f"paper{self.stories % OUTLETS}"  # of one outlet a mail shows but a few
        made = article(f"s{self.stories}", paper, title=f"ICE detains bakers in case {self.stories}x")
        added = keep(self.post.matches.engine, made, now=self.now)
        for story in self.post.matches.unmatched():
            met = [Found(list(range(1, self.searches + 1)), added.article_id, [])]
            self.post.matches.record_matches(story, met, self.now)

    def tick(self, passed: timedelta) -> int:
        self.true += passed
        return queue_due_digests(self.post, SourcesRead(1), self.now)

    def mails(self, after: int = 0) -> list[tuple[DigestRecord, datetime, str]]:
        """Each digest, when it was queued, and its text; without so many of the first."""
        with Session(self.post.matches.engine) as session:
            rows = session.exec(
                select(DigestRecord, Delivery).where(Delivery.digest_id == DigestRecord.id).order_by(Delivery.id)  # type: ignore[arg-type]
            ).all()
        return [(record, delivery.queued_at, text_of(delivery.message)) for record, delivery in rows[after:]]

    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.reader().timezone)

    def instant(self, day: date) -> datetime:
        """When the reader's digest of a day is due."""
        reader = self.reader()
        return instant(day, reader.digest_at, reader.timezone)

    def reader(self) -> Subscriber:
        with Session(self.post.matches.engine) as session:
            return session.exec(select(Subscriber)).one()


def text_of(message: bytes) -> str:
    mail = message_from_bytes(message, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Post]:
    """One database for many lives, each begun with empty tables."""
    file = tmp_path_factory.mktemp("lives") / "icewire.db"
    file.write_bytes(sqlite_template.read_bytes())
    with engine_on(file) as engine:
        yield post_of(engine)


def fresh(post: Post, start: datetime) -> Life:
    engine: Engine = post.matches.engine
    with engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(text("DELETE FROM sqlite_sequence"))
    watch(engine, *(outlet(f"paper{n}") for n in range(OUTLETS)))
    return Life(post, start)


events = st.lists(
    st.one_of(
        st.tuples(st.just("passes"), st.integers(1, 30)),  # hours, with a tick in each
        st.tuples(st.just("off"), st.integers(1, 400)),  # hours without any
        st.tuples(st.just("found"), st.just(0)),
        st.tuples(st.just("leap"), st.sampled_from([-72, -3, -1, 1, 3, 20, 72, 720])),  # hours; until the next one
        st.tuples(st.just("zone"), st.integers(0, len(ODD) - 1)),
        st.tuples(st.just("hour"), st.integers(0, len(HOURS) - 1)),
        st.tuples(st.just("pause"), st.integers(1, 12)),  # days
    ),
    max_size=14,
)
CADENCES: list[list[Cadence]] = [["daily"], ["weekly"], ["instant"], ["daily", "weekly", "instant"], ["daily", "daily"]]


@pytest.mark.slow
@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(start=starts, zone=zones, at=st.sampled_from(HOURS), events=events, cadences=st.sampled_from(CADENCES))
def test_each_match_is_in_one_digest_and_each_day_has_one_whatever_happens(
    lives: Post, start: datetime, zone: str, at: str, events: list[tuple[str, int]], cadences: list[Cadence]
) -> None:
    life = fresh(lives, start)
    life.join(zone, at, cadences)
    life.find()
    for what, number in events:
        happen(life, what, number)
    if life.ahead:
        life.ahead = timedelta()
        life.tick(timedelta())
    Pauses(lives.members.engine).resume(1, life.now.astimezone(life.zone()).date())
    calm, begun = len(life.mails()), life.now
    for hour in range(0, 24 * 9, 3):
        if hour % 24 == 6:
            life.find()
        life.tick(3 * HOUR)
    mails = life.mails()
    told = Counter(n for _, _, said in mails for n in range(1, life.stories + 1) if f"case {n}x" in said)
    settled = life.stories - 2 if "weekly" not in cadences else 1 + sum(what == "found" for what, _ in events)
    assert {n: told[n] for n in range(1, settled + 1)} == dict.fromkeys(range(1, settled + 1), 1)
    assert max(told.values()) == 1
    if "daily" in cadences:
        days = [record.local_date for record, _, _ in life.mails(calm) if record.cadence == "daily"]
        assert days == [d for d in dates(days[0], days[-1]) if there_is(d, str(life.zone()))]
        # A day may have had its digest before, when the clock ran ahead or the reader was in another zone.
        made = {record.local_date for record, _, _ in life.mails() if record.cadence == "daily"}
        came = [d for d in dates(begun.date() - DAY, life.now.date() + DAY) if begun < life.instant(d) <= life.now]
        assert {d for d in came if there_is(d, str(life.zone()))} <= made
        assert len(came) >= 8


def happen(life: Life, what: str, number: int) -> None:
    if what == "passes":
        for _ in range(number):
            life.tick(HOUR)
    elif what == "off":
        life.tick(number * HOUR)
    elif what == "found":
        life.find()
    elif what == "leap":
        life.ahead = number * HOUR
        for _ in range(3):
            life.tick(MINUTE)
    elif what == "pause":
        until = (life.now + number * DAY).astimezone(life.zone()).date()
        Pauses(life.post.members.engine).pause(1, life.now, until, drops=False)
    else:
        zone, at = (ODD[number], None) if what == "zone" else (None, HOURS[number])
        life.post.members.change_hour(1, at, zone)


@pytest.mark.slow
@pytest.mark.parametrize("hours", [3, 24, 71, 72, 720])
def test_a_clock_some_days_ahead_for_two_minutes_brings_no_days_of_silence(lives: Post, hours: int) -> None:
    life = fresh(lives, datetime(2026, 6, 1, tzinfo=UTC))
    life.join("America/New_York", "07:00", ["daily"])
    for half in range(2 * 24 * 6):
        if half % 48 == 6:
            life.find()
        if half == 2 * 36:
            life.ahead = hours * HOUR
            for _ in range(4):
                life.tick(timedelta(seconds=30))
            life.ahead = timedelta()
            life.true -= timedelta(minutes=2)
        life.tick(30 * MINUTE)
    mornings = [at.date().day for record, at, said in life.mails() if "ICE detains" in said and at.month == 6]
    assert mornings == [1, 2, 3, 4, 5, 6]


@pytest.mark.slow
def test_six_days_off_bring_one_mail_and_a_month_of_leaping_no_flood(lives: Post) -> None:
    life = fresh(lives, datetime(2026, 6, 1, tzinfo=UTC))
    life.join("America/New_York", "07:00", ["daily"])
    life.find()
    assert sum(life.tick(p) for p in (DAY * 6, MINUTE, MINUTE)) == 1
    life.ahead = 30 * DAY
    assert sum(life.tick(MINUTE) for _ in range(5)) == 1
    life.ahead = timedelta()
    assert sum(life.tick(MINUTE) for _ in range(5)) == 0
    assert [life.tick(HOUR) for _ in range(48)].count(1) == 2
    assert list(itertools.chain(*([said.count("case 1x")] for *_, said in life.mails()))) == [1, 0, 0, 0]
