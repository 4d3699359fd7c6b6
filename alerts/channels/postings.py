"""What is to be posted, each story once a channel, and handing it over."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, exists, func, update
from sqlmodel import Session, col, select

from alerts.channels.chat import post_chat
from alerts.channels.event import SearchMet, channel_test, outlet_held, story_matched
from alerts.channels.notice import notice_of, shown
from alerts.channels.webhook import Gone, post_webhook
from alerts.locale import in_words
from alerts.mail import Deliveries, DeliveryRefused, Letter, Links, delivery_of, hand_over
from alerts.matching import as_met, follow_stories, is_wished, kept_search
from alerts.people import WANTED, Channel, Channels, Delivery, DeliveryKind, Match, Muted, Subscriber, Subscription
from crawler.database import reading
from crawler.model import Article, Source, Why, because, inner
from crawler.settings import CrawlSettings
from crawler.store import Store, StoryView

log = logging.getLogger("icewire")

POSTED: tuple[DeliveryKind, ...] = ("webhook", "chat")
_AT_A_TIME = 100  # stories that are read together
_DAY = timedelta(days=1)
MOST_OF_AN_OUTLET = 10  # in a day, unless digest.most_of_an_outlet says another number


@dataclass(frozen=True, slots=True)
class Waiting:
    """A story that searches of one channel met and that was told neither there nor by mail."""

    channel: Channel
    story_id: int
    met: Sequence[tuple[Match, Subscription]]


class Postings:
    """Every query on what is to be posted; each method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def waiting(self) -> list[Waiting]:
        """What is to be posted, in the order in which it was found."""
        with Session(self._reading) as session:
            muted = (col(Muted.subscriber_id) == Subscriber.id, col(Muted.story_id) == Match.story_id)
            query = (
                select(Channel, Match, Subscription)
                .join(Subscription, col(Subscription.channel_id) == Channel.id)
                .join(Subscriber, col(Subscriber.id) == Subscription.subscriber_id)
                .join(Match, col(Match.subscription_id) == Subscription.id)
                .where(Subscriber.state == "active", WANTED, col(Channel.off_at).is_(None))
                .where(col(Match.digest_id).is_(None), col(Match.delivery_id).is_(None))
                .where(~exists().where(*muted))
                .order_by(col(Match.matched_at), col(Match.story_id), col(Subscription.id))
            )
            found: dict[tuple[int | None, int], list[tuple[Match, Subscription]]] = {}
            channels = {}
            for channel, match, subscription in session.exec(query):
                channels[channel.id] = channel
                found.setdefault((channel.id, match.story_id), []).append((match, subscription))
        return [Waiting(channels[of], story_id, met) for (of, story_id), met in found.items()]

    def record(self, waiting: Waiting, letter: Letter, now: datetime) -> bool:
        """Queue a posting and note that its matches are told, in one transaction; False when it is not to be queued.

        The channel had the story already, perhaps by another search or before it was merged with this one: then these
        matches are told as well. Or somebody told them meanwhile, or switched the channel off: then nothing is noted.
        """
        ids = [match.id for match, _ in waiting.met]
        channel, subscriber_id = waiting.channel, waiting.channel.subscriber_id
        with Session(self.engine) as session:
            still_on = select(Channel.id).where(Channel.id == channel.id, col(Channel.off_at).is_(None))
            if session.exec(still_on.with_for_update()).first() is None:
                return False
            told = _told(session, waiting, letter)
            if told is None:
                session.add(delivery := delivery_of(letter, subscriber_id, now, channel_id=channel.id))
                session.flush()
            untold = update(Match).where(col(Match.id).in_(ids))
            untold = untold.where(col(Match.digest_id).is_(None), col(Match.delivery_id).is_(None))
            carried = session.exec(untold.values(delivery_id=told or delivery.id)).rowcount
            if carried != len(ids):
                session.rollback()
                return False
            session.commit()
            return told is None

    def told_of(self, since: datetime) -> Counter[tuple[int | None, str]]:
        """How many stories of an outlet alone each channel was told since then, by channel and outlet."""
        alone = func.count(col(Article.source_id).distinct()) == 1
        query = (
            select(Delivery.channel_id, Match.story_id, func.min(col(Article.source_id)))
            .join(Match, col(Match.delivery_id) == Delivery.id)
            .join(Article, col(Article.story_id) == Match.story_id)
            .where(Delivery.queued_at > since, col(Delivery.channel_id).is_not(None))
            .group_by(col(Delivery.channel_id), col(Match.story_id))
            .having(alone)
        )
        with Session(self._reading) as session:
            return Counter((channel, source) for channel, _, source in session.exec(query))


