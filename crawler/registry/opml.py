"""Outlets as OPML, the list that feed readers exchange.

What OPML has no word for travels in attributes of our own namespace.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from crawler.model import FeedKind, IcewireError
from crawler.places import STATES, state_code
from crawler.registry.outlet import Outlet, OutletFeed, check_outlet, feed_key, make_id

NAMESPACE = "urn:icewire:opml"

_KINDS: dict[str, FeedKind] = {
    "rss": "rss",
    "atom": "atom",
    "json": "json",
    "sitemap": "news_sitemap",
    "section": "section",
}
_TYPES = {kind: name for name, kind in _KINDS.items()}
_LONGEST_NOTE = 500  # characters
_NATIONWIDE = "Nationwide"
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_]|\s*$)")  # other readers also write "unknown"
_CARRIED = tuple(key for key in Outlet.model_fields if key not in ("name", "homepage", "feeds"))
_CARRIED_OF_FEED = tuple(key for key in OutletFeed.model_fields if key not in ("kind", "url"))


@dataclass(frozen=True, slots=True)
class OpmlReading:
    """The outlets of an OPML file in its order, and a line for each outline left out or guessed at."""

    outlets: tuple[Outlet, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Outline:
    """One outline that tells of a feed or an outlet."""

    line: int
    name: str
    feed_url: str
    feed_kind: FeedKind
    homepage: str
    state: str | None  # of its folder
    language: str  # as OPML has it, "en-us"; "" = not said
    carried: dict[str, str]


def read_opml(data: bytes, existing: Collection[str] = ()) -> OpmlReading:
    """Read OPML of any version. An id that the file does not give is made, and is none of `existing`.

    Feeds of one outlet (same icewire:id, else same htmlUrl) become one Outlet; a folder named like a state
    gives the state. A bad outline is left out with a note. Raises IcewireError when the file as a whole
    cannot be read, naming the line, or when it declares entities.
    """
    body = _parse(data).find("{*}body")
    if body is None:
        raise IcewireError("the OPML file has no <body>; export it again from the program that made it")
    notes: list[str] = []
    groups: dict[tuple[str, str], list[_Outline]] = {}
    for outline in _walk(body, None, notes):
        groups.setdefault(_group(outline), []).append(outline)
    taken = {*existing, *(value for key, value in groups if key == "id")}
    feeds: dict[str, int] = {}
    outlets = [
        outlet
        for outlines in groups.values()
        if (outlet := _join(_without_repeated(outlines, feeds, notes), taken, notes))
    ]
    return OpmlReading(tuple(outlets), tuple(note[:_LONGEST_NOTE] for note in notes))


def _parse(data: bytes) -> Any:
    """The root. Entities are refused: an outlet list needs none, and they are how XML attacks its reader."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        what = error.msg  # ends with the line
        raise IcewireError(f"the OPML file is broken: {what}; mend it, or export it again") from error
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and (declared.system_url or any(declared.iterentities())):
        raise IcewireError("the OPML file declares entities, which icewire refuses; remove its <!DOCTYPE …>")
    name = etree.QName(root).localname
    if name.casefold() != "opml":
        raise IcewireError(f"this is not OPML: it begins with <{name}> where <opml> is expected")
    return root


def _walk(folder: Any, state: str | None, notes: list[str]) -> Iterator[_Outline]:
    for element in folder.iterchildren("{*}outline"):
        plain, carried = _attributes(element)
        name = " ".join((plain.get("title") or plain.get("text") or "").split())
        inner = state_code(name) if name and len(element) else None
        if plain.get("xmlurl") or "id" in carried:
            feed_type = plain.get("type", "rss").strip().casefold()
            yield _Outline(
                line=element.sourceline,
                name=name,
                feed_url=plain.get("xmlurl", "").strip(),
                feed_kind=_KINDS.get(feed_type, "rss"),
                homepage=plain.get("htmlurl", "").strip(),
                state=state,
                language=plain.get("language", ""),
                carried=carried,
            )
        elif not len(element):
            notes.append(f"line {element.sourceline}: {name or 'an outline without a name'} has no xmlUrl; left out")
        yield from _walk(element, state if inner is None else inner, notes)


