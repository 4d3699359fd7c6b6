"""sources add: look at a site, show what was found, write the registry entry."""

import contextlib
import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from alerts.locale import in_words
from crawler.discovery import FoundFeed
from crawler.model import IcewireError
from crawler.places import all_counties, county_key, state_code
from crawler.places import shipped as gazetteer
from crawler.registry import Outlet, check_outlet, entry_of, feed_key, load_registry, make_id, write_outlets
from scheduler import show
from scheduler.deployment import Deployment, open_deployment

if TYPE_CHECKING:
    from crawler.discovery import Discovery

COLUMNS = (
    show.Column("Kind", "kind"),
    show.Column("Address", "where", ratio=3),
    show.Column("Newest", "age"),
    show.Column("A week", "rate"),
    show.Column("What we think", "thought", ratio=2),
)
_NOTHING_TAKEN = {"part": "one section only", "refused": "refused by robots.txt"}
NOBODY_WATCHED = (
    "no outlet is watched: the registry is empty. To watch one, `icewire sources add https://paper.example --state MA`;"
    " to watch those that come with icewire, remove `shipped = false` under [watch] in icewire.toml"
)
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
    with show.failures(as_json) as told:
        deployment = open_deployment(context.obj)
        known = load_registry(deployment.settings.watch.shipped, deployment.settings.registry)
        facts = _facts(homepage, feed or (), known, dry_run, name=name, city=city, county=county, state=state)
        facts |= {"language": language} if language else {}
        _check(facts, homepage, feed or ())
        discovery = _look(homepage, feed or (), deployment, quiet=as_json)
        told |= _looked(discovery)
        if not as_json:
            _show(discovery, deployment)
        homepage, feeds = discovery.homepage, [{"kind": found.kind, "url": found.url} for found in discovery.taken]
        said = {"name": discovery.name or _host(homepage)}
        said |= {"language": discovery.language} if discovery.language else {}
        said |= _shipped_without_feed(homepage, deployment) | facts
        if feed and any(found.state != "taken" for found in discovery.found):
            raise IcewireError(_unread(discovery, said, feed, deployment))
        if not feeds:
            raise IcewireError(_nothing(discovery))
        _refuse_known(homepage, [*(() if feed else (homepage,)), *(f["url"] for f in feeds)], known, dry_run)
        outlet = _check({"id": make_id(said["name"], known), **said, "feeds": feeds}, homepage, ())
        file = None if dry_run else _write(outlet, deployment)
    if as_json:
        show.data({"outlet": outlet.model_dump(mode="json"), "file": str(file) if file else None, **told})
        return
    _say(outlet, file)


def _facts(
    homepage: str, feeds: Sequence[str], known: Mapping[str, Outlet], dry_run: bool, **facts: str
) -> dict[str, str]:
    """What a person says of the outlet, checked before anything is asked for."""
    if not dry_run:
        _refuse_known(homepage, feeds or [homepage], known)
    county = _county(facts["city"], facts["county"], facts["state"])
    return {key: value for key, value in (facts | {"county": county}).items() if value}


def _county(city: str, county: str, state: str) -> str:
    """The county, or that of the city; IcewireError for what looks like a slip of the pen."""
    code = state_code(state)
    if not code:
        return county
    if county:
        county = _known_county(county, code)
    place = gazetteer().look_up(f"{city}, {code}") if city else None
    if place is not None or not city:
        return county or (place.county if place and place.kind == "city" else "")
    near = [name for name in gazetteer().suggest(f"{city}, {code}") if name.endswith(f", {code}")]
    meant = f"; did you mean {near[0]}?" if near else ""
    if meant and not county:
        raise IcewireError(f"--city: no {city}, {code} is known{meant} If the name is right, give its --county, too")
    show.note(f"no {city}, {code} is known{meant or ';'} it will not help to place stories")
    return county


