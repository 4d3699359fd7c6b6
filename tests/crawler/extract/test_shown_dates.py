"""The date that a reader sees, where a page declares none; and what is no date of the page."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article import Hint, extract
from crawler.model.story import Article
from crawler.text.moments import Moment, moment
from tests.makers.extracting import PARAGRAPHS, page, read

PLAIN = "https://www.millriverherald.com/story/laundry"
NOW = datetime(2026, 11, 29, 14, tzinfo=UTC)
BOSTON = ZoneInfo("America/New_York")


def told(body: bytes, url: str = PLAIN, published: Moment | None = None) -> str:
    """When it was published as its own readers' clock shows it, a day without an hour; "" when it does not say."""
    article = extract(body, url, "millriver", NOW, "", Hint(published=published), BOSTON)
    if article.published_at is None:
        return ""
    return f"{article.published_at.astimezone(BOSTON):{'%Y-%m-%d' if article.day_only else '%Y-%m-%d %H:%M'}}"


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("<p>Published: Nov. 26, 2026 at 8:45 PM EST|Updated: 5 hours ago</p>", "2026-11-26 20:45"),
        ("<div>Updated Nov. 28, 2026 6:10 am</div><div>Published Nov. 26, 2026 8:45 pm</div>", "2026-11-26 20:45"),
        ("<div>Posted 8:45 p.m. ET Nov. 26, 2026 <br> Updated 9:10 a.m. ET Nov. 28, 2026</div>", "2026-11-26 20:45"),
        ("<div><span>Published</span><span>November 26, 2026</span></div>", "2026-11-26"),
        ("<p>Published</p><p>November 26, 2026</p><p>Updated</p><p>November 28, 2026</p>", "2026-11-26"),
        ("<p>By Ana Ruiz | Nov 26, 2026 | 3 min read</p>", "2026-11-26"),
        ("<p>By Ana Ruiz, Staff Writer Nov 26, 2026 Comments</p>", "2026-11-26"),
        ("<p>Ana Ruiz • 11/26/26 8:45 PM</p>", "2026-11-26 20:45"),
        ("<p>Thursday, November 26th, 2026</p>", "2026-11-26"),
        ("<p>8:45 PM EST, Thu November 26, 2026</p>", "2026-11-26 20:45"),
        ("<p>jueves, 26 de noviembre de 2026, 8:45 p. m.</p>", "2026-11-26 20:45"),
        ("<p>Publicado el 26 de noviembre de 2026. Actualizado: 28 de noviembre de 2026</p>", "2026-11-26"),
        ("<p>Última actualización: 28/11/2026</p><p>Publicado: 26/11/2026</p>", "2026-11-26"),
        ("<p class='deck'>Four were led away, the owner said.</p><p>Nov. 26, 2026</p>", "2026-11-26"),
        ("<p>LAST UPDATED: NOV 28, 2026</p>", "2026-11-28"),
        ("<time>Nov. 26, 2026</time>", "2026-11-26"),
        ("<time datetime='5 hours ago'>Nov. 26, 2026, 8:45 p.m.</time>", "2026-11-26 20:45"),
        ("<span itemprop='datePublished' content='2026-11-26T20:45:00'>Thursday</span>", "2026-11-26 20:45"),
        ("NEWS<br>November 26, 2026<br>", "2026-11-26"),
        ('<div aria-label="Published: 8:45 p.m. ET Nov. 26, 2026 Updated: 9:10 a.m. ET Nov. 28, 2026"></div>',
         "2026-11-26 20:45"),
        ('<lit-timestamp publishdate="2026-11-27T01:45:00Z" updatedate="2026-11-28"></lit-timestamp>',
         "2026-11-26 20:45"),
        ('<abbr class="published" title="2026-11-26T20:45:00-05:00">Thursday</abbr>', "2026-11-26 20:45"),
        ('<div class="byline">Ana Ruiz</div><div class="datetime">Nov. 26, 2026 8:45 pm</div>', "2026-11-26 20:45"),
        ("<ul><li>By Ana Ruiz</li><li>Nov 26, 2026</li><li>0</li></ul>", "2026-11-26"),
        ("<p>Por Ana Ruiz - 26 noviembre, 2026</p>", "2026-11-26"),
        ("<p>Posted on November 26, 2026 by admin</p>", "2026-11-26"),
        ("<p>Posted: Nov 26, 2026 / 08:45 PM EST</p><p>Updated: Nov 28, 2026 / 06:10 AM EST</p>", "2026-11-26 20:45"),
        ("<h6>WALTHAM, Mass.</h6><h6>11.26.2026</h6>", "2026-11-26"),
        ("<p>Originally Published: 26 NOV 26 20:45 ET</p><p>November 26, 2026</p>", "2026-11-26"),
    ],
)  # fmt: skip
def test_the_date_beside_the_headline_is_read(beside: str, expected: str) -> None:
    assert told(page(byline=beside)) == expected


