"""Somebody joins: one more search of an address, whoever asks for it: the command line, the demo, a page.

A layer of its own, as it needs the stories of the last day and the mail that asks for a yes, which stand side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.digest import Post
from alerts.locale import known_language, saying, translations
from alerts.mail import queue_confirmation
from alerts.matching import match_new_search
from alerts.people import Cadence, Channels, StoryChoices, Subscriber, Subscription
from alerts.query import PlaceLookup, Query, QueryError, SearchIndex, parse, read_back
from crawler.store import StoryView


def read_search(text: str, places: PlaceLookup, sources: Mapping[str, str] | None = None) -> Query:
    """A query that may be saved: it can be read, and the index by which stories find their searches can run it.

    Raises QueryError and nothing else: a search that is kept and that no story ever finds is a promise broken.
    """
    asked = parse(text, places, sources)
    try:
        SearchIndex().put(0, asked)
    except Exception as error:
        why = str(error) or type(error).__name__
        raise QueryError(saying("This search cannot be kept as an alert: %(why)s", why=why), text, 1) from error
    return asked


@dataclass(frozen=True, slots=True)
class Joined:
    """A search that was added, whose it is, and how many stories of the last day it met."""

    subscriber: Subscriber
    subscription: Subscription
    met: int


def add_search(
    post: Post,
    places: PlaceLookup,
    email: str,
    query: str,
    at: str,
    timezone: str,
    active: bool,
    now: datetime,
    name: str = "",
    channel_id: int | None = None,
    most: int | None = None,
    cadence: Cadence = "daily",
    language: str = "",
) -> Joined:
    """Add a search, let it meet the stories of the last day, and ask its owner by mail unless it is `active`.

    With a channel of theirs its stories go there, none by mail; a mail shows `most` of those that do come by it. Raises
    QueryError when the query cannot be read or not be kept, IcewireError when the address has it already.
    """
    asked = read_search(query, places, post.store.outlets() or None)
    terms = (name, most, cadence, language)
    subscriber, subscription = post.members.subscribe(email, query, now, timezone, at, active, *terms)
    if subscription.asked_at:
        said = read_back(asked, known_language(subscriber.language))
        queue_confirmation(post.deliveries, post.links, post.mail, subscriber, subscription, said, now)
    if channel_id is not None:
        Channels(post.members.engine).route(subscription.id or 0, channel_id)  # before it has met anything
    met = match_new_search(post.store, post.matches, subscription, places, now)
    return Joined(subscriber, subscription, met)


def follow_story(
    post: Post, view: StoryView, email: str, at: str, timezone: str, active: bool, now: datetime, language: str = ""
) -> None:
    """Have an address told what develops in a story, and the story itself; ask its owner by mail unless it is `active`.

    Raises IcewireError when the address follows it already, or is not to be asked so soon.
    """
    story_id, lead = view.story.id or 0, view.lead.article
    subscriber, subscription = post.members.subscribe(
        email, f"story:{story_id}", now, timezone, at, active, lead.title, language=language, story_id=story_id
    )
    StoryChoices(post.members.engine).meet(subscription, lead.id or 0, now)
    if subscription.asked_at:
        said = said_follow(lead.title, known_language(subscriber.language))
        queue_confirmation(post.deliveries, post.links, post.mail, subscriber, subscription, said, now)


def said_follow(title: str, language: str) -> str:
    """What somebody gets who follows a story, as they are asked whether they want it."""
    return translations(language).gettext("what is new in the story “%(title)s”") % {"title": title}