def _attributes(element: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The outline's own attributes by lower-case name, and those of icewire that we know."""
    plain: dict[str, str] = {}
    carried: dict[str, str] = {}
    for key, value in element.attrib.items():
        name = etree.QName(key)
        if name.namespace == NAMESPACE and name.localname in (*_CARRIED, *_CARRIED_OF_FEED):
            carried[name.localname] = value
        elif name.namespace is None:
            plain[name.localname.casefold()] = value
    return plain, carried


def _group(outline: _Outline) -> tuple[str, str]:
    """What outlines of one outlet share. Without id and homepage they stay apart: one host may carry many."""
    if "id" in outline.carried:
        return "id", outline.carried["id"]
    if outline.homepage:
        return "homepage", outline.homepage.casefold().rstrip("/")
    return "feed", f"{outline.line} {outline.feed_url}"


def _without_repeated(outlines: list[_Outline], feeds: dict[str, int], notes: list[str]) -> list[_Outline]:
    kept = []
    for outline in outlines:
        key = _key(outline.feed_url)
        if outline.feed_url and key in feeds:
            notes.append(f"line {outline.line}: {outline.name} has the feed of line {feeds[key]} again; left out")
            continue
        feeds[key] = outline.line
        kept.append(outline)
    return kept


def _key(url: str) -> str:
    try:
        return feed_key(url)
    except ValueError:  # not an address at all: check_outlet says so
        return url


def _join(outlines: list[_Outline], taken: set[str], notes: list[str]) -> Outlet | None:
    """One outlet of the outlines that tell of it; the first gives the facts. `taken` grows by its id."""
    if not outlines:
        return None
    first = outlines[0]
    facts = _facts(first, taken)
    for outline in outlines:
        feed = _feed(outline)
        _, problems = check_outlet({**facts, "feeds": [feed]} if feed else facts)
        if problems:
            named = outline.name or outline.feed_url
            notes.append(f"line {outline.line}: {named} is left out: {'; '.join(problems)}")
        elif feed:
            facts["feeds"].append(feed)
    outlet, _ = check_outlet(facts)
    if outlet is None:
        return None
    taken.add(outlet.id)
    if not outlet.state and first.state is None and "id" not in first.carried:
        notes.append(f"line {first.line}: {outlet.name} has no state; it counts as nationwide until you give one")
    return outlet


def _facts(outline: _Outline, taken: Collection[str]) -> dict[str, Any]:
    front_page = _front_page(outline.feed_url)
    name = outline.name or front_page.removeprefix("https://").removeprefix("http://").strip("/")
    facts: dict[str, Any] = {"id": make_id(name, taken), "state": outline.state or ""}
    if language := _LANGUAGE.match(outline.language):
        facts["language"] = language[1].casefold()
    facts |= outline.carried
    for key in _CARRIED_OF_FEED:
        facts.pop(key, None)
    if "covers" in facts:
        facts["covers"] = [place.strip() for place in facts["covers"].split(";")]
    if "sites" in facts:
        facts["sites"] = facts["sites"].split()
    return facts | {"name": name, "homepage": outline.homepage or front_page, "feeds": []}


def _front_page(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


def _feed(outline: _Outline) -> Mapping[str, Any] | None:
    if not outline.feed_url:
        return None
    facts: dict[str, Any] = {key: outline.carried[key] for key in _CARRIED_OF_FEED if key in outline.carried}
    if "link_patterns" in facts:
        facts["link_patterns"] = _listed(facts["link_patterns"])
    return facts | {"kind": outline.feed_kind, "url": outline.feed_url}


def _listed(written: str) -> Any:
    """The JSON array that write_opml makes of patterns, which may hold any character; else one pattern."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return [written]
    return found if isinstance(found, list) else [written]


def write_opml(outlets: Iterable[Outlet]) -> bytes:
    """OPML 2.0 with a folder per state, in order of appearance; read_opml gives the same outlets back."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"icewire": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Outlets watched by icewire"
    body = etree.SubElement(root, "body")
    folders: dict[str, Any] = {}
    for outlet in outlets:
        if outlet.state not in folders:
            title = STATES.get(outlet.state, _NATIONWIDE)
            folders[outlet.state] = etree.SubElement(body, "outline", {"text": title, "title": title})
        feeds: tuple[OutletFeed | None, ...] = outlet.feeds or (None,)
        carried = _carry(outlet)
        for feed in feeds:
            etree.SubElement(folders[outlet.state], "outline", _outline(outlet, feed, carried))
            carried = {"id": outlet.id}
    data: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return data


def _outline(outlet: Outlet, feed: OutletFeed | None, carried: Mapping[str, str]) -> dict[str, str]:
    plain = {"text": outlet.name, "title": outlet.name, "htmlUrl": outlet.homepage}
    if feed:
        plain |= {"type": _TYPES[feed.kind], "xmlUrl": feed.url}
        carried = {**carried, **_carry_of_feed(feed)}
    return plain | {f"{{{NAMESPACE}}}{key}": value for key, value in carried.items()}


def _carry_of_feed(feed: OutletFeed) -> dict[str, str]:
    facts = feed.model_dump(mode="json", include=set(_CARRIED_OF_FEED), exclude_defaults=True)
    if feed.link_patterns:
        facts["link_patterns"] = json.dumps(feed.link_patterns, ensure_ascii=False)
    return facts


def _carry(outlet: Outlet) -> dict[str, str]:
    """The facts without a word in OPML, defaults left out."""
    facts = outlet.model_dump(mode="json", include=set(_CARRIED), exclude_defaults=True)
    if outlet.covers:
        facts["covers"] = "; ".join(outlet.covers)
    if outlet.sites:
        facts["sites"] = " ".join(outlet.sites)
    return {key: str(value).lower() if isinstance(value, bool) else value for key, value in facts.items()}
