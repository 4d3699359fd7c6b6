"""sources list, remove, check, import, export; add and coverage stand in files of their own."""

import difflib
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from alerts.locale import in_words
from crawler.model import IcewireError, because
from crawler.registry import (
    Outlet,
    feed_key,
    load_registry,
    read_opml,
    remove_outlet,
    switch_off,
    switch_on,
    write_opml,
    write_outlets,
)
from crawler.watch import FeedHealth, Habit, rate
from scheduler import show
from scheduler.commands.coverage import coverage
from scheduler.commands.discovering import NOBODY_WATCHED, add
from scheduler.commands.running import crawl_now
from scheduler.deployment import Deployment, open_deployment

app = typer.Typer(no_args_is_help=True)


def add_to(whole: typer.Typer) -> None:
    """Register the commands."""
    whole.add_typer(app, name="sources", help="The outlets that are watched.")


COLUMNS = (
    show.Column("Id", "id"),
    show.Column("Feed", "kind"),
    show.Column("State", "state"),
    show.Column("Read", "read"),
    show.Column("A day", "items_a_day"),
    show.Column("What happened", "status", ratio=1),
)


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="Only outlets of this state, e.g. MA.")] = "",
    failing: Annotated[bool, typer.Option("--failing", help="Only feeds that could not be read.")] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Every feed that is known, and how reading it went."""
    with show.failures(as_json):
        deployment = open_deployment(context.obj)
        known = deployment.sync_registry()
    found = [
        _row(h, deployment)
        for h in deployment.watchlist.health(deployment.clock())
        if h.source.listed
        and (not state or h.source.state == state.upper())
        and (not failing or h.unread or h.turned_away)
    ]
    show.rows(found, COLUMNS, as_json, _none(known))
    if outage := deployment.watchlist.outages.current():
        show.note(in_words(outage.why))


app.command()(add)
app.command()(coverage)


@app.command()
def remove(context: typer.Context, id_: Annotated[str, typer.Argument(metavar="ID", help="Which outlet.")]) -> None:
    """No longer watch an outlet of your own registry; what it told stays."""
    deployment = open_deployment(context.obj)
    folder, known = deployment.settings.registry, _registry(deployment)
    file = remove_outlet(folder, id_)
    if file is None and id_ in known:
        raise IcewireError(f"{id_} comes with icewire. To switch it off: icewire sources off {id_} --reason …")
    if file is None:
        raise IcewireError(f"{_unknown([id_], known)}")
    deployment.sync_registry()
    show.say(f"{id_} is no longer watched; its entry is gone from {file}.")
    if id_ in _registry(deployment):
        show.note(f"icewire ships an outlet {id_}, too, which is watched again from now on")


@app.command()
def off(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Which outlet.")],
    reason: Annotated[str, typer.Option(help="Why, for whoever looks at it later.")],
) -> None:
    """Watch an outlet no longer, until it is switched on again; what it told stays."""
    deployment = open_deployment(context.obj)
    known = _registry(deployment)
    if id_ not in known:
        raise IcewireError(_unknown([id_], known))
    if not known[id_].enabled:
        raise IcewireError(f"{id_} is off already: {known[id_].reason}")
    file = switch_off(deployment.settings.registry, known[id_], reason)
    deployment.sync_registry()
    show.say(f"{id_} is off, as {file} says. To watch it again: icewire sources on {id_}")


@app.command()
def on(context: typer.Context, id_: Annotated[str, typer.Argument(metavar="ID", help="Which outlet.")]) -> None:
    """Watch an outlet again that you have switched off."""
    deployment = open_deployment(context.obj)
    known = _registry(deployment)
    if id_ not in known:
        raise IcewireError(_unknown([id_], known))
    file = switch_on(deployment.settings.registry, id_)
    if file is None:
        raise IcewireError(f"{id_} {_not_off(known[id_])}")
    deployment.sync_registry()
    show.say(f"{id_} is watched again.")


def _not_off(outlet: Outlet) -> str:
    if outlet.enabled:
        return "is not off"
    return f"came switched off ({outlet.reason}); to watch it all the same: icewire sources add {outlet.homepage}"


@app.command()
def check(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(help="Outlets to check; their ids stand in `sources list --json`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Check every outlet that is watched.")] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Read feeds now, and of each one page to see whether it can be had, and say how it went.

    The exit status is 1 when a feed could not be read.
    """
    with show.failures(as_json):
        if not ids and not everything:
            raise IcewireError("say which outlets to check by id, or --all for every one that is watched")
        deployment = open_deployment(context.obj)
        known = deployment.sync_registry()
        chosen = _chosen(deployment, ids, everything)
        feeds = frozenset(h.feed.id for h in chosen if h.feed.id)
        if feeds:
            counts = crawl_now(deployment, True, feeds, quiet=as_json)
            if counts["offline"]:
                raise IcewireError(because("no_network"))
    read = [h for h in deployment.watchlist.health(deployment.clock()) if h.feed.id in feeds]
    rows = [_row(h, deployment) | _checked(h) for h in read]
    rows += [_row(h, deployment) for h in _switched_off(deployment, ids or ())]
    show.rows(rows, COLUMNS, as_json, _none(known))
    if rows and not as_json:
        counts = Counter(row["state"] for row in rows)
        said = ", ".join(f"{number} {state}" for state, number in counts.most_common())
        show.say(f"\n{show.count(len(rows), 'feed')}: {said}.")
    if any(h.unread for h in read):
        raise typer.Exit(1)


