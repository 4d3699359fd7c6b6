"""Which report of a story to show: one rule, in this place."""

from collections.abc import Iterable
from datetime import UTC, datetime

from crawler.judge import places_of
from crawler.story import Article, Source, Verdict

LeadRank = tuple[bool, bool, int, datetime, int]


def lead_rank(article: Article, source: Source, verdict: Verdict) -> LeadRank:
    """How far a report stands behind the one to show, which has the smallest rank.

    A page that still answers stands before one that is gone, a newsroom's own words before a wire service's, the outlet
    nearest to where it happened before others, the first to publish before the rest. So of a wire story that ten
    outlets carry the most local one is shown, and of two papers' own reports in a town the earlier.
    """
    when = article.published_at or article.fetched_at
    return (
        article.gone_at is not None,
        bool(article.wire),
        _distance(source, verdict),
        when.astimezone(UTC),
        article.id or 0,
    )


def _distance(source: Source, verdict: Verdict) -> int:
    """0: the outlet's own county, or the story says no place; 1: a place that it covers; 2: its state; 3: elsewhere."""
    places = places_of(verdict)
    if not places or any(p.county == source.county and p.state == source.state for p in places if p.county):
        return 0
    if _covered(source.covers, ((f"{p.name}, {p.state}", f"{p.county}, {p.state}") for p in places)):
        return 1
    return 2 if any(p.state == source.state for p in places) else 3


def _covered(covers: Iterable[str], places: Iterable[tuple[str, str]]) -> bool:
    known = set(covers)
    return any(name in known or county in known for name, county in places)
