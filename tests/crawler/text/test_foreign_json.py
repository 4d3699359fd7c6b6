import math

from crawler.feeds.feed import read_feed
from crawler.text import JSON_DECODER

HUGE = "9" * 5000


def test_one_number_beyond_all_measure_loses_only_itself() -> None:
    assert JSON_DECODER.raw_decode(f'{{"n": {HUGE}, "m": 12}}')[0] == {"n": math.inf, "m": 12}


def test_a_feed_is_read_in_spite_of_it() -> None:
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": {HUGE}, "url": "/a", "title": "A"}}]}}'
    assert [item.title for item in read_feed(body.encode(), "http://a.example/", "", "json").items] == ["A"]