def _checked(health: FeedHealth) -> dict[str, str]:
    """The state of a feed that was just read: what its health says, or "empty" when it never gave a link."""
    if health.state in ("ok", "moved", "stale") and not health.entries:
        return {"state": "empty", "status": "it was read, and links to nothing"}
    return {"state": health.state}


def _chosen(deployment: Deployment, ids: list[str] | None, everything: bool) -> list[FeedHealth]:
    """The watched feeds of these outlets, or all; IcewireError when an id is unknown."""
    states = deployment.settings.watch.states
    watched = deployment.watchlist.health(deployment.clock(), states, watched_only=True)
    known = _registry(deployment)
    unknown = sorted(set(ids or ()) - known.keys())
    if unknown:
        raise IcewireError(_unknown(unknown, known))
    return [h for h in watched if everything or h.source.id in (ids or ())]


def _switched_off(deployment: Deployment, ids: Collection[str]) -> list[FeedHealth]:
    """The feeds of outlets that a person asked for and that are not watched."""
    watch = deployment.settings.watch
    watched = {h.feed.id for h in deployment.watchlist.health(deployment.clock(), watch.states, watched_only=True)}
    every = deployment.watchlist.health(deployment.clock())
    return [h for h in every if h.source.id in ids and h.feed.listed and h.feed.id not in watched]


@app.command("import")
def import_(
    context: typer.Context, opml: Annotated[str, typer.Argument(help="An OPML file, or its http(s) address.")]
) -> None:
    """Watch the outlets of an OPML file."""
    deployment = open_deployment(context.obj)
    known = _registry(deployment)
    reading = read_opml(_read(opml, deployment), known)
    for note in reading.notes:
        show.note(note)
    feeds = {feed_key(f.url) for o in known.values() for f in o.feeds}
    fresh = [o for o in reading.outlets if o.id not in known and not any(feed_key(f.url) in feeds for f in o.feeds)]
    file = deployment.settings.registry / "imported.toml"
    write_outlets(file, fresh)
    deployment.sync_registry()
    skipped = len(reading.outlets) - len(fresh)
    known_already = f"; {skipped} {'was' if skipped == 1 else 'were'} known already" if skipped else ""
    added = "1 outlet" if len(fresh) == 1 else f"{len(fresh)} outlets"
    show.say(f"{added} added to {file}{known_already}.")


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write; standard output without it.")] = None,
) -> None:
    """Write every outlet of the registry as OPML."""
    deployment = open_deployment(context.obj)
    written = write_opml(_registry(deployment).values())
    if file is None:
        sys.stdout.buffer.write(written)
        return
    try:
        file.write_bytes(written)
    except OSError as error:
        raise IcewireError(f"{file} cannot be written: {error.strerror}") from error


def _registry(deployment: Deployment) -> dict[str, Outlet]:
    return load_registry(deployment.settings.watch.shipped, deployment.settings.registry)


def _none(known: int) -> str:
    """What to say when there is no row, with so many outlets in the registry."""
    return "No source fits." if known else f"{NOBODY_WATCHED[:1].upper()}{NOBODY_WATCHED[1:]}."


def _unknown(ids: list[str], known: Collection[str]) -> str:
    if not known:
        return NOBODY_WATCHED
    near = difflib.get_close_matches(ids[0], known, 1)
    hint = f"did you mean {near[0]}?" if near else "`icewire sources list --json` shows the ids"
    return f"no outlet has the id {', '.join(ids)}; {hint}"


def _row(health: FeedHealth, deployment: Deployment) -> dict[str, Any]:
    source, feed, states = health.source, health.feed, deployment.settings.watch.states
    unwatched = f"not in watch.states ({', '.join(states)})" if states and source.state not in (*states, "") else ""
    return {
        "id": source.id,
        "name": source.name,
        "where": ", ".join(w for w in (source.city, source.state) if w) or "US",
        "kind": feed.kind,
        "url": feed.url,
        "state": "off" if unwatched else health.state,
        "entries": health.entries,
        "read": show.ago(feed.last_success_at, deployment.clock()),
        "status": unwatched or in_words(health.why),
        "why": None if unwatched else health.why.as_json(),
        "failures": feed.failures,
        "items_a_day": round(rate(Habit.from_json(feed.habit)), 1),
        "newest_at": feed.newest_at,
        "last_new_at": feed.last_new_at,
        "moved_to": feed.moved_to,
        "last_success_at": feed.last_success_at,
        "next_attempt_at": feed.next_attempt_at,
    }


def _read(opml: str, deployment: Deployment) -> bytes:
    if urlsplit(opml).scheme in ("http", "https"):
        return deployment.asker().fetch(opml).answer.body
    try:
        return Path(opml).read_bytes()
    except OSError as error:
        raise IcewireError(f"{opml} cannot be read: {error.strerror}") from error
