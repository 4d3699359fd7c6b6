"""sources list, add, check, import, export."""

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from crawler.errors import IcewireError
from crawler.opml import read_opml, write_opml
from crawler.outlet import Outlet, check_outlet, feed_key, make_id
from crawler.sources import load_registry, write_outlets
from crawler.watchlist import FeedHealth
from scheduler import show
from scheduler.commands.running import crawl_now
from scheduler.deployment import Deployment, open_deployment

app = typer.Typer(no_args_is_help=True)

COLUMNS = (
    show.Column("Id", "id"),
    show.Column("Feed", "kind"),
    show.Column("State", "state"),
    show.Column("Read", "read"),
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
    deployment = open_deployment(context.obj)
    deployment.sync_registry()
    found = [
        _row(h, deployment)
        for h in deployment.watchlist.health(deployment.clock())
        if h.source.listed and (not state or h.source.state == state.upper()) and (not failing or h.unread)
    ]
    show.rows(found, COLUMNS, as_json, "No source fits.")


@app.command()
def add(
    context: typer.Context,
    homepage: Annotated[str, typer.Argument(help="The outlet's address, e.g. https://paper.example")],
    name: Annotated[str, typer.Option(help="Its name.  [default: its host name]", show_default=False)] = "",
    feed: Annotated[list[str] | None, typer.Option(help="A feed or news sitemap; may be repeated.")] = None,
    city: Annotated[str, typer.Option(help="Where it is at home.")] = "",
    county: Annotated[str, typer.Option(help='E.g. "Middlesex County".')] = "",
    state: Annotated[str, typer.Option(help="Postal code of its state, e.g. MA.")] = "",
    language: Annotated[str, typer.Option(help="Language it writes in.")] = "en",
) -> None:
    """Watch one more outlet. Without --feed, its front page is read for links to articles."""
    deployment = open_deployment(context.obj)
    known = _registry(deployment)
    host = (urlsplit(homepage).hostname or homepage).removeprefix("www.")
    facts: dict[str, Any] = {
        "id": make_id(name or host, known),
        "name": name or host,
        "homepage": homepage,
        "city": city,
        "county": county,
        "state": state,
        "language": language,
        "feeds": [{"kind": "rss", "url": url} for url in feed or ()] or [{"kind": "section", "url": homepage}],
    }
    outlet, problems = check_outlet(facts)
    if outlet is None:
        raise IcewireError(f"{homepage} cannot be added: {'; '.join(problems)}")
    file = deployment.settings.registry / "added.toml"
    _refuse_known(outlet, known)
    write_outlets(file, [outlet])
    deployment.sync_registry()
    show.say(f"{outlet.name} is watched as {outlet.id}; its entry is in {file}.")
    show.say(f"To see whether it can be read: icewire sources check {outlet.id}")


@app.command()
def check(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(help="Outlets to check; their ids stand in `sources list --json`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Check every outlet that is watched.")] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Read feeds now, without their pages, and say how it went."""
    if not ids and not everything:
        raise IcewireError("say which outlets to check by id, or --all for every one that is watched")
    deployment = open_deployment(context.obj)
    deployment.sync_registry()
    states = deployment.settings.watch.states
    watched = deployment.watchlist.health(deployment.clock(), states, watched_only=True)
    unknown = sorted(set(ids or ()) - {h.source.id for h in watched})
    if unknown:
        raise IcewireError(f"not watched: {', '.join(unknown)}; `icewire sources list --json` shows the ids")
    wanted = frozenset(h.feed.id for h in watched if h.feed.id and (everything or h.source.id in (ids or ())))
    crawl_now(deployment, True, wanted, quiet=as_json)
    found = [
        h for h in deployment.watchlist.health(deployment.clock(), states, watched_only=True) if h.feed.id in wanted
    ]
    show.rows([_row(h, deployment) for h in found], COLUMNS, as_json, "No source fits.")


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


def _refuse_known(outlet: Outlet, known: dict[str, Outlet]) -> None:
    mine = {feed_key(f.url) for f in outlet.feeds}
    for other in known.values():
        if mine & {feed_key(f.url) for f in other.feeds}:
            raise IcewireError(f"{outlet.feeds[0].url} is watched already, as {other.id} ({other.name})")


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
        "status": unwatched or health.said,
        "failures": feed.failures,
        "last_success_at": feed.last_success_at,
        "next_attempt_at": feed.next_attempt_at,
    }


def _read(opml: str, deployment: Deployment) -> bytes:
    if urlsplit(opml).scheme in ("http", "https"):
        from crawler.fetch import fetch  # brings Scrapy with it

        return fetch(opml, deployment.settings.crawl)
    try:
        return Path(opml).read_bytes()
    except OSError as error:
        raise IcewireError(f"{opml} cannot be read: {error.strerror}") from error
