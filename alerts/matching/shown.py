"""Which report of a story is shown to somebody: as a rule the story's first, or the one on the place asked for."""

from collections.abc import Iterable

from alerts.query import NamedPlaces, Query, QueryError, parse, place_fit
from crawler.model import Why
from crawler.store import Report, StoryView
from crawler.text import fold


def as_met(view: StoryView, met: Report, query: Query | None) -> StoryView:
    """The story as a search met it, led by the report that it met where the first one tells of another place.

    One text that goes to many towns, each with its own name in it, is one story; who asked for one of them reads
    the page of that town.
    """
    elsewhere = query is not None and bool(view.lead.places) and not place_fit(query, view.lead.places)
    return view.led_by(met) if elsewhere else view


def kept_search(text: str) -> Query | None:
    """A kept search as it is read; None when it is of an older icewire and can be read no more."""
    try:
        return parse(text, NamedPlaces())
    except QueryError:
        return None


def is_wished(terms: Iterable[Why], lead: Report) -> bool:
    """Whether a search met a story by the name of the outlet that is shown."""
    named = {fold(lead.source.id), fold(lead.source.name)}
    return any(term.code == "term_source" and term.args.get("value") in named for term in terms)
