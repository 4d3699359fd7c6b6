"""Whose a web address is: the outlet at whose site it stands, whichever feed or redirect led there; and for which other
addresses holds what came of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.model import UNLISTED, EntryState, Source
from crawler.text import ascii_host, link_url, site, unwrapped


@dataclass(frozen=True, slots=True)
class _Home:
    """Where an outlet is at home on a site that it may share."""

    source: Source
    host: str
    path: tuple[str, ...]

    def holds(self, host: str, path: Sequence[str]) -> bool:
        """Whether an address is below it."""
        return f".{host}".endswith(f".{self.host}") and tuple(path[: len(self.path)]) == self.path


class Owners:
    """The outlets by their sites: those of their home pages and the further `sites` that the registry names; where
    nobody is at home, those of their feeds."""

    def __init__(self, sources: Iterable[Source], feeds: Iterable[tuple[str, str]] = ()) -> None:
        """`feeds`: a source's id, and the address of a feed."""
        known = {source.id: source for source in sources if source.kind != UNLISTED}
        self._homes: dict[str, list[_Home]] = {}
        self._feeds: dict[str, list[_Home]] = {}
        for source in known.values():
            for address in (source.homepage, *(f"https://{name}/" for name in source.sites)):
                _note(self._homes, source, address)
        for source_id, address in feeds:
            if source_id in known:
                _note(self._feeds, known[source_id], address, whole=True)

    def of(self, url: str, listing: Source) -> Source:
        """Whose an address is that a feed of `listing` led to: that outlet's only where it is at home, too.

        What stands at nobody's site is that site's own, by its name, and nothing of it may be quoted.
        """
        address = unwrapped(url)
        name = site(address)
        if not name:
            return listing
        for homes in (self._homes, self._feeds):
            if found := homes.get(name):
                return _nearest(found, address, listing) or _nobody(name, address)
        return _nobody(name, address)


def holds_for(state: EntryState, asked: str, listed: str) -> bool:
    """Whether what came of asking one address of a page holds for another one of it.

    A page that was read is the page, whatever leads there. That it is off topic says its text: so for what differs only
    in how a reader came. Anything else the server may say of one spelling alone (robots.txt, a print version, a wall).
    """
    if state == "fetched" or asked == listed:
        return True
    return state == "off_topic" and link_url(asked) == link_url(listed)


def _note(homes: dict[str, list[_Home]], source: Source, address: str, whole: bool = False) -> None:
    host, path = _parts(address)
    home = _Home(source, host, () if whole else path)
    if (name := site(address)) and home not in homes.setdefault(name, []):
        homes[name].append(home)


def _nearest(homes: Sequence[_Home], address: str, listing: Source) -> Source | None:
    """The outlet whose home is nearest above an address; None when several share its site and none is there."""
    host, path = _parts(address)
    homes = [home for home in homes if home.source.listed] or homes
    above = [home for home in homes if home.holds(host, path)]
    nearest = max(((len(home.host), len(home.path)) for home in above), default=None)
    above = [home for home in above if (len(home.host), len(home.path)) == nearest]
    sharing = {home.source.id: home.source for home in above or homes}
    if listing.id in sharing:
        return sharing[listing.id]
    return sharing[min(sharing)] if above or len(sharing) == 1 else None


def _parts(address: str) -> tuple[str, tuple[str, ...]]:
    parts = urlsplit(address)
    path = tuple(part for part in parts.path.split("/") if part)
    return ascii_host(parts.hostname or "").removeprefix("www."), path


def _nobody(name: str, address: str) -> Source:
    parts = urlsplit(address)
    home = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
    return Source(id=name, name=name, homepage=home, kind=UNLISTED, listed=False, headline_only=True)
