"""Dates as feeds and pages write them, and how much they say: read, stored, mailed."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest.compose import Development, MatchedStory, SourcesRead, compose
from alerts.mail.message import Envelope
from alerts.settings import MailSettings
from crawler.text.moments import Moment, moment, moments_in, stored
from tests.makers.mailing import digest_message

BOSTON = ZoneInfo("America/New_York")
US = ("Pacific/Guam", "America/New_York", "America/Anchorage", "Pacific/Honolulu", "Pacific/Pago_Pago")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 20 Nov 2026 09:30:00 -0500", (11, 20, 14, 30)),
        ("Fri, 20 Nov 2026 09:30:00 EST", (11, 20, 14, 30)),
        ("Fri, 20 Nov 26 09:30:00 -0500", (11, 20, 14, 30)),
        ("20 Nov 26 09:30 PST", (11, 20, 17, 30)),
        ("Fri Nov 20 09:30:00 EST 2026", (11, 20, 14, 30)),
        ("Nov. 20, 2026 12:05 a.m. CST", (11, 20, 6, 5)),
        ("Nov. 20, 2026, 8 p.m. EST", (11, 21, 1, 0)),
        ("Thu, 19 Nov 2026 4:35:5 GMT+9", (11, 18, 19, 35)),
        ("Fri, 20 Nov 2026 09:30:00 GMT-0500 (Eastern Standard Time)", (11, 20, 14, 30)),
        ("2026-11-20T09:30:00-05:00", (11, 20, 14, 30)),
        ("2026-11-20T09:30:00.1234567Z", (11, 20, 9, 30)),
        ("2026-11-20 09:30:00 -0500", (11, 20, 14, 30)),
        ("2026-11-20 9:30 UTC", (11, 20, 9, 30)),
        ("11/20/2026 2:30 PM GMT", (11, 20, 14, 30)),
        ("vie, 20 ene 2026 10:00:00 +0000", (1, 20, 10, 0)),
        ("Thu, 19 Nov 2026 24:00:00 GMT", (11, 20, 0, 0)),
        ("Fri, 20 Nov 2026 00:00:00 -0500", (11, 20, 5, 0)),  # scheduled for midnight there
        ("Thu, 19 Nov 2026 19:00:00 -0500", (11, 20, 0, 0)),
        ("1795167000", (11, 20, 9, 30)),
        ("1795167000000", (11, 20, 9, 30)),
        ("1795167000.25", (11, 20, 9, 30)),
    ],
)
def test_a_time_with_its_zone_is_read_in_utc(text: str, expected: tuple[int, int, int, int]) -> None:
    found = moment(text)
    assert found is not None
    month, day, hour, minute = expected
    assert found.at.replace(second=0, microsecond=0) == datetime(2026, month, day, hour, minute, tzinfo=UTC)
    assert (found.precision, found.zoned) == ("minute", True)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Sun, 05 Jul 2026 20:45:00 ET", "2026-07-06T00:45"),
        ("Sat, 28 Nov 2026 20:45:00 ET", "2026-11-29T01:45"),
        ("Jul. 5, 2026, 8:45 p.m. Eastern", "2026-07-06T00:45"),
        ("Sun, 05 Jul 2026 20:45:00 Eastern Standard Time", "2026-07-06T00:45"),  # as Windows calls it all year
        ("Sun, 05 Jul 2026 20:45:00 EST", "2026-07-06T01:45"),  # as RFC 822 has it
        ("05 Jul 2026 20:45:00 America/Los_Angeles", "2026-07-06T03:45"),
        ("Sun, 05 Jul 2026 20:45:00 HST", "2026-07-06T06:45"),
        ("Sun, 05 Jul 2026 20:45:00 ChST", "2026-07-05T10:45"),
    ],
)
def test_a_zone_may_be_named_as_people_and_programs_do(text: str, utc: str) -> None:
    assert moment(text) == Moment(datetime.fromisoformat(utc).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    ["2026-11-20T09:30:00", "Friday, November 20, 2026 - 9:30 am", "Fri Nov 20 09:30:00 2026", "11/20/2026 9:30:00 AM",
     "20 Nov 2026 09:30 America/Nowhere", "20 Nov 2026 09:30 America/Indiana", "20 Nov 2026 09:30 +99:00"],
)  # fmt: skip
def test_a_time_without_a_zone_is_utc_and_says_so(text: str) -> None:
    assert moment(text) == Moment(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "minute", zoned=False)


@pytest.mark.parametrize(
    "text",
    ["2026-11-20", "20261120", "11/20/2026", "20/11/2026", "11/20/26",
     "11-20-2026", "Nov. 20, 2026", "Nov.20,2026",
     "20 de noviembre de 2026", "noviembre 20, 2026", "20 de nov. del 2026", "20 de novembro de 2026",
     "viernes, 20 noviembre 2026", "November 20th, 2026",
     "2026-11-20T00:00:00Z", "2026-11-20 00:00:00", "Fri, 20 Nov 2026 00:00:00 +0000", "Fri, 20 Nov 2026 00:00:00 GMT",
     "2026-11-20T00:00:00.000Z", "11/20/2026 - 00:00", "Fri, 20 Nov 2026 29:30:00 GMT", "2026-11-20T09:75:00-0500"],
)  # fmt: skip
def test_a_date_without_a_real_time_is_the_day_as_it_is_written(text: str) -> None:
    found = moment(text)
    assert found is not None
    assert (found.at, found.precision) == (datetime(2026, 11, 20, 12, tzinfo=UTC), "day")
    assert found.value == date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    ["", "Monday", "10:30", "yesterday", "2026", "2026-11", "November 2026", "2026-W10", "31 Feb 2026", "13/20/2026",
     "0000-00-00 00:00:00", "Mon, 30 Nov -0001 00:00:00 +0000", "Nov 20", "2026-07-32T15:51:30-0500",
     "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z",
     "9999-12-31T23:59:59-05:00"],
)  # fmt: skip
def test_what_names_no_real_day_is_no_moment(text: str) -> None:
    assert moment(text) is None


@given(st.integers(32_000_000, 3_000_000_000).filter(lambda seconds: seconds % 86400))
def test_common_spellings_of_a_moment_agree(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    spellings = (
        "%a, %d %b %Y %H:%M:%S GMT",
        "%Y-%m-%dT%H:%M:%SZ",
        "%B %d, %Y %I:%M:%S %p UTC",
        "%a %b %d %H:%M:%S UTC %Y",
    )
    assert {moment(at.strftime(spelling)) for spelling in spellings} == {Moment(at)}


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1971, 2, 1), datetime(9998, 11, 1), timezones=ZONES)


@given(TIMES)
def test_any_time_comes_back_from_the_standard_forms(at: datetime) -> None:
    whole = at.replace(microsecond=0)
    for written, meant in ((at.isoformat(), at), (format_datetime(whole), whole)):
        bare = meant.timetz().replace(tzinfo=None) == time() and not meant.utcoffset()
        expected = Moment(meant.astimezone(UTC).replace(hour=12), "day") if bare else Moment(meant.astimezone(UTC))
        assert moment(written) == expected


@given(st.dates(date(1971, 1, 1), date(9998, 12, 31)))
def test_a_bare_day_is_that_day_all_over_the_united_states(day: date) -> None:
    found = moment(day.isoformat())
    assert found is not None
    assert found.day_only
    assert {found.at.astimezone(ZoneInfo(zone)).date() for zone in US} == {day}
    over = (found.end - timedelta(seconds=1)).astimezone(ZoneInfo("Pacific/Pago_Pago"))
    assert (over.date(), found.start.date()) == (day, day)


@given(st.text(max_size=60))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or found.at.tzinfo is UTC


@pytest.mark.slow
@given(st.from_regex(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? ?[+A-Za-z/ -]{0,30}\d{0,4}"))
def test_any_text_like_a_date_is_a_moment_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or found.at.tzinfo is UTC


def test_a_day_is_not_put_after_now_and_stays_that_day() -> None:
    day, morning = Moment(datetime(2026, 3, 9, 12, tzinfo=UTC), "day"), datetime(2026, 3, 9, 6, tzinfo=UTC)
    assert day.by(morning) == Moment(morning, "day")
    assert day.by(morning).value == day.by(morning - timedelta(days=1)).value == date(2026, 3, 9)
    assert day.by(morning + timedelta(days=1)) is day
    assert (day.by(morning).start, day.by(morning).end) == (day.start, day.end)


def test_a_moment_comes_back_from_its_columns() -> None:
    noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert stored(noon, day_only=True) == moment("2026-03-09")
    assert stored(noon, day_only=False) == moment("2026-03-09T12:00Z")
    assert stored(None, day_only=False) is None


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Pacific/Guam"])
def test_a_bare_day_is_mailed_as_that_day_without_an_hour(zone: str) -> None:
    day = moment("2026-03-09")
    assert day is not None
    now = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
    latest = Development("Two are released", "https://gazette.example/", "The Gazette", day.at, day_only=True)
    story = MatchedStory(
        story_id=1, search="waltham", terms=("waltham",), window="", window_from="", title="Four detained",
        url="https://ledger.example/1", outlet="The Ledger", published_at=day.at, day_only=True, place="Waltham, MA",
        kind="arrest", language="en", development=latest,
    )  # fmt: skip
    digest = compose(now.date(), zone, ["waltham"], [story], SourcesRead(1), now, None, [story])
    envelope = Envelope("reader@example.org", "<1@mail.example>", now, "https://mail.example/u")
    mail = digest_message(digest, envelope, MailSettings())
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        said = body.get_content()
        assert said.count("Mon, Mar 9") == 3
        assert "Mar 9, " not in said.replace("Mar 9, Waltham", "")
        assert "Mar 8" not in said
        assert "AM" not in said.replace("WALTHAM", "")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("8:45 PM EST, Sat November 28, 2026", "2026-11-29T01:45"),
        ("8:45 p.m. ET Nov. 28, 2026", "2026-11-29T01:45"),
        ("Nov 28, 2026 8:45PM", "2026-11-29T01:45"),
        ("28 de noviembre de 2026 a las 8:45 p. m.", "2026-11-29T01:45"),
        ("11/28/2026 8:45:00 P.M.", "2026-11-29T01:45"),
        ("2026-11-28T20:45:00", "2026-11-29T01:45"),
        ("2026-11-28 20:45:00 -06:00", "2026-11-29T02:45"),
        ("Nov. 28, 2026, 8:45 p.m. (CT)", "2026-11-29T02:45"),
        ("/Date(1795912500000)/", "2026-11-29T00:35"),
        ("Jul. 5, 2026 at 8:45 PM EST", "2026-07-06T00:45"),  # a person means the clock on the wall
        ("Nov. 28, 2026 at 8:45 PM EDT", "2026-11-29T01:45"),
        ("Jul. 5, 2026 at 8:45 PM MST", "2026-07-06T03:45"),  # not a name of the clock on this wall
        ("Sun, 05 Jul 2026 20:45:00 EST", "2026-07-06T01:45"),  # a program means what RFC 822 says
    ],
)
def test_a_clock_is_read_as_the_place_means_it(text: str, utc: str) -> None:
    found = moment(text, BOSTON)
    assert found is not None
    assert found.at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Nov. 28, 2026, 8:45 p.m. ET", "2026-11-29T01:45"),
        ("Nov. 28, 2026, 8:45 p.m. EST", "2026-11-29T01:45"),
        ("Nov. 28, 2026, 8:45 p.m. CDT", "2026-11-29T02:45"),
        ("Jul. 5, 2026, 8:45 p.m. CST", "2026-07-06T01:45"),
        ("Jul. 5, 2026, 8:45 p.m. MST", "2026-07-06T03:45"),
    ],
)
def test_another_zones_clock_is_not_this_walls_though_in_summer_it_would_show_the_same(text: str, utc: str) -> None:
    found = moment(text, ZoneInfo("America/Chicago"))
    assert found is not None
    assert found.at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_arizona_has_one_time_all_year() -> None:
    found = moment("Jul. 5, 2026, 8:45 p.m. MST", ZoneInfo("America/Phoenix"))
    assert found == moment("2026-07-05T20:45:00", ZoneInfo("America/Phoenix")) or found is None or found.zoned
    assert found is not None
    assert found.at == datetime(2026, 7, 6, 3, 45, tzinfo=UTC)


def test_a_clock_without_a_zone_that_would_be_to_come_was_greenwichs() -> None:
    now = datetime(2026, 11, 28, 21, 0, tzinfo=UTC)
    assert moment("2026-11-28 20:45:00", BOSTON, now) == Moment(datetime(2026, 11, 28, 20, 45, tzinfo=UTC), zoned=False)
    earlier = Moment(datetime(2026, 11, 28, 20, 45, tzinfo=UTC), zoned=False)
    assert moment("2026-11-28 15:45:00", BOSTON, now) == earlier
    assert moment("2026-11-30 20:45:00", BOSTON, now) == moment("2026-11-30 20:45:00", BOSTON)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Published: Nov. 26, 2026 at 8:45 PM EST|Updated: 5 hours ago", ["Nov. 26, 2026 at 8:45 PM EST"]),
        ("Updated Nov. 28, 2026 6:10 am Published Nov. 26, 2026", ["Nov. 28, 2026 6:10 am", "Nov. 26, 2026"]),
        ("Updated 9:10 a.m. ET Nov. 28, 2026", ["9:10 a.m. ET Nov. 28, 2026"]),
        ("28/11/2026 | 3 min read", ["28/11/2026"]),
        ("jueves, 26 de noviembre de 2026, 20:45", ["26 de noviembre de 2026, 20:45"]),
        ("Copyright 2025 The Paper", []),
        ("Call 617-555-0126 or 555-2026", []),
        ("Story 20261128 of Maybe 12, 2026", []),
        ("Nov. 26 at 8:45 PM", []),
        ("1/2 of 3/4/5", []),
    ],
)
def test_the_days_in_a_line_are_found_with_their_clocks(line: str, told: list[str]) -> None:
    assert [line[start:end] for start, end, _ in moments_in(line)] == told


@given(st.text(max_size=80))
def test_any_line_has_days_or_none(line: str) -> None:
    assert all(0 <= start < end <= len(line) for start, end, _ in moments_in(line))
