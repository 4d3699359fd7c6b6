import csv
import gzip
import json
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.feeds.feed import read_feed
from crawler.text.tokens import words
from crawler.text.urls import canonical_url, is_web_address, link_url, unwrapped

DATA = Path(__file__).parents[4] / "shared" / "data"
STORY = "https://harborledger.example.com/news/raid-at-laundry"


@pytest.mark.parametrize(
    "dressed",
    [
        "HTTPS://HarborLedger.Example.COM/news/raid-at-laundry",
        "https://harborledger.example.com:443/news/raid-at-laundry",
        "https://reader:secret@harborledger.example.com/news/raid-at-laundry",
        "https://harborledger.example.com./news/raid-at-laundry",
        STORY + "/",
        STORY + "#comments",
        STORY + "?",
        STORY + "?&",
        STORY + "?utm_source=rss&utm_medium=feed",
        STORY + "?utm_source=rss&amp;utm_medium=feed",
        STORY + "?fbclid=IwAR0&gclid=x&mc_cid=1&mc_eid=2&MSCLKID=3",
        STORY + "?PHPSESSID=0123456789abcdef",
        STORY + ";jsessionid=0A1B2C?JSESSIONID=0A1B2C",
        STORY + "?source=rss&ref=newsletter",
        STORY + "/amp",
        STORY + "/amp/",
        STORY + "?amp",
        STORY + "?amp=1",
        STORY + "?outputType=amp",
        "https://amp.harborledger.example.com/news/raid-at-laundry",
        "https://m.harborledger.example.com/news/raid-at-laundry?m=1",
        "https://mobile.harborledger.example.com/news/raid-at-laundry",
        "http://harborledger.example.com/news/raid-at-laundry",
        "http://harborledger.example.com:80/news/raid-at-laundry",
        "https://www.harborledger.example.com/news/raid-at-laundry",
        "https://www.m.harborledger.example.com//news/./sport/../raid-at-laundry//",
        STORY + "/index.html",
        STORY + "/index.php?utm_source=rss",
        STORY + "/amp/index.html",
        STORY + "/print/",
        STORY + "/comment-page-2#comment-17",
        STORY + "?srsltid=AfmBOo&replytocom=12",
        STORY + "?outputType=amp-type&amp_js_v=0.1&usqp=mq331AQ",
        STORY + "?view=print&tmpl=component",
        "https://harborledger.example.com/(S(lit3py55t21z5v55vlm25s55))/news/raid-at-laundry",
        "https://www.google.com/amp/s/harborledger.example.com/news/raid-at-laundry/amp/",
        "https://www.google.com/url?rct=j&sa=t&url=https://harborledger.example.com/news/raid-at-laundry&ct=ga",
        "https://harborledger-example-com.cdn.ampproject.org/c/s/harborledger.example.com/news/raid-at-laundry?amp=1",
        STORY + "?print",
        STORY + "?print=true",
        "  https://harborledger.example.com/news/%72aid-at-laundry\n",
    ],
)
def test_every_dress_of_a_page_has_one_address(dressed: str) -> None:
    assert canonical_url(dressed) == STORY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/?p=123", "https://example.com/?p=124"),
        ("https://example.com/story?id=1", "https://example.com/story?id=2"),
        ("https://example.com/story?sid=1", "https://example.com/story"),
        ("https://example.com/?m=202401", "https://example.com/?m=202402"),
        ("https://example.com/show?source=114", "https://example.com/show?source=115"),
        ("https://example.com/index.php?mod=news&id=4", "https://example.com/index.php?mod=sport&id=4"),
        ("https://example.com/News/A", "https://example.com/news/a"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a?q=x%26y", "https://example.com/a?q=x&y"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("https://example.com/camp", "https://example.com/c"),
        ("https://example.com/news?page=2", "https://example.com/news"),
        ("https://example.com/magazine/print", "https://example.com/magazine"),
        ("https://example.com/news/amp-raid", "https://example.com/news/raid"),
        ("https://example.com/show?view=list&id=1", "https://example.com/show?id=1"),
        ("https://example.com/#!/story/1", "https://example.com/#!/story/2"),
        ("https://example.com/index-2.html", "https://example.com/index-3.html"),
        ("https://m.substack.com/p/raid", "https://substack.com/p/raid"),
        ("https://www2.example.com/a", "https://example.com/a"),
        ("http://127.0.0.1/a", "https://127.0.0.1/a"),
        ("http://example.com:8080/a", "https://example.com:8080/a"),
        ("http://localhost/a", "https://localhost/a"),
    ],
)
def test_different_pages_keep_different_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "parameter",
    """gnt-cfr=1 gps-source=CPROD csp=chromepush gca-cat=p tncms-source=login IPID=home cmpid=hp_x itid=hp wpisrc=nl_am
    pwapi_token=a.b ana=RSS rssid=1 fr=rss tracking-source=home-top-story ac_cid=DM1 smid=url partner=rss emc=edit_x
    hpt=hp_t2 mbid=social ito=feeds ref=hp_top source=nyt-app ft=nprml nl=todaysheadlines te=1 st=a1b2 j=90123456
    mc_cid=1 _hsenc=p2 fbclid=Iw gad_source=1 ml_subscriber=8 utm=1 _amp=true from=ecosia reflink=share
    amp;utm_medium=rss _lrsc=5a8c3cc2 tbref=hp""".split(),
)
def test_how_a_reader_came_is_no_part_of_an_address(parameter: str) -> None:
    named = "https://harborledger.example.com/news/agents-raid-laundry-downtown"
    assert canonical_url(f"{named}?{parameter}") == named
    assert link_url(f"{named}?id=7&{parameter}") in (f"{named}?id=7", f"{named}?id=7&_amp=true")


