"""What the searches of a digest are called, and which of them can be read no more."""

from collections.abc import Mapping, Sequence

from alerts.digest.compose import Heading
from alerts.people import Subscription
from alerts.query import NamedPlaces, QueryError, parse, read_back

LONGEST_HEADING = 300  # characters; of a longer search the text itself says more


def headings(subscriptions: Sequence[Subscription], language: str) -> Mapping[str, Heading]:
    """By query: the subscriber's own name of it, or what it asks for in words."""
    return {one.query: _heading(one, language) for one in subscriptions if one.query or one.name}


def _heading(subscription: Subscription, language: str) -> Heading:
    if subscription.story_id is not None:
        return Heading(f"A story that you follow: {subscription.name}")
    try:
        said = read_back(parse(subscription.query, NamedPlaces()), language)
    except QueryError as error:  # written for an older icewire
        return Heading(subscription.name, f"This search can be read no more, so it finds nothing: {error.message}.")
    said = said[:1].upper() + said[1:] if len(said) <= LONGEST_HEADING else ""
    return Heading(subscription.name or said)
