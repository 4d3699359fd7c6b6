"""Somebody joins: one more search of an address, whoever asks for it: the command line, the demo, a page.

A layer of its own, as it needs the stories of the last day and the mail that asks for a yes, which stand side by side.
"""

from collections.abc import Mapping
from datetime import datetime

from alerts.digest import Post
from alerts.locale import saying
from alerts.mail import queue_confirmation
from alerts.matching import match_new_search
from alerts.people import Cadence, Channels, Subscriber
from alerts.query import PlaceLookup, Query, QueryError, SearchIndex, parse, read_back


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
) -> tuple[Subscriber, int]:
    """Add a search, let it meet the stories of the last day (how many it met is returned), ask when it must be asked.

    With a channel of theirs its stories go there, none by mail; a mail shows `most` of those that do come by it. Raises
    QueryError when the query cannot be read or not be kept, IcewireError when the address has it already.
    """
    asked = read_search(query, places, post.store.outlets() or None)
    terms = (name, most, cadence, language)
    subscriber, subscription = post.members.subscribe(email, query, now, timezone, at, active, *terms)
    if subscriber.state == "pending":
        said = read_back(asked, subscriber.language)
        queue_confirmation(post.deliveries, post.links, post.mail, subscriber, subscription.query, said, now)
    if channel_id is not None:
        Channels(post.members.engine).route(subscription.id or 0, channel_id)  # before it has met anything
    return subscriber, match_new_search(post.store, post.matches, subscription, places, now)