@pytest.mark.parametrize(
    "parameter",
    """id=1 p=1 story=1 article=1 page=2 storyid=1 sid=1 nid=1 ArticleID=1 AID=1 q=ice tag=ice cat=4 aid=1 cid=77 tid=12
    post=1 news=1 item=1 Itemid=1 view=article option=com_content photo=3 slide=2 issue=1 date=20260309 title=Ice v=abc
    gallery=1 topic=1 pid=1 docid=1 c=1 n=1 s=ice section=news story_id=1 articleId=1""".split(),
)
@pytest.mark.parametrize("path", ["/show", "/news/agents-raid-laundry-downtown", "/news/1234567"])
def test_what_may_name_a_page_stays(path: str, parameter: str) -> None:
    assert canonical_url(f"https://example.com{path}?{parameter}").endswith(f"?{parameter}")
    assert link_url(f"https://example.com{path}?{parameter}").endswith(f"?{parameter}")


@pytest.mark.parametrize("parameter", ["ref=481", "source=114", "from=2", "st=MA", "j=12", "via=7", "nl=3"])
def test_where_the_path_names_no_article_a_parameter_may(parameter: str) -> None:
    assert canonical_url(f"https://example.com/news/show?{parameter}").endswith(parameter)


def test_the_order_of_parameters_does_not_matter() -> None:
    assert canonical_url("https://example.com/a?id=2&c=1") == canonical_url("https://example.com/a?c=1&id=2")


def test_a_site_whose_whole_name_is_a_dress_word_keeps_it() -> None:
    assert canonical_url("https://amp.dev/about") == "https://amp.dev/about"
    assert canonical_url("https://example.com/amp") == "https://example.com/amp"


def test_an_identity_is_an_https_address_without_www() -> None:
    assert canonical_url("http://www.harborledger.com/a") == "https://harborledger.com/a"


@pytest.mark.parametrize("host", ["m.substack.com", "mobile.github.io", "amp.k12.ma.us", "m.co.uk", "www.tumblr.com"])
def test_a_publisher_named_like_a_dress_keeps_the_name(host: str) -> None:
    assert canonical_url(f"https://{host}/a") == f"https://{host}/a"


def test_www_is_no_publishers_name() -> None:
    assert canonical_url("https://www.nhs.uk/a") == canonical_url("https://nhs.uk/a")


def test_a_wrapper_without_an_address_inside_stays_as_it_is() -> None:
    assert unwrapped("https://www.google.com/url?q=weather") == "https://www.google.com/url?q=weather"
    assert unwrapped(" https://example.com/url?q=https://example.com/b ").endswith("/url?q=https://example.com/b")


def test_front_page_and_bare_host_are_one_address() -> None:
    assert canonical_url("https://example.com") == canonical_url("https://example.com/") == "https://example.com/"


def test_letters_beyond_ascii_are_encoded_the_same_way() -> None:
    assert canonical_url("https://example.com/redada-en-lavandería") == canonical_url(
        "https://example.com/redada-en-lavander%c3%ada"
    )


def test_what_is_no_web_address_comes_back_stripped() -> None:
    assert canonical_url(" mailto:desk@example.com ") == "mailto:desk@example.com"