def _known_county(county: str, code: str) -> str:
    """A county as it is called; IcewireError, with the nearest name, when its state has none of this name."""
    counties = [c for c in all_counties(gazetteer()) if c.state == code]
    whole = _check({"county": county, "state": code}, "https://outlet.example/", ()).county  # "Essex" → "Essex County"
    by_key = {c.key: c.name for c in counties}
    called = [by_key[key] for name in (whole, county) if (key := county_key(name, code)) in by_key]
    if not called and not counties:  # territories are not known by county
        return whole
    if called:
        return whole if code in ("AK", "DC") else called[0]  # these call their parts in several ways
    bare = {c.key[0].removesuffix(" county").removesuffix(" parish"): c.name for c in counties}
    wanted = county_key(whole, code)[0].removesuffix(" county").removesuffix(" parish")
    near = difflib.get_close_matches(wanted, bare, 1)
    hint = f"did you mean {bare[near[0]]}?" if near else f"`icewire sources coverage --state {code}` lists counties"
    raise IcewireError(f"--county: no {whole}, {code} is known; {hint}")


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
    blank = {"id": "outlet", "name": "outlet", "feeds": [{"url": url} for url in feeds or ["https://outlet.example/"]]}
    outlet, problems = check_outlet({**blank, **facts, "homepage": homepage})
    if outlet is None:
        raise IcewireError(f"{homepage} cannot be added: {'; '.join(dict.fromkeys(problems))}")
    return outlet


def _refuse_known(homepage: str, urls: Sequence[str], known: Mapping[str, Outlet], dry_run: bool = False) -> None:
    """IcewireError when an outlet that has a feed stands at one of these addresses; for a dry run that is a note."""
    mine = {feed_key(url): url for url in urls}
    for other in known.values():
        at = [*(feed.url for feed in other.feeds), *([other.homepage] if other.feeds else [])]
        url = next((mine[key] for address in at if (key := feed_key(address)) in mine), "")
        if not (url or (homepage == other.id and other.feeds)):
            continue
        subject = homepage if url in ("", homepage) else f"{homepage}: {url}"
        how = "is watched already" if other.enabled else "is known already, and switched off"
        said = f"{subject} {how}, as {other.id} ({other.name})"
        if not dry_run:
            raise IcewireError(f"{said}; --dry-run looks at it and writes nothing")
        show.note(said)
        return


def _look(homepage: str, feeds: Sequence[str], deployment: Deployment, quiet: bool) -> "Discovery":
    from crawler.discovery import discover, read_named

    apart = deployment.apart
    with _progress(quiet) as tell:
        asker = deployment.asker(tell)
        return read_named(feeds, homepage, asker, apart) if feeds else discover(homepage, asker, apart)


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    if quiet or not show.err().is_terminal:
        yield lambda address: None
        return
    with show.err().status("looking") as status:
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
        show.note(f"not everything was tried: {in_words(discovery.stopped)}")


def _row(found: FoundFeed, homepage: str, deployment: Deployment) -> dict[str, Any]:
    said = in_words(found.why)
    thought = {
        "same": f"same as {_short(said, homepage)}",
        "unreadable": said,
        "taken": f"taken: {said}" if said else "taken",
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


def _unread(discovery: "Discovery", facts: Mapping[str, Any], feeds: Sequence[str], deployment: Deployment) -> str:
    """Which of the named feeds could not be read, and how to watch them all the same."""
    wrong = "".join(f"\n  {f.url}: {in_words(f.why)}" for f in discovery.found if f.state != "taken")
    outlet = _check({"id": make_id(facts["name"]), **facts}, discovery.homepage, feeds)
    said = f"{discovery.homepage} cannot be added: a feed that you named cannot be read.{wrong}\n"
    if all(f.why.code == "no_feed" for f in discovery.found if f.state != "taken"):
        return f"{said}To look for the feeds that there are, leave out --feed"
    file = deployment.settings.registry / "added.toml"
    return f"{said}To watch it all the same, write in {file}:\n\n{entry_of(outlet)}".rstrip()


def _nothing(discovery: "Discovery") -> str:
    """What was tried, by what came of it."""
    if discovery.stopped and not discovery.tried:
        return f"{discovery.homepage} cannot be looked at now: {in_words(discovery.stopped)}"
    by_outcome: dict[str, list[str]] = {}
    for url, why in discovery.tried:
        by_outcome.setdefault(in_words(why), []).append(_short(url, discovery.homepage))
    tried = "".join(f"\n  {said}: {', '.join(urls)}" for said, urls in by_outcome.items())
    stopped = f" ({in_words(discovery.stopped)})" if discovery.stopped else ""
    refused = "".join(
        f"\n  {in_words(f.why)}: {_short(f.url, discovery.homepage)}" for f in discovery.found if f.state == "refused"
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


def _looked(discovery: "Discovery") -> dict[str, Any]:
    """What was found, for programs."""
    keys = ("url", "kind", "origin", "state", "newest", "weekly")
    return {
        "found": [{key: getattr(f, key) for key in keys} | {"said": in_words(f.why)} for f in discovery.found],
        "tried": [{"url": url, "said": in_words(why)} for url, why in discovery.tried],
        "stopped": in_words(discovery.stopped),
    }
