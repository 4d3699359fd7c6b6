"""Other ways out of the same matcher: feeds of any query, and postings through the queue of mails."""

from alerts.channels.atom import atom_feed
from alerts.channels.chat import chat_address
from alerts.channels.event import Event, SearchMet, StoryMatched, StoryTold
from alerts.channels.feed import FEED_PATHS, StoryFeed, feed_address, open_query, story_feed
from alerts.channels.jsonfeed import json_feed
from alerts.channels.postings import POSTED, Poster, Postings, queue_postings
from alerts.channels.webhook import new_secret, webhook_address

__all__ = [
    "FEED_PATHS",
    "POSTED",
    "Event",
    "Poster",
    "Postings",
    "SearchMet",
    "StoryFeed",
    "StoryMatched",
    "StoryTold",
    "atom_feed",
    "chat_address",
    "feed_address",
    "json_feed",
    "new_secret",
    "open_query",
    "queue_postings",
    "story_feed",
    "webhook_address",
]
