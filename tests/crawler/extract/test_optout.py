import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.optout import opt_out


def page(head: str, body: str = "<p>Agents came at six.</p>") -> bytes:
    return f"<!doctype html><html><head><title>Raid</title>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("head", "asked"),
    [
        ('<meta name="robots" content="noindex">', "noindex"),
        ("<META CONTENT='NOINDEX, NOFOLLOW' NAME='Robots' />", "noindex"),
        ("<meta name=robots content=none>", "noindex"),
        ('<meta name="icewire" content="noindex">', "noindex"),
        ('<meta name="robots" content="index, follow, noai, noimageai">', "noai"),
        ('<meta name="robots" content="nosnippet">', "nosnippet"),
        ('<meta name="robots" content="max-snippet: 0, max-image-preview:large">', "nosnippet"),
        ('<meta name="tdm-reservation" content="1">', "tdm-reservation"),
        ('<meta name="tdm-reservation" content="1"><meta name="robots" content="noai">', "noai"),
        ('<meta name="robots" content="index, follow, max-snippet:-1, max-image-preview:large">', ""),
        ('<meta name="robots" content="noarchive">', ""),
        ('<meta name="tdm-reservation" content="0">', ""),
        ('<meta name="googlebot" content="noindex">', ""),
        ('<meta name="description" content="noindex">', ""),
        ('<!-- <meta name="robots" content="noindex"> -->', ""),
        ('<script>var s = \'<meta name="robots" content="noindex"></head>\';</script>', ""),
        ('<script>"</head>"</script><meta name="robots" content="noindex">', "noindex"),
        ("", ""),
    ],
)
def test_the_head_says_what_machines_may_not(head: str, asked: str) -> None:
    assert opt_out(page(head), {}) == asked


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({"X-Robots-Tag": "noindex"}, "noindex"),
        ({"x-robots-tag": "unavailable_after: 25 Jun 2030 15:00:00 PST, NoIndex"}, "noindex"),
        ({"X-Robots-Tag": "googlebot: noindex, nofollow"}, ""),
        ({"X-Robots-Tag": "googlebot: nofollow, icewire: noindex"}, "noindex"),
        ({"X-Robots-Tag": "max-snippet:0"}, "nosnippet"),
        ({"X-Robots-Tag": "noai, noimageai"}, "noai"),
        ({"TDM-Reservation": "1"}, "tdm-reservation"),
        ({"TDM-Reservation": "0"}, ""),
        ({"Content-Type": "text/html"}, ""),
    ],
)
def test_the_header_says_it_too(headers: dict[str, str], asked: str) -> None:
    assert opt_out(page(""), headers) == asked


def test_what_stands_in_the_body_is_not_asked_by_the_page() -> None:
    assert opt_out(page("", '<meta name="robots" content="noindex">'), {}) == ""


def test_an_endless_head_is_read_in_a_moment() -> None:
    assert opt_out(b"<head>" + b"<!-- <script <meta " * 200_000, {}) == ""


@given(st.binary(), st.dictionaries(st.text(), st.text()))
def test_any_answer_can_be_asked(body: bytes, headers: dict[str, str]) -> None:
    assert opt_out(b"<meta name='robots' " + body, headers | {"X-Robots-Tag": "noindex"}) == "noindex"
