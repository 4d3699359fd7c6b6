"""What the items of a feed say: texts, moments, kind."""

from datetime import UTC, datetime

from alerts.locale import in_words
from crawler.feeds.feed import FeedItem, read_feed
from crawler.text.moments import Moment
from tests.makers.feeding import STORY, URL, atom, item, only, read, rss


def test_an_rss_item_gives_link_plain_title_moment_and_summary() -> None:
    more = (
        "<pubDate>Fri, 20 Nov 2026 09:30:00 -0500</pubDate>"
        "<description>&lt;p&gt;Two men were taken &lt;b&gt;away&lt;/b&gt;.&lt;/p&gt;</description>"
    )
    assert only(rss(item(title="Mayor &amp;amp; council: &lt;i&gt;no notice&lt;/i&gt;", more=more))) == FeedItem(
        url=STORY,
        title="Mayor & council: no notice",
        published=Moment(datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        summary="Two men were taken away.",
    )


def test_a_sign_of_comparison_in_a_title_hides_nothing_behind_it() -> None:
    assert only(rss(item(title="Fewer than 5 &lt; 6 arrests a day"))).title == "Fewer than 5 < 6 arrests a day"


def test_an_atom_entry_gives_both_moments() -> None:
    entry = (
        f'<link href="{STORY}"/><published>2026-11-20T09:00:00-05:00</published><updated>2026-11-20T16:00:00Z</updated>'
    )
    found = only(atom(entry))
    assert found.published_at == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_an_update_is_not_called_a_publication() -> None:
    found = only(atom(f'<link href="{STORY}"/><updated>2026-11-20T16:00:00Z</updated>'))
    assert found.published_at is None
    assert found.updated_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_rss_1_is_read_with_its_dublin_core_date() -> None:
    document = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Beacon</title></channel>'
        f"<item><title>Vigil</title><link>{STORY}</link><dc:date>20 Nov 2026, 9:30 am EST</dc:date></item></rdf:RDF>"
    )
    assert only(document).published_at == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


def test_a_json_feed_is_read() -> None:
    document = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Beacon", "items": [{"id": 7, "url": "/vigil", '
        '"title": "Vigil &amp; march", "date_published": "2026-11-20T09:30:00-05:00", "content_html": "<p>At noon"}, '
        f'{{"id": "{STORY}"}}, "noise"]}}'
    )
    reading = read(document)
    assert reading.kind == "json"
    assert reading.items[0] == FeedItem(
        url="https://quincybeacon.example/vigil",
        title="Vigil & march",
        published=Moment(datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        summary="At noon",
        content="<p>At noon",
    )
    assert reading.items[1].url == STORY


def test_a_date_in_the_future_is_dropped_and_noted() -> None:
    document = rss(item(more="<pubDate>Sat, 21 Nov 2026 09:30:00 GMT</pubDate>"))
    reading = read(document)
    assert reading.items[0].published_at is None
    assert [in_words(note) for note in reading.notes] == ["1 item dated in the future: date dropped"]


def test_without_a_now_no_date_is_in_the_future() -> None:
    document = rss(item(more="<pubDate>Sat, 21 Nov 2126 09:30:00 GMT</pubDate>"))
    assert read_feed(document.encode(), URL).items[0].published_at == datetime(2126, 11, 21, 9, 30, tzinfo=UTC)


def test_a_date_that_names_no_day_is_noted_and_not_guessed() -> None:
    reading = read(rss(item(more="<pubDate>Yesterday 10:30</pubDate>")))
    assert reading.items[0].published_at is None
    assert [in_words(note) for note in reading.notes] == ["1 item with an unreadable date"]
