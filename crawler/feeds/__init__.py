"""A feed's bytes become a Reading, whatever they are."""

from crawler.feeds.body import body_text
from crawler.feeds.feed import FeedItem, Reading, UnreadableFeed, read_feed

__all__ = ["FeedItem", "Reading", "UnreadableFeed", "body_text", "read_feed"]
