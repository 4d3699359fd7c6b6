"""What became of a story, in its order: published, seen, changed, mailed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal

from alerts.web.archive.story import ChangeTold, ReportTold, StoryAccount, written
from crawler.text import visible

What = Literal["published", "seen", "changed", "developed", "mailed", "update mailed", "gone"]


@dataclass(frozen=True, slots=True)
class Milestone:
    """One thing that happened, and when; of a day alone `at` is its first hour in UTC."""

    at: datetime
    what: What
    report: ReportTold | None = None
    change: ChangeTold | None = None
    day_only: bool = False

    @property
    def seen_after(self) -> timedelta | None:
        """How long after its publication we saw a report; None where nobody can tell."""
        if self.what != "published" or self.report is None or self.day_only:
            return None
        return max(timedelta(0), self.report.first_seen_at - self.at)

    @property
    def outlet(self) -> str:
        """Whose it is; "" of what is the story's."""
        return self.report.outlet if self.report else self.change.outlet if self.change else ""


def timeline(told: StoryAccount, zone: tzinfo) -> Sequence[Milestone]:
    """All of it, the first first; what is dated by the day stands at the head of that day in this zone."""

    def place(one: Milestone) -> tuple[object, ...]:
        there = one.at if one.day_only else one.at.astimezone(zone)
        return there.date(), not one.day_only, one.at, _ORDER.index(one.what)

    return sorted(_milestones(told), key=place)


_ORDER: Sequence[What] = ("published", "seen", "changed", "developed", "mailed", "update mailed", "gone")


def _milestones(told: StoryAccount) -> Iterator[Milestone]:
    yield Milestone(told.first_seen_at, "seen")
    for report in told.reports:
        if report.published_at:
            yield Milestone(report.published_at, "published", report, day_only=report.day_only)
        elif report.first_seen_at > told.first_seen_at:
            yield Milestone(report.first_seen_at, "seen", report)
        if report.gone_at:
            yield Milestone(report.gone_at, "gone", report)
    for change in told.changes:
        yield Milestone(change.at, "changed", change=change)
    if told.developed_at and told.development:
        yield Milestone(told.developed_at, "developed")
    if told.first_mailed_at:
        yield Milestone(told.first_mailed_at, "mailed")
    if told.update_mailed_at:
        yield Milestone(told.update_mailed_at, "update mailed")


def timeline_json(milestones: Sequence[Milestone]) -> list[dict[str, Any]]:
    """The same as data."""
    return [
        {"at": written(one.at), "day_only": one.day_only, "what": one.what, "outlet": visible(one.outlet) or None}
        for one in milestones
    ]
