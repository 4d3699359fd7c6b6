"""How long a crawl lasts."""

from datetime import timedelta

import pytest

from crawler.settings import CrawlSettings
from crawler.spiders.context import Stay
from crawler.spiders.crawl import longest_crawl


@pytest.mark.parametrize(("poll_minutes", "seconds"), [(30, 1800), (0.05, 60)])
def test_a_crawl_ends_before_the_next_one_is_due(poll_minutes: float, seconds: float) -> None:
    settings = CrawlSettings(poll_minutes=poll_minutes)
    stay = Stay(timedelta(seconds=15), lambda counts: None)
    assert longest_crawl(settings) == seconds
    assert longest_crawl(settings, stay) == seconds + 3600
    assert longest_crawl(settings, checks=True) == 0
