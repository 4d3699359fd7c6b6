"""Pages that send on who reads them."""

import pytest

from crawler.glance.redirect import redirect_in

URL = "https://lantern.example/go/12"
STORY = "https://lantern.example/news/roofers"


@pytest.mark.parametrize(
    "page",
    [
        b'<meta http-equiv="refresh" content="0; url=/news/roofers">',
        b"<META HTTP-EQUIV=Refresh CONTENT='0;URL=/news/roofers'>",
        b'<meta content="1;url=https://lantern.example/news/roofers" http-equiv="refresh"><body>Wait</body>',
        b"""<meta http-equiv="refresh" content="0; url='/news/roofers'">""",
        b'<script>window.location.replace("/news/roofers")</script>',
        b"<script>location.href = '/news/roofers';</script><noscript>Go on</noscript>",
        b'<script>location.replace("https:\\/\\/lantern.example\\/news\\/roofers");</script>',
        b'<script>top.location = "https://lantern.example/news/roofers"</script>',
        b'<noscript><meta http-equiv="refresh" content="0;url=/news/roofers"></noscript>',
        b'<body><a href="/news/roofers">Continue</a><script>location.assign("/news/roofers")</script></body>',
    ],
)
def test_a_page_that_only_sends_on_says_where(page: bytes) -> None:
    assert redirect_in(page, URL) == STORY


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b'<meta http-equiv="refresh" content="300"><p>A page that reloads itself</p>',
        b'<meta http-equiv="refresh" content="0; url=/go/12">',
        b'<meta http-equiv="refresh" content="600; url=/news/roofers">',
        b'<meta http-equiv="refresh" content="0; url=javascript:alert(1)">',
        b'<meta http-equiv="refresh" content="0; url=http://[::1">',
        b"<script>if (location.href == home) go()</script>",
        b'<meta http-equiv="refresh" content="0; url=/news/roofers"><p>' + b"A story that is there to be read. " * 30,
    ],
)
def test_a_page_that_is_there_to_be_read_sends_nobody_on(page: bytes) -> None:
    assert redirect_in(page, URL) == ""
