import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest

from alerts.locale import in_words, worded
from crawler.feeds.feed import FeedItem, Reading, UnreadableFeed, read_feed
from crawler.text.moments import Moment

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SITE = "https://salemcourant.example"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def read(document: str | bytes) -> Reading:
    body = document.encode() if isinstance(document, str) else document
    return read_feed(body, f"{SITE}/sitemap.xml", now=NOW)


def urlset(*rows: str) -> str:
    return f'<?xml version="1.0"?><urlset {NAMESPACES}>{"".join(f"<url>{row}</url>" for row in rows)}</urlset>'


def index(**children: str) -> str:
    rows = (
        f"<sitemap><loc>{SITE}/{name}.xml</loc>{time and f'<lastmod>{time}</lastmod>'}</sitemap>"
        for name, time in children.items()
    )
    return f"<sitemapindex {NAMESPACES}>{''.join(rows)}</sitemapindex>"


def names(reading: Reading) -> list[str]:
    return [child.removeprefix(f"{SITE}/").removesuffix(".xml") for child in reading.sitemaps]


def test_a_news_sitemap_gives_title_publication_and_change() -> None:
    row = (
        f"<loc>{SITE}/news/2026/vigil?a=1&amp;b=2</loc><lastmod>2026-11-20T12:00:00-05:00</lastmod>"
        "<news:news><news:publication><news:name>Salem Courant</news:name></news:publication>"
        "<news:publication_date>2026-11-20</news:publication_date><news:title>Vigil &amp; march</news:title>"
        "</news:news>"
        "<image:image><image:loc>https://images.example/1.jpg</image:loc><image:title>Street</image:title></image:image>"
    )
    assert read(urlset(row)) == Reading(
        "news_sitemap",
        (
            FeedItem(
                url=f"{SITE}/news/2026/vigil?a=1&b=2",
                title="Vigil & march",
                published=Moment(datetime(2026, 11, 20, 12, tzinfo=UTC), "day"),
                updated=Moment(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)),
            ),
        ),
    )


def test_an_image_before_the_page_does_not_take_its_place() -> None:
    row = (
        "<image:image><image:loc>https://images.example/1.jpg</image:loc></image:image>"
        f"<loc><![CDATA[ {SITE}/vigil ]]></loc>"
    )
    assert [item.url for item in read(urlset(row)).items] == [f"{SITE}/vigil"]


def test_prefixes_and_missing_namespaces_do_not_matter() -> None:
    prefixed = f'<s:urlset xmlns:s="urn:x"><s:url><s:loc>{SITE}/vigil</s:loc></s:url></s:urlset>'
    bare = f"<urlset><url><loc>{SITE}/vigil</loc></url></urlset>"
    undeclared = f"<urlset><url><loc>{SITE}/vigil</loc><news:news><news:title>V</news:title></news:news></url></urlset>"
    for document in (prefixed, bare, undeclared, gzip.compress(bare.encode())):
        assert [item.url for item in read(document).items] == [f"{SITE}/vigil"]


def test_rows_without_address_and_doubles_are_noted() -> None:
    row = f"<loc>{SITE}/vigil</loc>"
    assert tuple(in_words(n) for n in read(urlset(row, "<lastmod>2026-11-20</lastmod>", row)).notes) == (
        "1 item without a link skipped",
        "1 item repeating a link dropped",
    )


def test_the_children_of_an_index_come_freshest_first() -> None:
    document = index(day="2026-11-19", undated="", new="2026-11-20T10:00:00Z", week="2026-11-18")
    assert names(read(document)) == ["new", "day", "week", "undated"]
    assert read(document).items == ()


def test_stale_children_are_left_out_unless_all_are() -> None:
    reading = read(index(old="2019-05-01", undated="", new="2026-11-20T10:00:00Z", older="2011-01-01"))
    assert names(reading) == ["new", "undated"]
    assert [in_words(note) for note in reading.notes] == ["2 child sitemaps left out as older or undated"]
    assert names(read(index(old="2019-05-01", older="2011-01-01"))) == ["old"]
    document = index(old="2019-05-01", older="2011-01-01")
    assert len(read_feed(document.encode(), f"{SITE}/sitemap.xml").sitemaps) == 2


def test_a_child_named_for_a_past_month_is_stale_though_it_was_written_anew() -> None:
    assert names(read(index(**{"posts-2025-12": "2026-11-20", "posts-2026-11": "2026-11-20"}))) == ["posts-2026-11"]


