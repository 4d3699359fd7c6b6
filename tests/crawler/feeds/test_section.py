import re
from datetime import UTC, datetime

import pytest

from alerts.locale import in_words, worded
from crawler.feeds import section
from crawler.feeds.feed import Reading, UnreadableFeed, read_feed

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)

WORDPRESS = """<!DOCTYPE html><html><head><title>Local News | Haverhill Herald</title></head><body>
<header><a href="/">Home</a> <nav class="main-menu"><a href="/category/local/">Local</a>
  <a href="/category/high-school-sports-and-more/">High school sports and more coverage</a></nav>
  <time datetime="2026-11-20T17:00:00Z">Today</time></header>
<main>
 <article class="post"><a href="/2026/11/20/agents-wait-outside-court/"><img src="a.jpg" alt="A courthouse"></a>
  <h2 class="entry-title"><a href="/2026/11/20/agents-wait-outside-court/">
  Agents wait outside &amp; inside court</a></h2>
  <span class="by">By <a href="/author/rosa-almeida/">Rosa Almeida, who covers courts and police</a></span>
  <time datetime="2026-11-20T08:15:00-05:00">3 hours ago</time>
  <a href="/2026/11/20/agents-wait-outside-court/#respond">12 comments</a>
  <a href="/2026/11/20/agents-wait-outside-court/?share=network">Share this story with your friends</a></article>
 <article class="post"><h2><a href="https://www.haverhillherald.example/2026/11/19/bridge-closes/">
  Bridge closes</a></h2>
  <a href="/tag/bridges-and-roads-in-town/">Bridges and roads in this town</a></article>
</main>
<a href="/2026/11/">November 2026</a><a href="/page/2/">Older posts from our newsroom</a>
<footer><a href="/privacy-policy/">Privacy policy of this whole website</a>
 <a href="/subscribe/">Subscribe to the daily news letter today</a>
 <a href="https://www.facebook.example/2026/11/20/haverhill-herald-page/">Follow us on this network</a>
 <a href="/wp-content/uploads/2026/11/front-page-of-the-day.pdf">Front page of the day</a></footer></body></html>"""

BLOX = """<html><body><ul id="nav"><li><a href="/news/">News</a></li>
<li><a href="/site/forms/subscription_services/">Subscription services for all readers</a></li>
<li><a href="/users/login/?referer_url=%2Fnews%2F">Log in to your reader account</a></li></ul>
<div class="card-headline"><h3 class="tnt-headline">
 <a href="/news/local/article_1f0e2d3c-4b5a-4c6d-8e7f-9a0b1c2d3e4f.html">
 Council hears residents</a></h3></div>
<div class="card-image">
  <a href="/news/local/article_1f0e2d3c-4b5a-4c6d-8e7f-9a0b1c2d3e4f.html" aria-label="Photo"></a></div>
<a href="/news/local/council-hears-residents/article_aaaa2d3c-4b5a-4c6d-8e7f-9a0b1c2d3e4f.html#tncms-
  source=block">More</a>
<a href="/search/?f=html&amp;q=council+and+mayor+and+police">
  Search for council and mayor and police</a></body></html>"""

GANNETT = """<html><body><div class="gnt_m_flm">
<a class="gnt_m_flm_a" href="/story/news/local/2026/11/20/who-was-taken-from-the-mill/88123456007/">
Who was taken from the mill</a>
<a href="/story/news/2026/11/18/vigil-draws-hundreds/88100456007/">Vigil draws hundreds</a></div>
<a href="/news/local/">Local</a><a href="/picture-gallery/">Photos</a>
<a href="https://cm.worcesterwire.example/terms-of-service/">Terms of service and your choices</a>
<a href="/staff/7711223007/dana-whitlock/">Dana Whitlock, courts reporter at the paper</a></body></html>"""

NUMBERED = """<html><head><base href="https://www.channel9.example/news/"></head><body>
<nav><a href="local-news-and-weather-and-traffic-now">Local news and weather and traffic now</a></nav>
<div><a href="local/three-detained-in-parking-lot-40211873"><script>a < b</script>
 Three detained in parking lot</a></div>
<div><a href="/story/40211999/school-board-meets-late">School board meets until late in the night</a></div>
<div><a href="/article.php?id=551208">Judge sets hearing for three men on Monday</a></div>
<h3><a href="/local/budget-vote">Council votes on the budget after a long night</a></h3>
<h3><a href="/investigations">All of our investigations from the past year</a></h3>
<a href="mailto:desk@channel9.example">Send us a tip about what is happening</a></body></html>"""


