"""Which of a site's feeds are taken."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.locale import in_words
from crawler.discovery.choosing import MOST_TAKEN, FoundFeed, choose_feeds, weigh_feed
from crawler.discovery.ways_in import WayIn
from crawler.feeds.items import FeedItem, Reading
from crawler.model.story import FeedKind
from crawler.text.moments import Moment

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOME = "https://ledger.example/"


def item(path: str, hours: float | None) -> FeedItem:
    published = None if hours is None else Moment(NOW - timedelta(hours=hours))
    return FeedItem(f"{HOME}{path}", f"Headline {path}", published)


def judged(url: str, *items: FeedItem, kind: FeedKind = "rss", title: str = "") -> FoundFeed:
    return weigh_feed(WayIn(url, "page", kind, title), Reading(kind, items), HOME, NOW)


def stories(prefix: str, *hours: float) -> tuple[FeedItem, ...]:
    return tuple(item(f"{prefix}/{hour:g}", hour) for hour in hours)


def states(found: Sequence[FoundFeed]) -> dict[str, str]:
    return {f.url.removeprefix(HOME): f.state for f in found}


def test_a_stale_feed_is_left_for_a_live_one() -> None:
    found = [judged(f"{HOME}old", *stories("a", 9000, 9001)), judged(f"{HOME}feed", *stories("b", 1, 30))]
    assert states(choose_feeds(found, NOW)) == {"feed": "taken", "old": "stale"}


def test_a_feed_that_is_always_slow_is_not_stale_at_once() -> None:
    slow = judged(f"{HOME}feed", *stories("a", 24 * 20, 24 * 30, 24 * 40))
    assert choose_feeds([slow], NOW)[0].state == "taken"
    assert judged(f"{HOME}feed", *stories("a", 24 * 20, 24 * 21, 24 * 22)).state == "stale"


def test_of_two_feeds_with_the_same_items_one_is_taken() -> None:
    same = [FeedItem(i.url.replace("https://", "http://www."), i.title, i.published) for i in stories("a", 1, 30)]
    found = choose_feeds([judged(f"{HOME}atom", *same, kind="atom"), judged(f"{HOME}rss", *stories("a", 1, 30))], NOW)
    assert states(found) == {"rss": "taken", "atom": "same"}
    assert in_words(found[1].why) == f"{HOME}rss"


def test_two_feeds_that_each_bring_their_own_are_both_taken() -> None:
    found = choose_feeds([judged(f"{HOME}rss", *stories("a", 1)), judged(f"{HOME}local.rss", *stories("b", 1))], NOW)
    assert set(states(found).values()) == {"taken"}


def test_a_section_is_taken_only_where_nothing_whole_lives() -> None:
    section = judged(f"{HOME}category/news/feed/", *stories("a", 1, 2))
    assert states(choose_feeds([section, judged(f"{HOME}feed/", *stories("b", 50))], NOW)) == {
        "feed/": "taken",
        "category/news/feed/": "part",
    }
    assert choose_feeds([section], NOW)[0].state == "taken"


def test_comments_and_empty_feeds_are_never_taken() -> None:
    told = FeedItem(f"{HOME}a#comment-7", "Comment on A by a reader", Moment(NOW))
    found = choose_feeds([judged(f"{HOME}x", told), judged(f"{HOME}feed")], NOW)
    assert states(found) == {"x": "comments", "feed": "empty"}


def test_a_news_sitemap_is_taken_when_it_brings_much_more() -> None:
    news = stories("a", *range(40))
    sitemap = judged(f"{HOME}news.xml", *news, kind="news_sitemap")
    assert states(choose_feeds([judged(f"{HOME}feed", *news[:10]), sitemap], NOW)) == {
        "news.xml": "taken",
        "feed": "same",
    }
    assert states(choose_feeds([judged(f"{HOME}feed", *news[:35]), sitemap], NOW)) == {
        "feed": "taken",
        "news.xml": "same",
    }


def test_a_sitemap_without_dates_is_never_taken_and_one_of_changes_last() -> None:
    pages = [item("a", None), item("b", None)]
    assert judged(f"{HOME}sitemap.xml", *pages, kind="news_sitemap").state == "unreadable"
    changed = FeedItem(f"{HOME}a", "", None, Moment(NOW))
    plain = judged(f"{HOME}sitemap.xml", changed, kind="news_sitemap")
    assert choose_feeds([plain], NOW)[0].state == "taken"
    assert states(choose_feeds([plain, judged(f"{HOME}feed", *stories("b", 100))], NOW))["sitemap.xml"] == "same"


@pytest.mark.parametrize(
    ("hours", "weekly"),
    [((0, 24, 48, 72, 96, 120, 144, 168), 8), ((1, 2, 3), 21), ((24, 24 * 100), 0.25), ((24 * 100,), 0), ((), None)],
)
def test_items_a_week_are_counted_over_four_weeks(hours: tuple[float, ...], weekly: float | None) -> None:
    assert judged(f"{HOME}feed", *stories("a", *hours)).weekly == weekly


FOUND = st.builds(
    lambda n, prefix, hours, kind: judged(f"{HOME}{n}", *stories(prefix, *hours), kind=kind),
    st.sampled_from(["feed/", "rss", "tag/a/feed/", "news.xml", "comments/feed/"]),
    st.sampled_from("ab"),
    st.lists(st.floats(0, 3000), max_size=4),
    st.sampled_from(["rss", "atom", "json", "news_sitemap"]),
)


@pytest.mark.slow
@given(st.lists(FOUND, max_size=6))
def test_every_choice_is_decided_and_loses_nothing(found: list[FoundFeed]) -> None:
    chosen = choose_feeds(found, NOW)
    assert sorted(f.url for f in chosen) == sorted(f.url for f in found)
    assert sum(f.state == "taken" for f in chosen) <= MOST_TAKEN
    assert all(f.state != "live" for f in chosen)
    assert any(f.state == "taken" for f in chosen) == any(f.state == "live" for f in found)
