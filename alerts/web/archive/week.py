"""A county's week on paper: which stories happened there, by day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from alerts.query import PlaceLookup
from alerts.web.archive.days import Day, by_day
from crawler.places import Place, zone_of
from crawler.store import Mark, Narrowing, Store, StoryLists
from crawler.text import fold

MOST_STORIES = 300
_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.ASCII)
_WEEK_LONG = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekSheet:
    """The stories of a county in a week of ISO 8601, Monday to Sunday by the county's clock; the last first."""

    county: Place
    monday: date
    zone: tzinfo
    days: Sequence[Day]
    complete: bool  # else only the last of it are here

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def stories(self) -> int:
        """How many there are."""
        return sum(len(day.stories) for day in self.days)

    def address(self, weeks: int = 0) -> str:
        """Where this sheet is, or that of some weeks later; "" beyond all calendars."""
        try:
            return f"{county_path(self.county)}?week={week_name(self.monday + weeks * _WEEK_LONG)}"
        except (OverflowError, ValueError):
            return ""


def county_path(county: Place) -> str:
    """Where the sheets of a county are."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(county.name).replace("'", "")).strip("-")
    return f"/week/{county.state.lower()}/{slug}"


def county_at(places: PlaceLookup, state: str, slug: str) -> Place | None:
    """The county, or the city that is one, of an address."""
    if len(state) != 2 or len(slug) > 60:
        return None
    place = places.look_up(f"{slug.replace('-', ' ')}, {state.upper()}")
    is_county = place is not None and (place.kind == "county" or (place.kind == "city" and not place.county))
    return place if is_county else None


def week_name(monday: date) -> str:
    """ "2026-W10" """
    year, week, _ = monday.isocalendar()
    return f"{year:04}-W{week:02}"


def monday_of(written: str) -> date | None:
    """The first day of a week that is written "2026-W10"; None of what is no week."""
    read = _WEEK.fullmatch(written.strip())
    try:
        return date.fromisocalendar(int(read[1]), int(read[2]), 1) if read else None
    except ValueError:
        return None


def week_sheet(store: Store, county: Place, monday: date | None, now: datetime) -> WeekSheet | None:
    """The sheet of the week that begins on a Monday, or of the current one; None beyond all calendars."""
    zone = zone_of(county.state, county.name if county.kind == "county" else "", county.name)
    today = now.astimezone(zone).date()
    first = monday or today - timedelta(days=today.weekday())
    try:
        begin, end = (datetime.combine(first + days, time(), zone) for days in (timedelta(0), _WEEK_LONG))
        lists = StoryLists(store.engine)
        marks = lists.marks(Narrowing(place=county), MOST_STORIES + 1, older=Mark(end, 0))
    except (OverflowError, ValueError):
        return None
    within = [mark for mark in marks if mark.dated_at >= begin]
    stories = lists.briefs(mark.story_id for mark in within[:MOST_STORIES])
    return WeekSheet(county, first, zone, by_day(stories, zone), len(within) <= MOST_STORIES)
