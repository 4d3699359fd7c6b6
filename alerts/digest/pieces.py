"""The pieces of digests: a story, why it is there, a search, the page. Each is rendered once for all that show it.

A piece sees what it is asked with and nothing else, so one that was kept is the same as one that is made anew.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from secrets import token_hex
from typing import Any

from markupsafe import escape

from alerts.digest.compose import Digest, Section
from alerts.digest.story import DigestItem
from alerts.mail import render, styled, styled_part
from alerts.settings import MailSettings, is_local
from crawler.text import visible

_MOST_KEPT = 20_000  # of 1 or 2 kB; a day's stories in all zones and languages, and what some thousand searches quote
_MOST_NAMED = 5  # of what is only counted, or stands elsewhere

# What differs between readers who are told of the same story, and is shown in its other pieces or not at all.
_OWN: dict[str, Any] = {
    "search": "",
    "terms": (),
    "window": "",
    "window_from": "",
    "window_language": "",
    "marks": (),
    "fit": 0,
    "unwelcome": False,
    "wished": False,
}
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)
_SLOTS = ("sections", "entries", "found", "subject", "unsubscribe_url", "rest_url", "manage_url")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The same as HTML with its style in the elements, and as text; each ends its last line, or is empty."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadersOwn:
    """What of a mail no other reader's has. `rest_url`: the page of what is only counted, "" = some of it is named."""

    subject: str
    unsubscribe_url: str
    rest_url: str = ""
    manage_url: str = ""  # where they change their searches; "" = the mail says nothing of it


class Pieces:
    """Those of one deployment's mails. At most some thousand are kept, those that were used last."""

    def __init__(self, settings: MailSettings) -> None:
        self._shown = {"mail": settings, "contact_url": contact_url(settings.contact)}
        # Where another piece, or what is one reader's own, goes. No headline can hold a mark that nobody can guess.
        mark = token_hex(8)
        self._slots = {name: f"{mark}-{name}" for name in _SLOTS}
        self._kept = lru_cache(maxsize=_MOST_KEPT)(self._made)

    def joined(self, digest: Digest, own: ReadersOwn) -> Rendered:
        """A digest as its reader gets it."""
        counted = digest.counted
        page = self._piece(
            "digest",
            digest.language,
            **_clock(digest),
            counted=counted,
            searches=len(digest.sections),
            late=digest.late,
            sources=digest.sources,
            managed=bool(own.manage_url),
        )
        page = self._filled(page, "sections", self._sections(digest, bool(counted), own.rest_url))
        html, text = page.html, page.text
        for name in ("subject", "unsubscribe_url", "rest_url", "manage_url"):
            seen = visible(getattr(own, name))
            html, text = html.replace(self._slots[name], str(escape(seen))), text.replace(self._slots[name], seen)
        return Rendered(html, text)

    def _sections(self, digest: Digest, counted: bool, rest_url: str) -> Iterator[Rendered]:
        if digest.updated:
            updates = self._piece(
                "updates", digest.language, found=digest.updated, **self._rest(digest.more_updates, rest_url)
            )
            yield self._filled(updates, "entries", (self._update(item, digest) for item in digest.updates))
        for number, section in enumerate(digest.sections, 1):
            piece = self._section(section, number, digest, counted, rest_url)
            yield self._filled(piece, "entries", (self._entry(item, digest) for item in section.items))

    def _section(self, section: Section, number: int, digest: Digest, counted: bool, rest_url: str) -> Rendered:
        found = section.found
        return self._piece(
            "section",
            digest.language,
            heading=section.heading,
            found=found,
            number=number,
            over=tuple(section.crowded),
            above=() if found else tuple(_named(digest.above(section))),
            elsewhere=0 if found else len(section.elsewhere),
            problem=section.called.problem,
            counted=counted,
            **self._rest(section.more, rest_url),
        )

    def _rest(self, items: tuple[DigestItem, ...], rest_url: str) -> dict[str, Any]:
        return {
            "more_count": len(items),
            "named": () if rest_url else tuple(_named(items)),
            "rest_url": self._slots["rest_url"] if rest_url else "",
            "rest_is_local": is_local(rest_url),
        }

    def _entry(self, item: DigestItem, digest: Digest) -> Rendered:
        story = item.story
        found = self._piece(
            "found",
            digest.language,
            window=story.window,
            passages=tuple(story.passages),
            tongue=story.window_language or story.language,
            window_from=story.window_from,
            terms=story.terms,
            also_for=item.also_for,
        )
        entry = self._piece("entry", digest.language, **_clock(digest), item=_shared(item))
        return self._filled(entry, "found", (found,))

    def _update(self, item: DigestItem, digest: Digest) -> Rendered:
        searches = (digest.name_of(item.story.search), *item.also_for)
        return self._piece("update", digest.language, **_clock(digest), item=_shared(item), searches=searches)

    def _filled(self, piece: Rendered, slot: str, others: Iterable[Rendered]) -> Rendered:
        """A piece with others in the line of a slot; without any, without the line."""
        line = f"{self._slots[slot]}\n"
        given = list(others)
        return Rendered(
            piece.html.replace(line, "".join(one.html for one in given)),
            piece.text.replace(line, "".join(one.text for one in given)),
        )

    def _piece(self, template: str, language: str, **shown: Any) -> Rendered:
        return self._kept(template, language, tuple(shown.items()))

    def _made(self, template: str, language: str, shown: tuple[tuple[str, Any], ...]) -> Rendered:
        values = {**self._shown, "slot": self._slots, **dict(shown)}
        html = render(__package__, f"{template}.html", language, **values)
        html = styled(html) if template == "digest" else styled_part(html)
        return Rendered(_lines(html), render(__package__, f"{template}.txt", language, **values))


def _clock(digest: Digest) -> dict[str, Any]:
    return {"timezone": digest.timezone, "today": digest.local_date}


def _shared(item: DigestItem) -> DigestItem:
    """As all are told of it."""
    return DigestItem(replace(item.story, **_OWN), ())


def _named(items: tuple[DigestItem, ...]) -> Iterator[tuple[int, str, str, str]]:
    """The first few."""
    for story in (item.story for item in items[:_MOST_NAMED]):
        yield story.story_id, story.title, story.outlet, story.language


def _lines(html: str) -> str:
    html = html.strip()
    return f"{html}\n" if html else ""


def contact_url(contact: str) -> str:
    """Where a reader writes of a mistake: to an address, or on a page; "" when a contact is neither."""
    contact = contact.strip()
    if contact.startswith(("https://", "http://")):
        return contact
    address = contact.removeprefix("mailto:")
    return f"mailto:{address}" if _ADDRESS.fullmatch(address) else ""
