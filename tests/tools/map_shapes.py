"""Make the shapes of the maps: `python -m tests.tools.map_shapes counties-10m.json`, a file of us-atlas (npm).

us-atlas 3.0.1 (ISC) holds the Census Bureau's boundaries of 2017 (public domain) as TopoJSON: arcs of longitude and
latitude that neighbours share. Each arc is simplified once, so neighbours stay neighbours, and drawn north up on a grid
of whole numbers, with longitudes shortened by the cosine of the map's middle latitude.
"""

import gzip
import itertools
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.places import STATES, all_counties, county_key, shipped

WHERE = Path("alerts/web/maps/data/shapes.json.gz")
BOX = 720  # units of the longer side of a state's map; of the country's its width
ROUGH = 0.9  # units by which a line may stray
_SINCE_2019 = {("chugach", "AK"), ("copper river", "AK")}  # which were one: the file has the older
_APART = {"AK": (0.34, 2, 302), "HI": (1.0, 92, 332), "PR": (1.4, 610, 372)}  # scale, and where on the country's map
_COUNTRY_HEIGHT = 416

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Atlas:
    """The file, with its arcs as points."""

    arcs: Sequence[Points]
    counties: Sequence[dict[str, Any]]
    states: dict[str, dict[str, Any]]  # by postal code


