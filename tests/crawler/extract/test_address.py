import pytest
from lxml.html import document_fromstring

from crawler.extract.address import address
from crawler.extract.markup import read_markup

SITE = "https://www.millriverherald.com"
ASKED = f"{SITE}/news/2026/03/laundry-raid-in-mill-river/?utm_source=rss"
OURS = "https://millriverherald.com/news/2026/03/laundry-raid-in-mill-river"


def stated(rel: str = "", og: str = "", asked: str = ASKED, headline: str = "Laundry raid in Mill River") -> str:
    head = f"<title>{headline} | Mill River Herald</title>"
    head += f'<link rel="canonical" href="{rel}">' if rel else ""
    head += f'<meta property="og:url" content="{og}">' if og else ""
    return address(read_markup(document_fromstring(f"<html><head>{head}</head><body></body></html>"), asked))[0]


def test_without_a_statement_the_address_asked_for_is_the_articles() -> None:
    assert stated() == OURS


@pytest.mark.parametrize(
    ("asked", "rel"),
    [
        (f"{SITE}/amp/88123", f"{SITE}/news/laundry-raid/88123/"),
        (f"{SITE}/?p=88123", f"{SITE}/news/2026/03/laundry-raid-in-mill-river/"),
        (f"{SITE}/s/x1", "/news/2026/03/laundry-raid-in-mill-river/"),
        (f"{SITE}/sport/laundry-raid-mill-river", f"{SITE}/news/laundry-raid-in-mill-river"),
        ("https://eu.millriverherald.com/news/laundry-raid-mill-river", f"{SITE}/news/laundry-raid-mill-river"),
        (f"{SITE}/news/laundry-raid-in-mill-river/page/2", f"{SITE}/news/laundry-raid-in-mill-river"),
        (f"{SITE}/news/laundry-raid-in-mill-river?gallery=3", f"{SITE}/news/laundry-raid-in-mill-river"),
    ],
)
def test_a_plausible_canonical_address_is_taken(asked: str, rel: str) -> None:
    assert stated(rel, asked=asked) == (OURS if "2026" in rel else rel.rstrip("/").replace("www.", ""))


@pytest.mark.parametrize(
    "rel",
    [
        SITE,
        f"{SITE}/",
        f"{SITE}/news/2026/03/",
        f"{SITE}/news/local-news/",
        f"{SITE}/news/2026/03/council-adopts-budget-after-debate/",
        "https://www.apwire.org/article/laundry-raid-in-mill-river",
        "https://news.millriverherald.org/laundry-raid-in-mill-river",
        "https://[broken",
        "javascript:void(0)",
    ],
)
def test_a_front_page_a_section_another_article_or_another_outlet_is_not_it(rel: str) -> None:
    assert stated(rel) == OURS
    assert stated(rel, og=ASKED) == OURS


def test_two_names_of_one_company_stay_two_outlets() -> None:
    asked = "https://upton.herald.com/news/laundry-raid-in-mill-river"
    assert stated("https://milford.herald.com/news/laundry-raid-in-mill-river", asked=asked) == asked


def test_og_url_stands_in_for_a_canonical_address() -> None:
    asked = f"{SITE}/?p=88123"
    assert stated(og=ASKED, asked=asked) == OURS
    assert stated(SITE, og=ASKED, asked=asked) == OURS


def test_og_url_disputes_what_nothing_else_speaks_for() -> None:
    other = f"{SITE}/articles/900456"
    assert stated(other, og=ASKED) == OURS
    assert stated(other) == OURS
    assert stated(other, og=other) == "https://millriverherald.com/articles/900456"


def test_a_page_that_wears_another_articles_addresses_keeps_its_own() -> None:
    other = f"{SITE}/news/2026/03/council-adopts-budget-after-debate/"
    assert stated(other, og=other) == OURS


def test_contradicting_canonical_links_say_nothing() -> None:
    html = f'<head><link rel=canonical href="{SITE}/a-b-c-d"><LINK REL="Canonical" HREF="{SITE}/a-b-c-e"></head><p>x'
    assert address(read_markup(document_fromstring(html), ASKED)) == (OURS, "request")


def test_a_relative_canonical_link_starts_from_the_base_element() -> None:
    html = (
        f'<head><base href="{SITE}/news/2026/03/"><link rel="canonical" href="laundry-raid-in-mill-river"></head><p>x'
    )
    assert address(read_markup(document_fromstring(html), f"{SITE}/x/laundry-raid-in-mill-river")) == (
        OURS,
        "rel=canonical",
    )