def test_a_child_without_date_is_as_fresh_as_the_month_in_its_name() -> None:
    document = index(**{"posts-2025-12": "", "posts-2026-11": "", "posts-2026-02": ""})
    children = read_feed(document.encode(), f"{SITE}/sitemap.xml").sitemaps
    assert [child.removeprefix(f"{SITE}/").removesuffix(".xml") for child in children] == [
        "posts-2026-11",
        "posts-2026-02",
        "posts-2025-12",
    ]


def test_lists_of_tags_and_authors_come_after_lists_of_articles() -> None:
    document = index(
        **{"post_tag-sitemap": "2026-11-20T12:00:00Z", "author-sitemap": "2026-11-20", "post-sitemap2": "2026-11-19"}
    )
    assert names(read(document)) == ["post-sitemap2", "post_tag-sitemap", "author-sitemap"]


def test_a_plain_list_of_addresses_is_a_sitemap() -> None:
    reading = read(f"{SITE}/vigil\r\n\r\n{SITE}/march\r\n")
    assert [item.url for item in reading.items] == [f"{SITE}/vigil", f"{SITE}/march"]


def test_an_empty_sitemap_is_no_error() -> None:
    assert read(urlset()) == Reading("news_sitemap", ())
    assert read("<sitemapindex/>") == Reading("news_sitemap", ())


def test_a_sitemap_cut_off_inside_an_address_loses_only_that_row() -> None:
    document = urlset(f"<loc>{SITE}/vigil</loc>", f"<loc>{SITE}/march-to-the-hall</loc>")
    reading = read(document[: document.index("-to-the")])
    assert [item.url for item in reading.items] == [f"{SITE}/vigil"]
    assert in_words(reading.notes[0]).startswith("XML cut off after")
    with pytest.raises(UnreadableFeed) as raised:
        read(document[: document.index("/vigil")])
    assert re.search("XML cut off after", worded(raised.value))


# The fresh part


def dated(number: int, date: str, day: str = "x") -> str:
    return f"<loc>{SITE}/news/{day}/{number}</loc>{date and f'<lastmod>{date}</lastmod>'}"


def test_of_an_archive_only_the_rows_of_the_last_days_are_taken() -> None:
    rows = [dated(n, "2024-03-01") for n in range(1200)]
    rows += [dated(1201, "2026-11-17"), dated(1202, "2026-11-20T10:00:00Z"), dated(1203, "")]
    reading = read(urlset(*rows))
    assert [item.url[-4:] for item in reading.items] == ["1201", "1202"]
    assert [in_words(note) for note in reading.notes] == ["1201 rows left out as older or undated"]
    week = read_feed(urlset(*rows, dated(1204, "2026-11-14")).encode(), SITE, now=NOW, fresh=timedelta(days=7))
    assert len(week.items) == 3


def test_a_day_in_the_address_dates_a_row() -> None:
    rows = [dated(n, "", "2024/03/01") for n in range(1200)]
    assert [item.url for item in read(urlset(*rows, dated(7, "", "2026/11/19"))).items] == [f"{SITE}/news/2026/11/19/7"]


def test_a_small_sitemap_is_taken_whole() -> None:
    rows = [dated(1, "2024-03-01"), dated(2, ""), dated(3, "2026-11-20")]
    assert len(read(urlset(*rows)).items) == 3


def test_of_a_large_list_without_dates_both_ends_are_taken() -> None:
    reading = read("\n".join(f"{SITE}/story/{n}" for n in range(1500)))
    assert len(reading.items) == 1000
    assert (reading.items[0].url, reading.items[-1].url) == (f"{SITE}/story/0", f"{SITE}/story/1499")
    assert [in_words(note) for note in reading.notes] == ["500 rows left out as older or undated"]


@pytest.mark.slow
def test_the_newest_rows_are_taken_when_all_are_fresh() -> None:
    rows = [dated(n, f"2026-11-20T{n // 250:02}:30:00Z") for n in range(2500)]
    reading = read(urlset(*rows))
    assert len(reading.items) == 2000
    assert reading.items[0].url == f"{SITE}/news/x/500"


def test_a_compressed_index_and_its_children_are_read() -> None:
    assert names(read(gzip.compress(index(new="2026-11-20").encode()))) == ["new"]
