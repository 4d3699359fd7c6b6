"""Makes two data files of crawler/places/data and one of crawler/topic/ice from their sources.

    pip install zipcodes==3.0.0 && python -m tests.tools.places_data OFFICES.csv

`zips.csv.gz` from the package zipcodes; `offices.csv` from deportationdata/ice-offices; and in `additions.csv` an
alias for each town that our sources list twice, by two spellings.
"""

import csv
import gzip
import io
import sys
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from crawler.places import STATES, Gazetteer, kilometres
from crawler.places.spelling import name_words, squeezed

DATA = Path(__file__).parents[2] / "crawler/places/data"
OFFICES = Path(__file__).parents[2] / "crawler/topic/ice/offices.csv"
STATE_NAMES = {name: code for code, name in STATES.items()} | {
    "United States Virgin Islands": "VI",
    "Commonwealth of the Northern Mariana Islands": "MP",
}


def main(offices: Path) -> None:
    """Write all three."""
    write_doubles()
    gazetteer = Gazetteer.load()
    write_zips(gazetteer)
    write_offices(offices, gazetteer)


def write_doubles() -> None:
    """Of a town under two spellings the less known becomes another name of the other."""
    spelled: dict[tuple[str, str, str], dict[str, tuple[bool, int, str]]] = defaultdict(dict)
    for row in _towns():
        best = (row["kind"] != "post", int(row["population"] or 0), row["name"])
        spelled[squeezed(row["name"]), row["state"], row["county"]][" ".join(name_words(row["name"]))] = best
    additions = (DATA / "additions.csv").read_text("utf-8")
    for (_, state, _), names in sorted(spelled.items()):
        kept, *others = sorted(names.values(), reverse=True)
        for _, _, name in others:
            line = f"alias,{name},{state},,,{kept[2]}\n"
            additions += "" if line in additions else line
    (DATA / "additions.csv").write_text(additions, "utf-8")


def write_zips(gazetteer: Gazetteer) -> None:
    """Each ZIP code of a state or territory, its middle, and the town that it means."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["zip", "latitude", "longitude", "place"])
    for row in import_module("zipcodes").list_all():
        if row["state"] not in STATES:
            continue
        place = _town(row, gazetteer)
        writer.writerow([row["zip_code"], round(float(row["lat"]), 2), round(float(row["long"]), 2), place])
    (DATA / "zips.csv.gz").write_bytes(gzip.compress(out.getvalue().encode(), mtime=0))


def _town(row: dict[str, Any], gazetteer: Gazetteer) -> str:
    """The town of a ZIP code; where the gazetteer lacks it, the nearest of its state; of a territory, the state."""
    for name in [f"{row['city']}, {row['county']}, {row['state']}", *(f"{c}, {row['state']}" for c in _cities(row))]:
        if place := gazetteer.look_up(name):
            return gazetteer.full_name(place)
    point = float(row["lat"]), float(row["long"])
    towns = [
        (kilometres(point, (float(t["latitude"]), float(t["longitude"]))), t)
        for t in _towns()
        if t["state"] == row["state"] and t["latitude"]
    ]
    nearest = min(towns, key=lambda town: town[0], default=None)
    return (
        ", ".join(filter(None, map(nearest[1].get, ("name", "county", "state")))) if nearest else STATES[row["state"]]
    )


@cache
def _towns() -> list[dict[str, str]]:
    with gzip.open(DATA / "places.csv.gz", "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _cities(row: dict[str, Any]) -> list[str]:
    return [row["city"], *row["acceptable_cities"]]


def write_offices(source: Path, gazetteer: Gazetteer) -> None:
    """Each area of responsibility: a state, or a county by the gazetteer's name."""
    with source.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, skipinitialspace=True))
    found = []
    for row in rows:
        state = STATE_NAMES[row["state_name"].strip()]
        county = row["county_name"].strip()
        office = row["office_name"].strip().replace("St Paul", "St. Paul")
        called = (
            [gazetteer.look_up(f"{county}{kind}, {state}") for kind in (" County", "", " Parish")] if county else []
        )
        named = [place.name for place in called if place and place.kind == "county"]
        if county and not named:
            raise SystemExit(f"no county of {state} is called {county}")
        found.append((office, state, named[0] if county else ""))
    with OFFICES.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([("office", "state", "county"), *sorted(set(found))])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
