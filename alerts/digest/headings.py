"""What the searches of a digest are called, and which of them can be read no more."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from alerts.digest.compose import Heading
from alerts.digest.limits import MOST_OF_A_SECTION
from alerts.locale import translations
from alerts.people import Subscription
from alerts.query import NamedPlaces, QueryError, parse, read_back

LONGEST_HEADING = 110  # characters, about two lines on a telephone


def headings(subscriptions: Sequence[Subscription], language: str) -> Mapping[str, Heading]:
    """By query: the subscriber's own name of it, or what it asks for in words, never the query as it is written."""
    return {one.query: _heading(one, language) for one in subscriptions}


@lru_cache(maxsize=4096)  # many readers look for the same
def heading_of(text: str, language: str = "en") -> str:
    """What a search is called that has no name of its own; raises QueryError."""
    said = read_back(parse(text, NamedPlaces()), language, with_forms=False)
    return shortened(said[:1].upper() + said[1:])


def shortened(said: str, most: int = LONGEST_HEADING) -> str:
    """A text that is not longer than this, cut between words, if it can be behind a comma."""
    if len(said) <= most:
        return said
    cut = said[: most - 1].rpartition(" ")[0] or said[: most - 1]
    part = cut.rpartition(", ")[0]
    return f"{part if len(part) > most // 2 else cut.rstrip(',;(“')} …"


def _heading(subscription: Subscription, language: str) -> Heading:
    most = subscription.most or MOST_OF_A_SECTION
    if subscription.story_id is not None:
        said = translations(language).gettext("A story that you follow: %(title)s") % {"title": subscription.name}
        return Heading(said, most=most)
    try:
        said = heading_of(subscription.query, language)
        return Heading(shortened(subscription.name) or said, most=most)
    except QueryError as error:
        t = translations(language)
        problem = t.gettext("This search can be read no more, so it finds nothing: %(why)s. It is: %(search)s")
        said = problem % {"why": error.said(language), "search": subscription.query}
        return Heading(subscription.name or t.gettext("A search that cannot be read"), said, most)