def _told(session: Session, waiting: Waiting, letter: Letter) -> int | None:
    """The delivery that told this story to the channel."""
    same = session.exec(select(Delivery.id).where(Delivery.message_id == letter.message_id)).first()
    by_another = select(Delivery.id).join(Match, col(Match.delivery_id) == Delivery.id)
    by_another = by_another.where(Delivery.channel_id == waiting.channel.id, Match.story_id == waiting.story_id)
    return same or session.exec(by_another).first()


def queue_postings(
    postings: Postings, store: Store, links: Links, now: datetime, most_of_an_outlet: int = MOST_OF_AN_OUTLET
) -> int:
    """Queue what is to be posted; returns how many. A story that was merged meanwhile waits for its matches.

    Of an outlet alone a channel is told so many stories a day, then once that there are more.
    """
    follow_stories(postings.engine)
    queued = 0
    waiting = postings.waiting()
    told = postings.told_of(now - _DAY) if waiting else Counter()
    for start in range(0, len(waiting), _AT_A_TIME):
        some = waiting[start : start + _AT_A_TIME]
        views = {view.story.id: view.news for view in store.views(one.story_id for one in some)}
        for one in some:
            if view := views.get(one.story_id):
                letter, outlet = _letter(one, view, links, now), (one.channel.id, view.lead.source.id)
                if _counts(one, view) and told[outlet] >= most_of_an_outlet:
                    letter = _held(one.channel, view.lead.source, most_of_an_outlet, links, now)
                told[outlet] += _counts(one, view)
                queued += postings.record(one, letter, now)
    return queued


def _counts(waiting: Waiting, view: StoryView) -> bool:
    """Whether it is a story of one outlet alone, which no search asks for by its name."""
    alone = len({report.source.id for report in view.reports}) == 1
    return alone and not any(is_wished(_terms(match), view.lead) for match, _ in waiting.met)


def _held(channel: Channel, source: Source, posted: int, links: Links, now: datetime) -> Letter:
    event_id = links.event_id("held", channel.id, source.id, now.date())
    return Letter(channel.kind, channel.called, event_id, outlet_held(shown(source.name), posted, now))


def _letter(waiting: Waiting, view: StoryView, links: Links, now: datetime) -> Letter:
    first, search = waiting.met[0]
    matched = view.report(first.article_id)
    seen = as_met(view, matched, kept_search(search.query))
    searches = [
        SearchMet(query=subscription.query, name=subscription.name, because=[shown(in_words(w)) for w in _terms(match)])
        for match, subscription in waiting.met
    ]
    body = story_matched(notice_of(seen, matched, _terms(first), first.window), searches, now)
    event_id = links.event_id("posting", waiting.channel.id, waiting.story_id)
    return Letter(waiting.channel.kind, waiting.channel.called, event_id, body)


def _terms(match: Match) -> list[Why]:
    return [why for term in match.terms if (why := inner(term))]


@dataclass(frozen=True, slots=True)
class Poster:
    """Takes postings to their channels."""

    channels: Channels
    deliveries: Deliveries
    settings: CrawlSettings
    clock: Callable[[], datetime]

    def deliver(self) -> tuple[int, int]:
        """Post what is queued; returns (posted, not posted). A channel that took nothing for a day is switched off."""
        done = hand_over(self.deliveries, POSTED, self.carry, self.clock)
        for channel in self.channels.switch_off_dead(self.clock()):
            log.warning("channel %d (%s) does not answer and is switched off", channel.id, channel.called)
        return done

    def carry(self, delivery: Delivery) -> None:
        """Hand one over; raises DeliveryRefused or DeliveryDelayed. A channel that says it is gone is switched off."""
        channel = self.channels.channel(delivery.channel_id or 0)
        if channel is None or channel.off_at:  # since it was claimed; the mail has it now
            raise DeliveryRefused(because("channel_off"))
        try:
            self._post(channel, delivery.message_id, delivery.message)
        except Gone as error:
            log.warning("channel %d (%s) is gone and switched off: %s", channel.id, channel.called, error)
            self.channels.switch_off(channel.id or 0, error.why, self.clock())
            raise DeliveryRefused(error.why) from error

    def try_out(self, channel: Channel, event_id: str) -> None:
        """Post a test at once; raises IcewireError when it is not taken."""
        now = self.clock()
        self._post(channel, event_id, channel_test(now))

    def _post(self, channel: Channel, event_id: str, body: bytes) -> None:
        if channel.kind == "chat":
            post_chat(channel, body, self.settings)
        else:
            post_webhook(channel, event_id, body, self.settings, self.clock())
