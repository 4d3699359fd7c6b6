"""The next page of a story is found by its address, and another story never taken for it."""

import pytest

from crawler.glance.story_pages import next_page, whole_story

HERE = "https://www.ledger.example/news/raid-at-mill/"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/news/raid-at-mill/2/", "/news/raid-at-mill/2/"),
        ("https://www.ledger.example/news/raid-at-mill/?page=2", "/news/raid-at-mill/?page=2"),
        ("/news/raid-at-mill?pg=2#top", "/news/raid-at-mill?pg=2"),
        ("?page=2", "/news/raid-at-mill/?page=2"),
        ("page/2/", "/news/raid-at-mill/page/2/"),
    ],
)
@pytest.mark.parametrize(
    "tag", ['<a href="{}">2</a>', "<link rel=next href={}>", "<A class='next' HREF='{}'>Next page</A>"]
)
def test_a_link_to_the_same_address_with_the_next_number_is_the_next_page(link: str, target: str, tag: str) -> None:
    body = f"<a href='/news/fair/2/'>x</a>{tag.format(link)}"
    assert next_page(body.encode(), HERE) == f"https://www.ledger.example{target}"


@pytest.mark.parametrize(
    ("here", "link", "target"),
    [
        ("/news/raid.html", "/news/raid_2.html", "/news/raid_2.html"),
        ("/news/raid_2.html", "raid_3.html", "/news/raid_3.html"),
        ("/news/raid/2/", "/news/raid/3/", "/news/raid/3/"),
        ("/s.php?id=7", "/s.php?id=7&amp;page=2", "/s.php?id=7&page=2"),
        ("/s.php?id=7&page=2", "/s.php?id=7&page=3", "/s.php?id=7&page=3"),
    ],
)
def test_pages_are_counted_on(here: str, link: str, target: str) -> None:
    at = "https://ledger.example"
    assert next_page(f'<a href="{link}">'.encode(), at + here) == at + target


@pytest.mark.parametrize(
    "link",
    ["/news/fair/", "/news/fair/2/", "https://other.example/news/raid-at-mill/2/", "/news/raid-at-mill/20/", "?page=3",
     "/news/raid-at-mill/#page=2", "/news/raid-at-mill/comment-page-2/", "http://[1/", "/news/raid-at-mill-fund/2/"],
)  # fmt: skip
def test_other_links_are_not(link: str) -> None:
    assert next_page(f'<a rel="next" href="{link}">Next</a>'.encode(), HERE) == ""


def test_all_pages_on_one() -> None:
    assert whole_story(b'<a href="/news/raid-at-mill?page=all">', HERE) == f"{HERE[:-1]}?page=all"
    assert whole_story(b'<a href="/news/?page=all">', HERE) == ""


@pytest.mark.parametrize("here", ["https://ledger.example/", "https://ledger.example"])
def test_a_front_page_goes_on_too(here: str) -> None:
    assert next_page(b'<a href="/fair">x</a><a href="/?page=2">2</a>', here) == "https://ledger.example/?page=2"


def test_the_address_may_stand_anywhere_else_before_the_link() -> None:
    body = b"<p>raid-at-mill</p><a href='/x'>raid-at-mill</a><b id=raid-at-mill><a href='/news/raid-at-mill/2/'>2</a>"
    assert next_page(body, HERE) == f"{HERE}2/"


def test_an_address_within_an_address_is_no_link() -> None:
    assert next_page(b'<a href="https://share.example/?href=/news/raid-at-mill/2/">share</a>', HERE) == ""


def test_a_link_beyond_those_that_are_looked_at_is_none() -> None:
    body = 100_000 * b"a " + 50_000 * b"<a href=a " + b'<a href="/a/2">'
    assert next_page(body, "https://ledger.example/a") == ""