def read(page: str, url: str, *patterns: str) -> Reading:
    return read_feed(page.encode(), url, "text/html", "section", NOW, patterns)


def paths(reading: Reading) -> list[str]:
    return ["/" + item.url.split("/", 3)[3] for item in reading.items]


def test_the_cards_of_a_wordpress_page_are_its_articles() -> None:
    reading = read(WORDPRESS, "https://haverhillherald.example/category/local/")
    assert reading.kind == "section"
    assert paths(reading) == ["/2026/11/20/agents-wait-outside-court/", "/2026/11/19/bridge-closes/"]
    assert [item.title for item in reading.items] == ["Agents wait outside & inside court", "Bridge closes"]


def test_a_card_gives_its_own_time_and_no_other() -> None:
    reading = read(WORDPRESS, "https://haverhillherald.example/category/local/")
    assert [item.published_at for item in reading.items] == [datetime(2026, 11, 20, 13, 15, tzinfo=UTC), None]


def test_addresses_with_a_uuid_are_articles() -> None:
    reading = read(BLOX, "https://www.lawrencetimes.example/news/")
    assert paths(reading) == [
        "/news/local/article_1f0e2d3c-4b5a-4c6d-8e7f-9a0b1c2d3e4f.html",
        "/news/local/council-hears-residents/article_aaaa2d3c-4b5a-4c6d-8e7f-9a0b1c2d3e4f.html",
    ]
    assert reading.items[0].title == "Council hears residents"


def test_dated_story_paths_are_articles_and_staff_pages_are_not() -> None:
    reading = read(GANNETT, "https://www.worcesterwire.example/news/local/")
    assert paths(reading) == [
        "/story/news/local/2026/11/20/who-was-taken-from-the-mill/88123456007/",
        "/story/news/2026/11/18/vigil-draws-hundreds/88100456007/",
    ]


def test_numbers_in_addresses_and_headlines_make_articles() -> None:
    assert paths(read(NUMBERED, "https://www.channel9.example/news")) == [
        "/news/local/three-detained-in-parking-lot-40211873",
        "/story/40211999/school-board-meets-late",
        "/article.php?id=551208",
        "/local/budget-vote",
    ]
    assert read(NUMBERED, "https://www.channel9.example/news").items[0].title == "Three detained in parking lot"


def test_link_patterns_decide_alone_but_never_leave_the_site() -> None:
    page = WORDPRESS.replace("facebook.example", "elsewhere.example")
    url = "https://haverhillherald.example/"
    assert paths(read(page, url, r"/2026/11/2\d/")) == ["/2026/11/20/agents-wait-outside-court/"]
    assert paths(read(page, url, r"/author/", r"/tag/")) == ["/author/rosa-almeida/", "/tag/bridges-and-roads-in-town/"]


def test_a_towns_page_does_not_give_the_next_towns_news_as_its_own() -> None:
    page = """<h3><a href="/news/select-board-votes-on-new-bridge">Select Board votes on the new bridge</a></h3>
<h3><a href="https://library.town.weston.ma.us/2026/library-opens-on-sunday">Library opens on Sunday again</a></h3>
<h3><a href="https://www.cityofwaltham.ma.us/news/mayor-speaks-at-the-mill">Mayor speaks at the old mill</a></h3>"""
    for patterns in ((), ("news|library",)):
        reading = read("<!doctype html><body>" + page, "https://www.town.weston.ma.us/news", *patterns)
        assert [item.title for item in reading.items] == [
            "Select Board votes on the new bridge",
            "Library opens on Sunday again",
        ]


@pytest.mark.parametrize("patterns", [(), ("/never/",)])
def test_a_page_without_articles_says_so(patterns: tuple[str, ...]) -> None:
    page = "<!doctype html><title>Loading…</title><div id=app></div><a href='/login'>Log in to read the news</a>"
    with pytest.raises(UnreadableFeed) as raised:
        read(page, "https://haverhillherald.example/", *patterns)
    assert re.search("“Loading…” without links", worded(raised.value))


def test_an_html_page_is_read_as_a_section_only_when_one_is_expected() -> None:
    with pytest.raises(UnreadableFeed) as raised:
        read_feed(WORDPRESS.encode(), "https://haverhillherald.example/feed/", kind="rss")
    assert re.search(r"an HTML page titled “Local News \| Haverhill Herald”", worded(raised.value))