@pytest.mark.parametrize(
    "beside",
    [
        "<p>Copyright 2025 Mill River Herald. All rights reserved. January 1, 2025</p>",
        "<p>© 11/26/2026 Mill River Herald</p>",
        "<p>Call 617-555-0126 for a subscription</p>",
        "<p>5 hours ago</p>",
        "<p>Updated: yesterday</p>",
        "<p>Nov. 26 at 8:45 PM</p>",
        "<p>The hearing was on Nov. 26, 2026.</p>",
        "<p>File photo, Nov. 26, 2025</p>",
        "<figure><figcaption>Nov. 26, 2025</figcaption></figure>",
        "<div class='related'><p>Nov. 26, 2026</p></div>",
        "<ul><li><a href='/other'>City to plant four hundred trees</a><p>Nov. 26, 2026</p></li></ul>",
        "<div><h3><a href='/other'>Four hundred trees for the city</a></h3><time datetime='2024-04-02'>2</time></div>",
        "<div><a href='/other'>Four hundred trees for us</a><meta itemprop='datePublished' content='2024-04-02'></div>",
        "<aside><time datetime='2024-04-02'>2 April</time></aside>",
        "<p>Volume 12, Issue 4, November 2026</p>",
        "<script>var state = {'nav': 'subscribe \\u2014 \\u2019'};</script>",
    ],
)  # fmt: skip
def test_what_is_no_date_of_the_story_is_none(beside: str) -> None:
    assert told(page(byline=beside)) == ""


def test_the_newspapers_own_date_above_the_headline_is_not_the_storys() -> None:
    body = page().replace(b"<nav>", b"<div class='date'>Sunday, November 29, 2026</div><nav>")
    assert told(body) == ""
    assert told(body.replace(b"<h1>", b"<p>November 26, 2026</p><h1>")) == "2026-11-26"


def test_a_date_in_the_prose_is_none() -> None:
    old = ("The agents, who came on Nov. 26, 2025, had been there before, on 11/05/2025 and in 2024, the owner said.",)
    assert told(page(paragraphs=(*old, *PARAGRAPHS))) == ""


def test_a_line_at_the_foot_of_the_story_may_say_when_it_was_published() -> None:
    assert told(page(body="<p><em>Published November 26, 2026</em></p>")) == "2026-11-26"
    assert told(page(body="<div class='related'><p>Published November 26, 2026</p></div>")) == ""


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/2026/11/26/laundry-raid/", "2026-11-26"), ("/story/2026-11-26/laundry-raid", "2026-11-26"),
     ("/2026/11/laundry-raid", ""), ("/news/20261126", ""), ("/raid-of-2026-11-26.html", ""), ("/2026/13/26/x", "")],
)  # fmt: skip
def test_an_address_may_say_the_day(path: str, expected: str) -> None:
    assert told(page(), f"https://www.millriverherald.com{path}") == expected


