"""A small outlet's site for the tests of commands: its feeds and its front page."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.makers.making import NOON
from tests.makers.serving import Reply, Site, served


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def rss(site: Site, *hours: float, path: str = "/2026/03/raid-{}") -> Reply:
    """A feed whose items are so many hours old."""
    items = "".join(
        f"<item><title>Headline number {hour:g} of the day</title><link>{site.url(path.format(f'{hour:g}'))}</link>"
        f"<pubDate>{format_datetime(NOON - timedelta(hours=hour))}</pubDate></item>"
        for hour in hours
    )
    return Reply(f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>", kind="application/rss+xml")


def page(site: Site, head: str = "", articles: int = 0) -> Reply:
    """A front page with links to so many articles."""
    links = "".join(
        f"<article><h2><a href='/2026/03/0{n % 9 + 1}/council-hears-neighbors-on-street-{n}'>"
        f"Council hears neighbors on the plan for street {n}</a></h2></article>"
        for n in range(articles)
    )
    return Reply(
        f"<!doctype html><html lang='en'><head><meta property='og:site_name' content='The Waltham Ledger'>{head}"
        f"</head><body><p>Welcome</p>{links}</body></html>"
    )
