"""A reader with a channel, and what tests do with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.channels.postings import Poster, Postings, queue_postings
from alerts.channels.webhook import new_secret
from alerts.digest.compose import Digest, SourcesRead
from alerts.digest.gather import Wanted
from alerts.digest.post import Post
from alerts.digest.queue import preview
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.people.channels import Channels
from alerts.people.subscriber import Channel, Subscription
from crawler.settings import CrawlSettings
from tests.makers.mailing import READER
from tests.makers.searching import NoPlaces

HERE = CrawlSettings(allow_private_addresses=True)


@dataclass
class Chan:
    """A reader's channel, with a clock that a test moves."""

    post: Post
    channels: Channels
    channel_id: int
    now: datetime

    @property
    def poster(self) -> Poster:
        return Poster(self.channels, self.post.deliveries, HERE, lambda: self.now)

    @property
    def channel(self) -> Channel:
        channel = self.channels.channel(self.channel_id)
        assert channel is not None
        return channel

    def searches(self) -> list[Subscription]:
        known = self.post.members.subscriber(READER)
        assert known is not None
        return known[1]

    def search(self, query: str) -> int:
        """One more search, by mail."""
        _, added = self.post.members.subscribe(READER, query, self.now, "UTC", "07:00", active=True)
        return added.id or 0

    def route(self, query: str = "waltham", channel_id: int | None = -1) -> None:
        """Let a search go through the channel; None = by mail."""
        [one] = [search for search in self.searches() if search.query == query]
        self.channels.route(one.id or 0, self.channel_id if channel_id == -1 else channel_id)

    def match(self) -> None:
        searches = LiveSearches(self.post.matches.engine, NoPlaces())
        match_unmatched(self.post.store, searches, self.post.matches, self.now)

    def queue(self) -> int:
        """Match and queue what is to be posted."""
        self.match()
        return queue_postings(Postings(self.post.matches.engine), self.post.store, self.post.links, self.now)

    def run(self, minutes: float = 0) -> tuple[int, int]:
        """The tick, so many minutes later."""
        self.now += timedelta(minutes=minutes)
        self.queue()
        return self.poster.deliver()

    def mail(self) -> Digest:
        """What the next digest would say."""
        subscriber, searches = self.post.members.subscriber(READER) or (None, [])
        assert subscriber is not None
        mailed = [search for search in searches if search.channel_id is None]
        wanted = Wanted(subscriber, mailed, self.now.date())
        return preview(self.post, wanted, SourcesRead(1), self.now + timedelta(days=1))


def chan_of(post: Post, url: str, now: datetime) -> Chan:
    """A reader who looks for Waltham, and has a webhook that no search uses yet."""
    channels = Channels(post.matches.engine)
    subscriber, _ = post.members.subscribe(READER, "waltham", now, "UTC", "07:00", active=True)
    channel = channels.add(subscriber.id or 0, "webhook", url, new_secret(), now)
    return Chan(post, channels, channel.id or 0, now)
