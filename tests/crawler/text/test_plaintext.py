import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.plaintext import absolute, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("ICE &#8216;was here&#8217;", "ICE ‘was here’"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("T<b>w</b>o", "Two"),
        ("Fewer than 5 < 6 & more > 3", "Fewer than 5 < 6 & more > 3"),
        ("&amp;lt;em&amp;gt;Globe&amp;lt;/em&amp;gt;", "Globe"),
        ("<script>var a = 1</script>Vigil<!-- ad -->", "Vigil"),
    ],
)
def test_titles_become_plain_text(html: str, text: str) -> None:
    assert plain(html) == text


@given(st.text(max_size=60))
def test_an_address_is_absolute_or_empty(link: str) -> None:
    url = absolute(link, "https://quincybeacon.example/news/")
    assert url == "" or url.startswith(("http://", "https://"))