def read(path: Path) -> Atlas:
    """The arcs in degrees; longitudes grow westward over the antimeridian, so that Alaska is in one piece."""
    raw = json.loads(path.read_text())
    (kx, ky), (dx, dy) = raw["transform"]["scale"], raw["transform"]["translate"]
    arcs = []
    for arc in raw["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            longitude = x * kx + dx
            points.append((longitude - 360 if longitude > 0 else longitude, y * ky + dy))
        arcs.append(points)
    codes = {name: code for code, name in STATES.items()}
    states = {g["id"]: codes.get(g["properties"]["name"], "") for g in raw["objects"]["states"]["geometries"]}
    return Atlas(
        arcs,
        [g | {"state": states[g["id"][:2]]} for g in raw["objects"]["counties"]["geometries"] if g["id"][:2] in states],
        {states[g["id"]]: g for g in raw["objects"]["states"]["geometries"] if states[g["id"]]},
    )


def rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """The rings of a shape as lists of arcs."""
    arcs = geometry["arcs"]
    for part in [arcs] if geometry["type"] == "Polygon" else arcs:
        yield from part


@dataclass(frozen=True)
class Grid:
    """Degrees → units of a map."""

    west: float
    north: float
    shortened: float
    scale: float
    width: int
    height: int

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Where a point stands."""
        return (point[0] - self.west) * self.shortened * self.scale, (self.north - point[1]) * self.scale


def grid_of(atlas: Atlas, shapes: Sequence[dict[str, Any]], box: float, wide: bool = False) -> Grid:
    """That in which these shapes just fit."""
    points = [p for shape in shapes for ring in rings(shape) for arc in ring for p in atlas.arcs[max(arc, ~arc)]]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shortened = math.cos(math.radians((south + north) / 2))
    across, high = (east - west) * shortened, north - south
    scale = box / (across if wide else max(across, high))
    return Grid(west, north, shortened, scale, math.ceil(across * scale), math.ceil(high * scale))


def drawn(atlas: Atlas, grid: Grid, rough: float) -> list[list[tuple[int, int]]]:
    """Every arc on the grid, simplified."""
    made = []
    for arc in atlas.arcs:
        points = simplified([grid.at(p) for p in arc], rough)
        made.append([(round(x), round(y)) for x, y in points])
    return made


def simplified(points: Points, rough: float) -> Points:
    """A line whose ends stay and which strays no further (Douglas and Peucker, 1973)."""
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        far, where = rough, 0
        for i in range(first + 1, last):
            distance = _distance(points[i], points[first], points[last])
            if distance > far:
                far, where = distance, i
        if where:
            keep.add(where)
            spans += [(first, where), (where, last)]
    return [points[i] for i in sorted(keep)]


def _distance(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    along = 0.0 if not length else ((point[0] - start[0]) * across + (point[1] - start[1]) * down) / length
    along = min(1.0, max(0.0, along))
    return math.dist(point, (start[0] + along * across, start[1] + along * down))


def path_of(shape: dict[str, Any], arcs: Sequence[list[tuple[int, int]]], least: float) -> str:
    """An SVG path of relative steps; islets smaller than `least` square units are left out, but never the largest."""
    outlines = []
    for ring in rings(shape):
        points: list[tuple[int, int]] = []
        for arc in ring:
            part = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
            points += part if not points or part[0] != points[-1] else part[1:]
        outlines.append(points)
    largest = max(map(_area, outlines))
    kept = [points for points in outlines if _area(points) >= min(least, largest)]
    return "".join(_steps(points) for points in kept)


def _area(points: Sequence[tuple[int, int]]) -> float:
    return abs(sum(x * v - u * y for (x, y), (u, v) in itertools.pairwise(points))) / 2


def _steps(points: Sequence[tuple[int, int]]) -> str:
    steps = [(u - x, v - y) for (x, y), (u, v) in itertools.pairwise(points) if (u, v) != (x, y)]
    told = " ".join(f"{x} {y}" for x, y in steps[:-1]) or "1 0 0 1"  # a dot, of what is smaller than a unit
    return f"M{points[0][0]} {points[0][1]}l{told}z".replace(" -", "-")


def key_of(county: dict[str, Any], known: set[tuple[str, str]]) -> str:
    """How our gazetteer keys a county; "" for one that it does not know."""
    name, state = county["properties"]["name"], county["state"]
    in_no_county = int(county["id"][2:]) >= 510 and state in ("VA", "MD", "MO", "NV")
    if state == "AK" and name == "Valdez-Cordova":
        return "chugach|copper river"
    for kind in ("city",) if in_no_county else ("County", "Parish", "Census Area", ""):
        if (key := county_key(f"{name} {kind}".strip(), state)) in known:
            return key[0]
    return ""


def _state(atlas: Atlas, code: str, known: set[tuple[str, str]]) -> dict[str, Any]:
    own = [county for county in atlas.counties if county["state"] == code]
    grid = grid_of(atlas, own, BOX)
    arcs = drawn(atlas, grid, ROUGH)
    shapes = {
        key_of(county, known) or county_key(county["properties"]["name"], code)[0]: path_of(county, arcs, 6)
        for county in own
    }
    return {"size": [grid.width, grid.height], "shapes": dict(sorted(shapes.items()))}


def _country(atlas: Atlas, shapes: Sequence[tuple[str, str, dict[str, Any]]], least: float) -> dict[str, Any]:
    """All that is shown of the country: Alaska, Hawaii and Puerto Rico stand below, each on its own scale."""
    near = [shape for code, shape in atlas.states.items() if code in STATES and code not in ("AK", "HI", "PR", *FAR)]
    main = grid_of(atlas, near, BOX, wide=True)
    grids = {code: _inset(atlas, code, main) for code in _APART}
    arcs = {code: drawn(atlas, grid, ROUGH * 0.6) for code, grid in {"": main, **grids}.items()}
    paths: dict[str, str] = {}
    for state, key, shape in shapes:
        paths[key] = path_of(shape, arcs[state if state in arcs else ""], least)
    return {"size": [BOX, max(main.height, _COUNTRY_HEIGHT)], "shapes": paths}


FAR = ("GU", "AS", "VI", "MP")


def _inset(atlas: Atlas, code: str, main: Grid) -> Grid:
    share, left, top = _APART[code]
    own = grid_of(atlas, [atlas.states[code]], BOX)
    scale = main.scale * share
    return Grid(own.west - left / scale / own.shortened, own.north + top / scale, own.shortened, scale, 0, 0)


def main() -> None:
    """Write the file, and say how large the maps are."""
    atlas = read(Path(sys.argv[1]))
    known = {county.key for county in all_counties(shipped())}
    states = {code: _state(atlas, code, known) for code in sorted(atlas.states) if code not in FAR}
    names = [(code, code, shape) for code, shape in sorted(atlas.states.items()) if code not in FAR]
    counties = [(c["state"], f"{c['state']} {key_of(c, known)}", c) for c in atlas.counties if key_of(c, known)]
    missing = known - _SINCE_2019 - {(k, s) for s, one in states.items() for k in one["shapes"]}
    assert not missing, sorted(missing)[:9]
    made = {"states": states, "country": _country(atlas, names, 3), "counties": _country(atlas, counties, 2)}
    WHERE.parent.mkdir(parents=True, exist_ok=True)
    with WHERE.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(json.dumps(made, separators=(",", ":")).encode())
    largest = max(states, key=lambda code: len(json.dumps(states[code])))
    print(
        f"{WHERE}: {WHERE.stat().st_size:,} bytes; the largest state, {largest}: {len(json.dumps(states[largest])):,}"
    )
    print(f"states: {len(json.dumps(made['country'])):,} bytes, counties: {len(json.dumps(made['counties'])):,}")


if __name__ == "__main__":
    main()
