"""sources add: look at a site, show what was found, write the registry entry."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from crawler.choosing import Found
from crawler.errors import IcewireError
from crawler.outlet import Outlet, check_outlet, feed_key, make_id, state_code
from crawler.sources import load_registry, write_outlets
from scheduler import show
from scheduler.deployment import Deployment, gazetteer, open_deployment

if TYPE_CHECKING:
    from crawler.discovery import Discovery  # brings Scrapy with it

COLUMNS = (
    show.Column("Kind", "kind"),
    show.Column("Address", "where", ratio=3),
    show.Column("Newest", "age"),
    show.Column("A week", "rate"),
    show.Column("What we think", "thought", ratio=2),
)
_NOTHING_TAKEN = {"part": "one section only", "refused": "refused by robots.txt"}
_COST = (
    "without --state it counts as nationwide: it is read whatever watch.states says, and its home cannot help to tell "
    "which of several places of one name a story means."
)


def add(
    context: typer.Context,
    homepage: Annotated[str, typer.Argument(help="The outlet's address, e.g. https://paper.example")],
    name: Annotated[str, typer.Option(help="Its name.  [default: as its site says]", show_default=False)] = "",
    feed: Annotated[
        list[str] | None, typer.Option(help="A feed or news sitemap you know, instead of looking; may be repeated.")
    ] = None,
    city: Annotated[str, typer.Option(help="Where it is at home.")] = "",
    county: Annotated[str, typer.Option(help='E.g. "Middlesex County".  [default: that of the city]')] = "",
    state: Annotated[str, typer.Option(help="Postal code of its state, e.g. MA.")] = "",
    language: Annotated[
        str, typer.Option(help="Language it writes in.  [default: as its site says, or en]", show_default=False)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what was found; write nothing.")] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Watch one more outlet: find its feeds and news sitemaps, and write its entry.

    At most 25 requests, as its robots.txt allows. When no feed lives there, a page that lists its articles is read.
    """
    deployment = open_deployment(context.obj)
    known = load_registry(deployment.settings.watch.shipped, deployment.settings.registry)
    facts = {"city": city, "state": state, "county": _county(city, county, state), "language": language}
    facts = {key: value for key, value in facts.items() if value}
    _check(facts, homepage, feed or [homepage])
    if feed:
        _refuse_known(homepage, feed, known)
        discovery = None
        feeds = [{"kind": "rss", "url": url} for url in feed]
    else:
        discovery = _discover(homepage, deployment, quiet=as_json)
        feeds = [{"kind": found.kind, "url": found.url} for found in discovery.taken]
        if not as_json:
            _show(discovery, deployment)
        if not feeds:
            raise IcewireError(_nothing(discovery))
        homepage = discovery.homepage
    _refuse_known(homepage, [f["url"] for f in feeds], known)
    said = {"name": discovery.name, "language": discovery.language} if discovery else {}
    said = {"name": _host(homepage)} | {key: value for key, value in said.items() if value}
    said |= _shipped_without_feed(homepage, deployment) | facts | ({"name": name} if name else {})
    outlet = _check({"id": make_id(said["name"], known), **said, "feeds": feeds}, homepage, [])
    file = None if dry_run else _write(outlet, deployment)
    if as_json:
        show.data(_as_data(outlet, discovery, file))
        return
    _say(outlet, file)


def _county(city: str, county: str, state: str) -> str:
    """The county of a city, where the gazetteer knows it; IcewireError for what looks like a slip of the pen."""
    code = state_code(state)
    if not (city and code):
        return county
    place = gazetteer().look_up(f"{city}, {code}")
    if place is not None:
        return county or (place.county if place.kind == "city" else "")
    near = [name for name in gazetteer().suggest(f"{city}, {code}") if name.endswith(f", {code}")]
    meant = f"; did you mean {near[0]}?" if near else ""
    if meant and not county:
        raise IcewireError(f"--city: no {city}, {code} is known{meant} If the name is right, give its --county, too")
    show.note(f"no {city}, {code} is known{meant or ';'} it will not help to place stories")
    return county


def _shipped_without_feed(homepage: str, deployment: Deployment) -> dict[str, Any]:
    """What icewire knows of an outlet that it ships switched off for want of a feed: the new entry takes its place."""
    if not deployment.settings.watch.shipped:
        return {}
    own = load_registry(shipped=False, own=deployment.settings.registry)
    for outlet in load_registry(shipped=True, own=None).values():
        if not outlet.feeds and outlet.id not in own and feed_key(outlet.homepage) == feed_key(homepage):
            show.note(f"icewire ships {outlet.id} without a feed; this entry takes its place")
            return outlet.model_dump(exclude={"homepage", "feeds", "enabled", "reason", "note", "verified"})
    return {}


