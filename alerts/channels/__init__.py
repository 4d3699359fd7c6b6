"""Other ways out of the same matcher: feeds of any query."""

from alerts.channels.atom import atom_feed
from alerts.channels.feed import FEED_PATHS, StoryFeed, feed_address, open_query, story_feed
from alerts.channels.jsonfeed import json_feed

__all__ = ["FEED_PATHS", "StoryFeed", "atom_feed", "feed_address", "json_feed", "open_query", "story_feed"]
