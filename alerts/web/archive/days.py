"""Stories of a list by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby

from crawler.store import StoryBrief


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its stories, in the order of the list."""

    day: date
    stories: Sequence[StoryBrief]


def day_of_story(story: StoryBrief, zone: tzinfo) -> date:
    """The day in a zone on which a story stands in the archive; one that is dated by the day stands on that."""
    when: datetime = story.mark.dated_at
    lead = story.lead
    if lead.day_only and lead.published_at == when:
        return when.date()
    return when.astimezone(zone).date()


def by_day(stories: Iterable[StoryBrief], zone: tzinfo) -> list[Day]:
    """Neighbours of one day together."""
    return [Day(day, list(same)) for day, same in groupby(stories, key=lambda story: day_of_story(story, zone))]