def test_a_short_headline_counts_where_the_site_keeps_its_articles() -> None:
    cards = "".join(
        f"<article><h2><a href='/stories/{slug}.html'>{title}</a></h2></article>"
        for slug, title in (
            ("a81f0c22d9", "Nothing doing"),
            ("council-votes-on-new-bridge", "Council votes to replace the Bleachery bridge by 2028"),
            ("school-roof-leaks-again", "School roof leaks again after a week of March rain"),
            ("ferry-captain-retires-after-40", "Ferry captain retires after forty years on the river"),
        )
    )
    page = f"<html><body><nav><a href='/stories/about.html'>About us</a></nav><main>{cards}</main></body></html>"
    found = [item.url for item in read_feed(page.encode(), "https://paper.example/local/", kind="section").items]
    assert "https://paper.example/stories/a81f0c22d9.html" in found
    assert "https://paper.example/stories/about.html" not in found


def titles(*inside: str) -> list[str]:
    cards = "".join(
        f"<div><a href='/2026/11/20/council-votes-on-the-bridge-{n}/'>{one}</a></div>" for n, one in enumerate(inside)
    )
    reading = read(f"<!doctype html><body>{cards}", "https://paper.example/local/")
    return [item.title for item in reading.items]


@pytest.mark.parametrize(
    "inside",
    [
        "<span class='kicker'>Local news</span> Council votes on the bridge",
        "<span>LOCAL NEWS</span> Council votes on the bridge",
        "<h3><span class='card__eyebrow'>Local</span><br>Council votes on the bridge</h3>",
        "<div class='card-label'>News</div><div>Council votes on the bridge</div><time>Nov. 20</time>",
        "<p class='category'>News</p><p class='story-headline'>Council votes on the bridge</p><p>More.</p>",
        "<img alt='The bridge'><b>Council</b> votes on the bridge <span class='byline'>By Rosa Almeida</span>",
    ],
)
def test_a_title_is_the_headline_without_what_stands_beside_it(inside: str) -> None:
    assert titles(inside) == ["Council votes on the bridge"]


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ("<span>ICE</span> agents wait outside court in Salem", "ICE agents wait outside court in Salem"),
        ("<span>ICE</span> Arrests Three in Salem", "ICE Arrests Three in Salem"),
        ("<span class='title-prefix'>Opinion.</span> Council must vote", "Opinion. Council must vote"),
        ("<span class='kicker'>Council votes on the bridge</span>", "Council votes on the bridge"),
        ("<em>Moby-Dick</em> read aloud in New Bedford", "Moby-Dick read aloud in New Bedford"),
    ],
)
def test_nothing_is_cut_from_a_headline_that_would_be_lost(inside: str, title: str) -> None:
    assert titles(inside) == [title]


def test_a_link_to_the_next_page_is_never_given() -> None:
    page = WORDPRESS.replace(
        "<footer>",
        "<h2><a href='/2026/11/20/page/2/'>Read the older stories from our newsroom here</a></h2>"
        "<h2><a href='/local/?page=2&amp;id=5'>Read the older stories from our newsroom here</a></h2>"
        "<h2><a rel='next' href='/2026/11/20/older-stories-from-the-newsroom/'>Older stories from the newsroom</a></h2>"
        "<footer>",
    )
    for patterns in ((), ("/2026/", "/local/")):
        found = paths(read(page, "https://haverhillherald.example/category/local/", *patterns))
        assert not any("page/" in path or "page=" in path or "older" in path for path in found)


def test_a_broken_link_pattern_is_named() -> None:
    with pytest.raises(UnreadableFeed) as raised:
        read(WORDPRESS, "https://haverhillherald.example/", "/news/(")
    assert re.search(r"has the link pattern “/news/\(”, which is no regular expression", worded(raised.value))


def test_a_page_of_endless_links_is_read_in_part_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(section, "_MOST_ANCHORS", 50)
    monkeypatch.setattr(section, "MOST_ITEMS", 20)
    page = "".join(f"<h2><a href='/2026/11/20/the-council-votes-{n}/'>The council votes</a></h2>" for n in range(60))
    reading = read(f"<!doctype html><body>{page}", "https://paper.example/local/")
    assert len(reading.items) == 20
    assert in_words(reading.notes[0]) == "10 links after the first 50 not looked at"