def test_a_time_element_below_the_headline_comes_before_one_above_it() -> None:
    above, below = "<time datetime='2026-11-29'>Sunday</time>", "<time datetime='2026-11-26T20:45'>Thursday</time>"
    body = page(byline=below).replace(b"<nav>", f"<div>{above}</div><nav>".encode())
    assert told(body) == "2026-11-26 20:45"
    assert told(page().replace(b"<nav>", f"<div>{above}</div><nav>".encode())) == ""


def test_what_the_feed_says_comes_before_the_date_of_an_update() -> None:
    body = page(byline="<p>Updated Nov. 28, 2026</p>")
    assert told(body, published=moment("2026-11-26T20:45:00-05:00")) == "2026-11-26 20:45"
    assert told(body) == "2026-11-28"


def test_a_clock_without_a_zone_is_that_of_the_place() -> None:
    head = '<meta property="article:published_time" content="2026-11-28 00:30:00">'
    assert told(page(head=head)) == "2026-11-28 00:30"
    soon = '<meta property="article:published_time" content="2026-11-29 13:30:00">'  # it is 9 in Boston
    assert told(page(head=soon)) == "2026-11-29 08:30"


def test_the_only_date_in_a_pages_data_is_believed_last() -> None:
    state = '<script>window.state = {"publishedDate": "2026-11-26T20:45:00-05:00"}</script>'
    assert told(page(head=state)) == "2026-11-26 20:45"
    assert told(page(head=state), published=moment("2026-11-20T10:00:00-05:00")) == "2026-11-20 10:00"
    other = state.replace("11-26", "11-25")
    assert told(page(head=state + other)) == ""


@pytest.mark.parametrize("said", ["1970-01-01T00:00:00Z", "0001-01-01", "2027-03-01", "0", 0, "today", None])
def test_a_date_that_means_none_does_not_hide_another(said: object) -> None:
    declared = {"@type": "NewsArticle", "datePublished": said}
    assert told(page(ld=declared, byline="<p>Nov. 26, 2026</p>")) == "2026-11-26"


def test_the_witness_of_a_shown_date_is_named() -> None:
    article: Article = read(page(byline="<p>March 2, 2026</p>"), url=PLAIN)
    assert article.witnesses["published_at"] == "shown beside the headline, day only"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (page(ld={"@graph": [{"@type": "WebPage", "datePublished": "2026-11-26T20:45:00-05:00"}]}), "2026-11-26 20:45"),
        (page(ld={"@type": "WebPage", "url": "/other/page", "datePublished": "2020-11-26"}), ""),
        (page(ld={"@type": "LiveBlogPosting", "coverageStartTime": "2026-11-26T20:45:00-05:00", "author": "Ana Ruiz"}),
         "2026-11-26 20:45"),
        (page(ld={"@type": "NewsArticle", "datePublished": [{"@value": "2026-11-26T20:45:00-05:00"}]}),
         "2026-11-26 20:45"),
        (page(ld={"@type": "VideoObject", "uploadDate": "2020-11-26"}), ""),
        (page(head='<meta name="date" content="2026-11">'), ""),
        (page(byline="<p>Vigil on Nov. 26, 2026</p>"), ""),
        (page(byline="<p>When: Nov. 26, 2026, 7 p.m.</p>"), ""),
        (page(byline="<p>Nov. 26 - Dec. 2, 2026</p>"), ""),
        (page(paragraphs=("WALTHAM, Nov. 26, 2026 — Agents detained four.", *PARAGRAPHS)), ""),
        (page(body="<ol><li><b>Lou</b> <span>Posted November 20, 2026 at 8:45 pm</span><p>I saw it.</p></li></ol>"),
         ""),
        (page(body="<section><article><h3><a href='/a'>Council hears residents</a></h3><time datetime='2026-11-20'>"
                   "Nov 20</time></article></section>"), ""),
        (page(byline="<div><span>Updated</span> <time datetime='2026-11-28'>Nov. 28</time></div>"
                     "<div><span>Published</span> <time datetime='2026-11-26'>Nov. 26</time></div>"), "2026-11-26"),
    ],
)  # fmt: skip
def test_a_date_of_something_else_is_not_the_pages(body: bytes, expected: str) -> None:
    assert told(body) == expected
