"""Which report of a story to show: one rule, in this place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LeadRank = tuple[bool, bool, int, datetime, datetime, int]
SLOW = timedelta(hours=2)  # so long a report may wait for us; one that is dated earlier is believed no further


@dataclass(frozen=True, slots=True)
class Contender:
    """What counts of a report: of its article, its outlet and its verdict."""

    article_id: int
    gone_at: datetime | None
    wire: str
    published_at: datetime | None
    fetched_at: datetime
    county: str  # of the outlet, as are the next two
    state: str
    covers: Sequence[str]
    places: Sequence[Mapping[str, Any]]  # as in Verdict.places
    stored_at: datetime | None = None  # when we saw it first
    copy_of: int | None = None


def lead_rank(report: Contender) -> LeadRank:
    """How far a report stands behind the one to show, which has the smallest rank.

    A page that still answers stands before one that is gone, a newsroom's own words before a wire service's, the outlet
    nearest to where it happened before others, the first to publish before the rest. So of a wire story that ten
    outlets carry the most local one is shown, and of two papers' own reports in a town the earlier. A report's own date
    counts no further back than it could have waited for us, and a copy's not beyond when we saw it first: else whoever
    dates back leads.
    """
    published = (report.published_at or report.fetched_at).astimezone(UTC)
    seen = (report.stored_at or published).astimezone(UTC)
    earliest = seen if report.copy_of else seen.replace(minute=0, second=0, microsecond=0) - SLOW
    when = max(published, earliest)
    return report.gone_at is not None, bool(report.wire), _distance(report), when, published, report.article_id


def _distance(report: Contender) -> int:
    """0: the outlet's own county, or the story says no place; 1: a place that it covers; 2: its state; 3: elsewhere."""
    from crawler.places import places_from  # brings all that finds them in a text; not for who only lists

    places = places_from(report.places)
    if not places or any(p.county == report.county and p.state == report.state for p in places if p.county):
        return 0
    if _covered(report.covers, ((f"{p.name}, {p.state}", f"{p.county}, {p.state}") for p in places)):
        return 1
    return 2 if any(p.state == report.state for p in places) else 3


def _covered(covers: Iterable[str], places: Iterable[tuple[str, str]]) -> bool:
    known = set(covers)
    return any(name in known or county in known for name, county in places)
