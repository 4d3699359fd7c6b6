"""An article whose address changes with its headline is known by its number; two articles never by one."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.page_ids import is_renamed, page_address
from crawler.text.urls import canonical_url, is_web_address
from tests.crawler.text.test_urls import DATA, alike, published

KEY = "7d3f32ba-b5d3-11e0-a1b2-001cc4c03286"
HEX = "3cc842471fb9df42315d658d88c8403a"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (f"/news/ice-at-mill/article_{KEY}.html", f"/news/local/three-held-at-mill/article_{KEY}.html"),
        (f"/news/article_{KEY}.html", f"/article_{KEY}.html?utm_source=rss"),
        ("/story/news/2026/03/09/ice-at-a-mill/87830855007/", "/story/news/local/2026/03/09/three-held/87830855007"),
        ("/news/local/article300123456.html", "/news/politics/article300123456.html"),
        ("/news/article/ice-at-mill-20123456.php", "/local/article/three-held-at-mill-20123456.php"),
        (f"/article/news/local/ice-at-a-mill/65-{KEY}", f"/article/news/crime/three-held-at-mill/65-{KEY}"),
        ("/news/local/ice-at-a-mill/3GQPYV3PINHNRG76BLTH6XNX4M/", "/news/three-held/3GQPYV3PINHNRG76BLTH6XNX4M"),
        (f"/article/ice-mill-{HEX}", f"/article/three-held-ice-mill-{HEX}"),
        ("/US/ice-agents-mill/story?id=127180596", "/Politics/three-held-mill/story?id=127180596&cid=rss"),
        ("/2026/03/09/nx-s1-5434279/ice-at-mill", "/2026/03/09/nx-s1-5434279/three-held-at-mill"),
        ("/2026/03/09/512345/ice-at-mill/", "/2026/03/09/512345/three-held-at-mill"),
        ("/news/12012345/ice-agents-at-mill", "/news/12012345/three-held-at-mill"),
        ("/stories/ice-at-the-mill,118234", "/stories/three-held,118234?"),
        ("/article/ice-agents-at-mill/65105689", "/article/three-held-at-mill/65105689"),
        ("/news/local/ice-agents-at-mill/4333143/", "/news/local/three-held-at-mill/4333143/"),
        ("/news/ice-at-mill/stories/202603090045", "/local/three-held/stories/202603090045"),
    ],
)  # fmt: skip
def test_another_headline_in_the_address_is_the_same_page(first: str, then: str) -> None:
    one, other = f"https://www.millriverherald.com{first}", f"https://millriverherald.com{then}"
    assert page_address(one) == page_address(other)
    assert is_renamed(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"/news/a-b-c/article_{KEY}.html", f"/news/a-b-c/collection_{KEY}.html"),
        (f"/news/local/collection_{KEY}.html", f"/sports/collection_{KEY}.html"),
        (f"/news/a-gallery/image_{KEY}.html", f"/news/b-gallery/image_{KEY}.html"),
        (f"/photos/one-two-three/{KEY}", f"/photos/four-five-six/{KEY}"),
        ("/news/calendar-of-events/20260309", "/news/list-of-meetings/20260309"),
        ("/news/ice-agents-at-mill", "/news/three-held-at-mill"),
        ("/news/story-123456", "/news/tale-123456"),
        ("/series/123456/first-of-the-parts", "/series/123456/second-of-the-parts"),
        ("/news/202603/ice-agents-at-mill", "/news/202603/three-held-at-mill"),
        ("/2026/03/09/ice-agents-at-mill", "/2026/03/09/three-held-at-mill"),
        ("/picture-gallery/news/2026/03/09/at-the-mill/87830855007", "/story/news/2026/03/09/at-mill/87830855007"),
        ("/news/local/ice-agents-at-mill/4333143", "/photos/ice-agents-at-mill/4333143"),
        ("/town-of-salem-zip/01970", "/town-of-lynn-zip/01970"),
        ("/news/ice-agents-at-mill/4333143?page=2", "/news/ice-agents-at-mill/4333143"),
    ],
)  # fmt: skip
def test_other_pages_keep_other_addresses(one: str, other: str) -> None:
    assert page_address(f"https://example.com{one}") != page_address(f"https://example.com{other}")


def test_one_number_at_two_sites_is_two_pages() -> None:
    path = f"/news/ice-at-mill/article_{KEY}.html"
    assert page_address(f"https://a.example{path}") != page_address(f"https://b.example{path}")


def test_an_address_without_a_known_number_is_the_canonical_one() -> None:
    url = "https://www.example.com/news/ice-agents-at-mill/?utm_source=rss"
    assert page_address(url) == canonical_url(url)
    assert page_address("mailto:desk@example.com") == "mailto:desk@example.com"


@given(
    st.from_regex(
        r"https://[a-z]{1,3}\.com(/(news|story|article|2026|03|a-b-c|\d{5,9}|[A-Z]{26}|article_"
        + KEY
        + r"\.html)){1,6}"
    )
)
def test_the_address_of_a_pages_address_is_itself(url: str) -> None:
    once = page_address(url)
    assert page_address(once) == once


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the data for measuring is not beside the project")
def test_no_two_articles_of_the_data_are_one_page() -> None:
    found: dict[str, dict[str, str]] = {}
    for address, headline in published():
        if is_web_address(address):
            once = page_address(address)
            assert page_address(once) == once
            found.setdefault(once, {})[canonical_url(address)] = headline
    assert [
        (one, other)
        for spellings in found.values()
        for one, other in combinations(spellings, 2)
        if not alike(spellings[one], spellings[other])
    ] == []