def _check(facts: Mapping[str, Any], homepage: str, feeds: Sequence[str]) -> Outlet:
    """The outlet of these facts; what is left out is filled in only to be checked with the rest."""
    blank = {"id": "outlet", "name": "outlet", "feeds": [{"url": url} for url in feeds]}
    outlet, problems = check_outlet({**blank, **facts, "homepage": homepage})
    if outlet is None:
        raise IcewireError(f"{homepage} cannot be added: {'; '.join(dict.fromkeys(problems))}")
    return outlet


def _refuse_known(homepage: str, feeds: Sequence[str], known: Mapping[str, Outlet]) -> None:
    mine = {feed_key(url): url for url in feeds}
    for other in known.values():
        for feed in other.feeds:
            if feed_key(feed.url) in mine:
                url = mine[feed_key(feed.url)]
                raise IcewireError(f"{homepage}: {url} is watched already, as {other.id} ({other.name})")


def _discover(homepage: str, deployment: Deployment, quiet: bool) -> "Discovery":
    from crawler.discovery import discover
    from crawler.fetch import ask

    crawl = deployment.settings.crawl
    with _progress(quiet) as tell:
        return discover(
            homepage, lambda url: ask(url, crawl, redirects=0), deployment.clock(), crawl.delay_seconds, tell=tell
        )


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    if quiet or not show.err.is_terminal:
        yield lambda address: None
        return
    with show.err.status("looking") as status:
        yield lambda address: status.update(f"asking for {address}".replace("[", r"\["))


def _write(outlet: Outlet, deployment: Deployment) -> Path:
    file = deployment.settings.registry / "added.toml"
    write_outlets(file, [outlet])
    deployment.sync_registry()
    return file


def _show(discovery: "Discovery", deployment: Deployment) -> None:
    rows = [_row(found, discovery.homepage, deployment) for found in discovery.found]
    if rows:
        show.rows(rows, COLUMNS, as_json=False, empty="")
        show.say("")
    if discovery.stopped:
        show.note(f"not everything was tried: {discovery.stopped}")


def _row(found: Found, homepage: str, deployment: Deployment) -> dict[str, Any]:
    thought = {
        "same": f"same as {_short(found.said, homepage)}",
        "unreadable": found.said,
        "taken": f"taken: {found.said}" if found.said else "taken",
    }.get(found.state) or _NOTHING_TAKEN.get(found.state, found.state)
    return {
        "kind": found.kind,
        "where": _short(found.url, homepage),
        "age": show.ago(found.newest, deployment.clock()) if found.newest else "",
        "rate": "" if found.weekly is None else f"{found.weekly:.0f}" if not 0 < found.weekly < 1 else "<1",
        "thought": thought,
    }


def _short(url: str, homepage: str) -> str:
    """An address as short as it is clear: without the host when that is the homepage's."""
    parts = urlsplit(url)
    return (url.partition(parts.netloc)[2] or "/") if _host(url) == _host(homepage) else url


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")


def _nothing(discovery: "Discovery") -> str:
    """What was tried, by what came of it."""
    by_outcome: dict[str, list[str]] = {}
    for url, said in discovery.tried:
        by_outcome.setdefault(said, []).append(_short(url, discovery.homepage))
    tried = "".join(f"\n  {said}: {', '.join(urls)}" for said, urls in by_outcome.items())
    stopped = f" ({discovery.stopped})" if discovery.stopped else ""
    refused = "".join(
        f"\n  {f.said}: {_short(f.url, discovery.homepage)}" for f in discovery.found if f.state == "refused"
    )
    return (
        f"{discovery.homepage} cannot be added: no live feed or news sitemap and no page with links to articles "
        f"was found{stopped}. If you know its feed, name it with --feed. Tried:{tried}{refused}"
    )


def _say(outlet: Outlet, file: Path | None) -> None:
    for feed in outlet.feeds:
        if feed.kind == "section":
            show.note(
                f"{feed.url} is read as a section page: its links to articles, which costs more and may miss some."
            )
    if not outlet.state:
        show.note(_COST)
    if file is None:
        show.say(f"{outlet.name} would be watched as {outlet.id}; nothing was written.")
        return
    show.say(f"{outlet.name} is watched as {outlet.id}; its entry is in {file}.")
    show.say(f"To see whether it can be read: icewire sources check {outlet.id}")


def _as_data(outlet: Outlet, discovery: "Discovery | None", file: Path | None) -> dict[str, Any]:
    keys = ("url", "kind", "origin", "state", "said", "newest", "weekly")
    return {
        "outlet": outlet.model_dump(mode="json"),
        "file": str(file) if file else None,
        "found": [{key: getattr(f, key) for key in keys} for f in (discovery.found if discovery else ())],
        "tried": [{"url": url, "said": said} for url, said in (discovery.tried if discovery else ())],
        "stopped": discovery.stopped if discovery else "",
    }
