"""Stories counted by where they were and when. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.places import county_of
from crawler.store import Outline

CountyKey = tuple[str, str]  # as `county_key()` makes it


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """How many stories told of an event in each place; one that was in two counties counts in both."""

    stories: int
    nowhere: int  # of these: in no place that is known
    states: Mapping[str, int]
    counties: Mapping[CountyKey, int]


def tally(outlines: Iterable[Outline]) -> PlaceCounts:
    """Count them; a story's places are those of its first report that has any."""
    where: dict[int, Outline | None] = {}
    for one in outlines:
        if where.get(one.story_id) is None:
            where[one.story_id] = one if one.places else None
    states: Counter[str] = Counter()
    counties: Counter[CountyKey] = Counter()
    for placed in filter(None, where.values()):
        states.update({place.state for place in placed.places})
        counties.update({key for key in map(county_of, placed.places) if key})
    nowhere = sum(placed is None for placed in where.values())
    return PlaceCounts(len(where), nowhere, states, counties)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Stories opened in each week, by kind, the most frequent kind first; weeks begin on Monday, in UTC."""

    weeks: Sequence[date]
    kinds: Mapping[str, Sequence[int]]
    total: Sequence[int]


def by_week(outlines: Iterable[Outline], opened: Mapping[int, datetime], now: datetime, weeks: int) -> Weeks:
    """Count the stories of so many weeks, the running one last; one of two kinds counts in both, in all once."""
    this = now.date() - timedelta(days=now.weekday())
    starts = [this - timedelta(weeks=back) for back in reversed(range(weeks))]
    kinds: dict[int, set[str]] = defaultdict(set)
    for one in outlines:
        kinds[one.story_id].update(one.kinds)
    counted: dict[str, list[int]] = defaultdict(lambda: [0] * weeks)
    total = [0] * weeks
    for story, found in kinds.items():
        week = (opened[story].date() - starts[0]).days // 7 if story in opened else -1
        if 0 <= week < weeks:
            total[week] += 1
            for kind in found:
                counted[kind][week] += 1
    frequent = sorted(counted, key=lambda kind: (-sum(counted[kind]), kind))
    return Weeks(starts, {kind: counted[kind] for kind in frequent}, total)
