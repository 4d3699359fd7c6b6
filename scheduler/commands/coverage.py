"""sources coverage: the counties that no working source covers."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from crawler.model import IcewireError
from crawler.places import STATES, County, all_counties, state_code
from crawler.places import shipped as gazetteer
from crawler.watch import Coverage, covered, working
from scheduler import show
from scheduler.commands.discovering import NOBODY_WATCHED
from scheduler.deployment import open_deployment

STATE_COLUMNS = (
    show.Column("State", "state"),
    show.Column("Counties", "counties"),
    show.Column("Covered", "covered"),
    show.Column("Population", "share"),
    show.Column("Statewide", "statewide"),
)
COUNTY_COLUMNS = (show.Column("County without a working source", "county"), show.Column("Population", "population"))


def coverage(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="List the uncovered counties of this state, e.g. MA.")] = "",
    registry: Annotated[
        bool, typer.Option("--registry", help="Count every source that is switched on, read or not.")
    ] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Counties without a working source: one that is on and was read in the last 3 days."""
    with show.failures(as_json):
        code = state_code(state)
        if state and not code:
            raise IcewireError(f"--state {state}: is no state; write its postal code, as in MA")
        deployment = open_deployment(context.obj)
        known = deployment.sync_registry()
    feeds = deployment.watchlist.health(deployment.clock())
    if not known:
        show.note(NOBODY_WATCHED)
    elif not registry and not any(f.feed.last_success_at for f in feeds):
        show.note("nothing was read yet, so this is what the registry lists; `icewire run` reads it")
        registry = True
    places = gazetteer()
    counties = [c for c in all_counties(places) if not code or c.state == code]
    found = covered(working(feeds, deployment.clock(), registry), places)
    total = _total(counties, found)
    if code:
        rows = [
            {"county": c.name, "state": c.state, "population": c.population or None}
            for c in sorted(counties, key=lambda c: -c.population)
            if c.key not in found.counties
        ]
        name, columns, none = "uncovered", list(COUNTY_COLUMNS), f"Every county of {STATES[code]} has a working source."
    else:
        rows = list(_by_state(counties, found))
        name, columns, none = "states", list(STATE_COLUMNS), "No state is known."
    if as_json:
        show.data({"state": code or None, name: rows, "total": total})
        return
    show.rows(rows, columns, as_json, none)
    show.say(_in_all(total, code or ""))


def _by_state(counties: Sequence[County], found: Coverage) -> Iterator[dict[str, Any]]:
    for state in sorted({c.state for c in counties}, key=lambda code: STATES[code]):
        yield {"state": state, **_total([c for c in counties if c.state == state], found)}


def _total(counties: Sequence[County], found: Coverage) -> dict[str, Any]:
    """The figures of these counties together; `statewide` are sources of a whole state, counted once in each."""
    with_source = [c for c in counties if c.key in found.counties]
    people = sum(c.population for c in counties)
    share = sum(c.population for c in with_source) / people if people else None
    return {
        "counties": len(counties),
        "covered": len(with_source),
        "population_share": None if share is None else round(share, 3),
        "share": "" if share is None else f"{share if len(with_source) == len(counties) else min(share, 0.99):.0%}",
        "statewide": sum(found.statewide.get(state, 0) for state in {c.state for c in counties}),
    }


def _in_all(total: dict[str, Any], state: str) -> str:
    counties = show.count(total["counties"], "county", "counties")
    people = f", with about {total['share']} of the people" if total["share"] else ""
    if not state:
        return f"{total['covered']} of {counties} covered{people}."
    statewide = show.count(total["statewide"], "working source covers", "working sources cover")
    return f"{total['covered']} of {counties} covered{people}; {statewide} the state as a whole."
