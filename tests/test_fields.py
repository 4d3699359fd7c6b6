from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.fields import absolute, moment, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 20 Nov 2026 09:30:00 -0500", (2026, 11, 20, 14, 30)),
        ("Fri, 20 Nov 2026 09:30:00 EST", (2026, 11, 20, 14, 30)),
        ("20 Nov 26 09:30 PST", (2026, 11, 20, 17, 30)),
        ("Friday, November 20, 2026 - 9:30 am", (2026, 11, 20, 9, 30)),
        ("Nov. 20, 2026 12:05 a.m. CST", (2026, 11, 20, 6, 5)),
        ("Fri Nov 20 09:30:00 2026", (2026, 11, 20, 9, 30)),
        ("Thu,28 Jul 2022 4:35:5 GMT+9", (2022, 7, 27, 19, 35)),
        ("2026-11-20T09:30:00-05:00", (2026, 11, 20, 14, 30)),
        ("2026-11-20T09:30:00.1234567Z", (2026, 11, 20, 9, 30)),
        ("2026-11-20 09:30:00 -0500", (2026, 11, 20, 14, 30)),
        ("2026-11-20 9:30 UTC", (2026, 11, 20, 9, 30)),
        ("2026-11-20", (2026, 11, 20, 0, 0)),
        ("20261120", (2026, 11, 20, 0, 0)),
        ("11/20/2026 2:30 PM", (2026, 11, 20, 14, 30)),
        ("vie, 20 ene 2026 10:00:00 +0000", (2026, 1, 20, 10, 0)),
        ("20 de noviembre de 2026", (2026, 11, 20, 0, 0)),
        ("Thu, 19 Nov 2026 24:00:00 GMT", (2026, 11, 20, 0, 0)),
        ("Fri, 20 Nov 2026 29:30:00 GMT", (2026, 11, 20, 0, 0)),
        ("2026-11-20T09:75:00-0500", (2026, 11, 20, 0, 0)),
    ],
)
def test_a_date_is_read_in_utc(text: str, expected: tuple[int, int, int, int, int]) -> None:
    year, month, day, hour, minute = expected
    found = moment(text)
    assert found is not None
    assert found.replace(second=0, microsecond=0) == datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "Monday", "10:30", "yesterday", "2026", "2026-11", "31 Feb 2026", "20/11/2026", "0000-00-00 00:00:00",
     "Nov 20", "2026-07-32T15:51:30-0500", "0001-01-01T00:00:00+14:00"],
)  # fmt: skip
def test_what_names_no_real_day_is_no_moment(text: str) -> None:
    assert moment(text) is None


@given(st.integers(32_000_000, 3_000_000_000))
def test_common_spellings_of_a_moment_agree(seconds: int) -> None:
    time = datetime.fromtimestamp(seconds, UTC)
    spellings = ("%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ", "%B %d, %Y %I:%M:%S %p", "%a %b %d %H:%M:%S %Y")
    assert {moment(time.strftime(spelling)) for spelling in spellings} == {time}


@given(st.text(max_size=60))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("ICE &#8216;was here&#8217;", "ICE ‘was here’"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("T<b>w</b>o", "Two"),
        ("Fewer than 5 < 6 & more > 3", "Fewer than 5 < 6 & more > 3"),
        ("&amp;lt;em&amp;gt;Globe&amp;lt;/em&amp;gt;", "Globe"),
        ("<script>var a = 1</script>Vigil<!-- ad -->", "Vigil"),
    ],
)
def test_titles_become_plain_text(html: str, text: str) -> None:
    assert plain(html) == text


@given(st.text(max_size=60))
def test_an_address_is_absolute_or_empty(link: str) -> None:
    url = absolute(link, "https://quincybeacon.example/news/")
    assert url == "" or url.startswith(("http://", "https://"))
