"""What is drawn and listed of a map: an area for each state or county. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from alerts.web.maps.shapes import Outlines
from alerts.web.maps.tally import PlaceCounts
from crawler.places import STATES, County
from crawler.watch import Coverage

# From how many stories on an area is darker
STATE_STEPS = (1, 5, 20, 50)
COUNTY_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Area:
    """A state or a county: its name, path, stories, sources, and where a click leads."""

    name: str
    path: str
    stories: int
    covered: bool
    href: str = ""
    steps: Sequence[int] = COUNTY_STEPS

    @property
    def shade(self) -> str:
        """The class that it is drawn in: "n0" to "n4" by its stories, "bare" when it has none and no source."""
        return "bare" if not self.stories and not self.covered else f"n{bisect_right(self.steps, self.stories)}"


def state_areas(outlines: Outlines, told: PlaceCounts) -> list[Area]:
    """The states, the one with the most stories first. A state is covered: every one has a source of ours or of it."""
    areas = [
        Area(STATES[code], path, told.states.get(code, 0), True, f"/map/{code.lower()}", STATE_STEPS)
        for code, path in outlines.paths.items()
    ]
    return sorted(areas, key=lambda area: (-area.stories, area.name))


def county_areas(
    code: str, outlines: Outlines, counties: Sequence[County], told: PlaceCounts, covered: Coverage
) -> list[Area]:
    """The counties of one state, the one with the most stories first; those that share a shape stand in one."""
    by_name = {county.key[0]: county for county in counties}
    areas = []
    for names, path in outlines.paths.items():
        found = [by_name[name] for name in names.split("|") if name in by_name]
        name = " · ".join(county.name for county in found) or names.title()
        keys = [county.key for county in found]
        stories = sum(told.counties.get(key, 0) for key in keys)
        href = stories_at(f"{found[0].name}, {code}") if found else ""
        areas.append(Area(name, path, stories, any(key in covered.counties for key in keys), href))
    return sorted(areas, key=lambda area: (-area.stories, area.name))


def all_county_shades(outlines: Outlines, told: PlaceCounts, covered: Coverage) -> Mapping[str, list[str]]:
    """The paths of every county of the country by the class that it is drawn in."""
    shades: dict[str, list[str]] = {}
    for named, path in outlines.paths.items():
        code, _, names = named.partition(" ")
        keys = [(name, code) for name in names.split("|")]
        stories = sum(told.counties.get(key, 0) for key in keys)
        area = Area(named, path, stories, any(key in covered.counties for key in keys))
        shades.setdefault(area.shade, []).append(path)
    return shades


def stories_at(place: str) -> str:
    """Where the stories of a place are listed.

    >>> stories_at("Middlesex County, MA")
    '/stories?place=Middlesex%20County%2C%20MA'
    """
    return f"/stories?place={quote(place, safe='')}"