@given(
    st.one_of(
        st.text(),
        st.text().map(lambda rest: "https://example.com/" + rest),
        st.from_regex(
            r"https?://(m\.|amp\.|www\.)*[a-z]{1,5}\.[a-z]{2,3}(:\d{1,4})?(/[%a-z0-9.;]{0,6}|/amp|/index\.html|/\.\.|/print"
            r"|/comment-page-1|/12345){0,4}(\?[%a-z=&1;]{0,12})?(#[!/a-z]{0,3})?"
        ),
        st.from_regex(
            r"https://(www\.google\.com/(amp/s/|url\?url=)|a\.cdn\.ampproject\.org/c/(s/)?)(www\.google\.com/amp/)?b\.com[/%a-z?&]{0,9}"
        ),
    )
)
def test_the_canonical_address_of_a_canonical_address_is_itself(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


# What addresses are made of that somebody wrote to confuse us.
_PIECES = (
    "https://", "HTTP://", "www.", "m.", "amp.", "google.com/url?q=", "www.google.com/amp/s/", "google.com/amp/",
    "x.cdn.ampproject.org/c/s/", "bing.com", "example.com", "ex%61mple.com", "%77ww.", "münchen.de", "ｅxample.com",
    "127.0.0.1", "[::1]", "localhost", "co.uk", "tumblr.com", ":80", ":443", ":8080", "/", "//", "/.", "/..", "/amp",
    ".amp", ".amp.html", "/index.html", "/print", "/comment-page-2", "/news-of-the-day", "12345", "?", "&", "amp;", "=",
    "%", "%2", "%2F", "%2e", "%26", "%3b", "%23", "#", "#!", "#/x", ";jsessionid=1", ";sid=a",
    "/(s(abcdefghijklmnopqrstuv))", "utm_source=x", "id=7", "a=b", "@", " ", "+", "é", "\u200b", "\u3002", "ß", "İ",
    "\ud83d", "\udea8",    "\u202e", "\0",
    "\x1b", "\U000e0041", "~", "|", "\\", "com", "-", "_", ".", "xn--", "output=amp", "print=1",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(_PIECES), max_size=9).map("".join),
    st.sampled_from(("https://", "", "https://google.com/amp/s/")),
)
@example("/\ud83d", "https://example.com")
@example("\U000e0041 ", "https://")
@example("/story.html", "https://google.com/amp/s/")
@example("ex%61mple.com/amp", "https://google.com/amp/s/")
@example(";jsessionid=1'/AMPm", "https://google.com/amp/s//(s(abcdefghijklmnopqrstuv))")
@example("/(s(abcdefghijklmnopqrstuv));sid=a/(s(abcdefghijklmnopqrstuv))f", "https://example.com/p")
def test_so_it_is_of_addresses_that_are_written_to_confuse(rest: str, start: str) -> None:
    once = canonical_url(start + rest)
    assert canonical_url(once) == once
    assert not once.startswith("http") or once == (start + rest).strip() or once.isascii()


@given(
    st.dictionaries(st.sampled_from(["id", "p", "article_id", "story", "page", "q"]), st.text(min_size=1), min_size=1)
)
def test_parameters_that_name_the_article_survive(parameters: dict[str, str]) -> None:
    url = canonical_url(f"https://example.com/read?utm_source=x&{urlencode(parameters)}")
    assert dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) == parameters


@pytest.mark.parametrize(
    "url", ["https://example.com", "http://127.0.0.1:8080/a", "http://[::1]:80/", "http://localhost:9/x"]
)
def test_web_addresses_are_told(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    ["", "example.com/a", "ftp://example.com/a", "javascript:alert(1)", "https://", "https://intranet/a", "https://a..com/",
     "https://exa mple.com/", "https://example.com:99999/", "https://[1/", "https://example.com/a\x00b"],
)  # fmt: skip
def test_other_strings_are_no_web_addresses(url: str) -> None:
    assert not is_web_address(url)


@pytest.mark.parametrize(
    "url", ["http://☃[::1]/x", "http://a[::1]/", "http://[::1]x/", "http://[v1.x]/", "http://[x]/"]
)
def test_brackets_hold_a_whole_host_or_it_is_no_address(url: str) -> None:
    assert not is_web_address(url)
    assert canonical_url(url) == url


@pytest.mark.parametrize("url", ["http://[::1]/x", "http://[::1]:8080/x", "http://me@[2606:4700::1]/"])
def test_an_ipv6_host_is_an_address(url: str) -> None:
    assert is_web_address(url)


def published() -> Iterator[tuple[str, str]]:
    """(address, headline) of the real articles that the data beside the project names."""
    lists = [*DATA.glob("extraction/dev/*/truth.jsonl"), *DATA.glob("ice_pages/dev/truth.jsonl")]
    for path in [*lists, *DATA.glob("dedup/dev/*.jsonl"), *DATA.glob("relevance/dev.jsonl")]:
        for item in map(json.loads, path.read_text("utf-8").splitlines()):
            yield item.get("url") or "", item.get("title") or ""
    with (DATA / "sources" / "sources.csv").open(encoding="utf-8", newline="") as file:
        yield from ((row["homepage"], row["name"]) for row in csv.DictReader(file))
    with tarfile.open(DATA / "feeds" / "dev" / "real_feeds.tar.gz") as archive:
        for member in archive:
            file_ = archive.extractfile(member) if member.name.endswith(".feed.gz") else None
            if file_:
                reading = read_feed(gzip.decompress(file_.read()), "https://example.com/feed")
                yield from ((item.url, item.title) for item in reading.items)


def alike(a: str, b: str) -> bool:
    """Whether two headlines may be of one article: one is not given, or most of its words are the other's."""
    one, other = set(words(a)), set(words(b))
    return 2 * len(one & other) >= min(len(one), len(other))


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the data for measuring is not beside the project")
def test_no_two_articles_of_the_data_get_one_address() -> None:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for address, headline in published():
        once = canonical_url(address)
        assert canonical_url(once) == once
        if is_web_address(address):
            found[once][urldefrag(address).url] = headline
    assert len(found) > 3000
    joined = [
        (one, other)
        for spellings in found.values()
        for one, other in combinations(spellings, 2)
        if not alike(spellings[one], spellings[other])
    ]
    assert joined == []
