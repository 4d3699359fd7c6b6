"""Stories of a list by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from operator import itemgetter

from crawler.store import StoryBrief


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its stories, in the order of the list."""

    day: date
    stories: Sequence[StoryBrief]


def moment_of(story: StoryBrief) -> datetime | None:
    """The moment by which a story stands in its place among others: when the first report of it was published.

    None of one that is dated by the day.
    """
    when: datetime = story.mark.dated_at
    return None if any(report.day_only and report.published_at == when for report in story.reports) else when


def day_of_story(story: StoryBrief, zone: tzinfo) -> date:
    """The day in a zone on which a story stands in the archive; one that is dated by the day stands on that."""
    moment = moment_of(story)
    return moment.astimezone(zone).date() if moment else story.mark.dated_at.date()


def by_day(stories: Iterable[StoryBrief], zone: tzinfo) -> list[Day]:
    """Those of a page by day, the last day first; within a day in the order of the archive.

    What is dated by the day stands in the archive at its first hour in UTC, when it was the day before to the west.
    """
    dated = sorted(((day_of_story(story, zone), story) for story in stories), key=itemgetter(0), reverse=True)
    return [Day(day, [story for _, story in same]) for day, same in groupby(dated, key=itemgetter(0))]
