from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.locale import in_words
from crawler.feeds.feed import FeedItem, Reading, read_feed
from crawler.feeds.items import MOST_CONTENT, Asked, newest

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
URL = "https://nashuanotes.example/feed/"
STORY = "https://nashuanotes.example/2026/11/20/vigil/"
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def read(document: str) -> Reading:
    return read_feed(document.encode(), URL, now=NOW)


def rss(inside: str, head: str = "") -> str:
    item = f"<item><title>Vigil</title><link>{STORY}</link>{inside}</item>"
    return f'<rss version="2.0" {SY} {CONTENT}><channel>{head}{item}</channel></rss>'


def atom(inside: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{STORY}"/>{inside}</entry></feed>'


def only(document: str) -> FeedItem:
    (item,) = read(document).items
    return item


# The full text


def test_the_full_text_of_an_rss_item_is_its_encoded_content() -> None:
    whole = "<p>Two men were taken away.</p><p>“Nobody told us,” said the mayor.</p>"
    found = only(
        rss(f"<description>Two men&amp;hellip;</description><content:encoded><![CDATA[{whole}]]></content:encoded>")
    )
    assert found.content == whole
    assert found.summary == "Two men…"


def test_an_item_with_a_summary_only_has_no_full_text() -> None:
    assert only(rss("<description>&lt;p&gt;Two men were taken away.&lt;/p&gt;</description>")).content == ""
    assert only(atom("<summary type='html'>&lt;p&gt;Two men&lt;/p&gt;</summary>")).content == ""


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ('<content type="html">&lt;p&gt;At &lt;b&gt;noon&lt;/b&gt;&lt;/p&gt;</content>', "<p>At <b>noon</b></p>"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>At <b>noon</b></p></div></content>',
            "<div><p>At <b>noon</b></p></div>",
        ),
        ('<content type="text">At noon &amp; later, 5 &lt; 6</content>', "At noon &amp; later, 5 &lt; 6"),
        ("<content>At noon</content>", "At noon"),
        ('<content type="image/png">iVBORw0KGgo=</content>', ""),
        ('<content type="text/html" src="https://nashuanotes.example/x"/>', ""),
    ],
)
def test_the_full_text_of_an_atom_entry_is_html(content: str, html: str) -> None:
    assert only(atom(content)).content == html


def test_plain_text_of_a_json_feed_becomes_html() -> None:
    item = f'{{"url": "{STORY}", "content_text": "5 < 6 & more"}}'
    found = only(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}')
    assert found.content == "5 &lt; 6 &amp; more"
    assert found.summary == "5 < 6 & more"


def test_a_very_long_text_is_cut_before_a_tag() -> None:
    found = only(rss(f"<content:encoded><![CDATA[{'x' * (MOST_CONTENT - 2)}<em>y</em>]]></content:encoded>"))
    assert found.content == "x" * (MOST_CONTENT - 2)


# What a feed asks for


@pytest.mark.parametrize(
    ("head", "asked", "minutes"),
    [
        ("", Asked(), None),
        ("<ttl>90</ttl>", Asked(ttl=timedelta(minutes=90)), 90),
        ("<ttl>0</ttl>", Asked(), None),
        ("<ttl>soon</ttl>", Asked(), None),
        ("<ttl>-5</ttl>", Asked(), None),
        (
            "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>",
            Asked(period=timedelta(hours=1)),
            None,
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><ttl>15</ttl>",
            Asked(timedelta(minutes=15), timedelta(hours=1)),
            15,
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            Asked(period=timedelta(minutes=15)),
            15,
        ),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
            Asked(period=timedelta(hours=12)),
            720,
        ),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", Asked(period=timedelta(days=365)), 1440),
        ("<sy:updateFrequency>2</sy:updateFrequency>", Asked(), None),
        ("<skipHours><hour>3</hour></skipHours>", Asked(skips=True), None),
    ],
)
def test_a_feed_asks_for_a_pause_that_somebody_chose(head: str, asked: Asked, minutes: int | None) -> None:
    reading = read(rss("", head))
    assert reading.asked == asked
    assert reading.ask == (timedelta(minutes=minutes) if minutes else None)


# Too many items


def stories(dates: list[str]) -> str:
    return "".join(
        f"<item><link>{STORY}{n}</link>{date and f'<pubDate>{date}</pubDate>'}</item>" for n, date in enumerate(dates)
    )


@pytest.mark.slow
def test_of_too_many_items_the_newest_are_kept_wherever_they_stand() -> None:
    dates = [f"{NOW - timedelta(days=1, minutes=n):%a, %d %b %Y %H:%M:%S} GMT" for n in range(2100)]
    newest_last = read(f"<rss><channel>{stories(dates[::-1])}</channel></rss>")
    assert len(newest_last.items) == 2000
    assert newest_last.items[-1].url == f"{STORY}2099"
    assert [in_words(note) for note in newest_last.notes] == ["100 items older or beyond the limit left out"]
    newest_first = read(f"<rss><channel>{stories(dates)}</channel></rss>")
    assert newest_first.items[0].url == f"{STORY}0"


def test_of_too_many_items_without_dates_the_first_are_kept() -> None:
    reading = read(f"<rss><channel>{stories([''] * 2001)}</channel></rss>")
    assert [reading.items[0].url, reading.items[-1].url] == [f"{STORY}0", f"{STORY}1999"]


@given(st.lists(st.sampled_from(["", "2026-11-18", "2026-11-19", "rubbish"]), max_size=30), st.integers(1, 10))
def test_the_newest_rows_stay_in_order(dates: list[str], most: int) -> None:
    rows = list(enumerate(dates))
    kept = newest(rows, lambda row: row[1], most)
    assert kept == sorted(kept)
    assert len(kept) == min(most, len(rows))


def test_today_is_no_day_to_come_though_its_noon_is() -> None:
    early = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    for day, believed in (("2026-11-19", True), ("2026-11-20", True), ("2026-11-21", False)):
        reading = read_feed(rss(f"<pubDate>{day}</pubDate>").encode(), URL, now=early)
        assert (reading.items[0].published is not None) == believed


@pytest.mark.parametrize("date", ["Mon, 01 Jan 0001 00:00:00 +0000", "1970-01-01T00:00:00Z"])
def test_what_programs_write_for_no_date_is_none(date: str) -> None:
    reading = read(rss(f"<pubDate>{date}</pubDate>"))
    assert reading.items[0].published_at is None
    assert [in_words(note) for note in reading.notes] == ["1 item with an unreadable date"]
