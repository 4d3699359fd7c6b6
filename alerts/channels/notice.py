"""A story as a channel tells it: what a mail would say of it, and no word of it more."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from alerts.locale import in_words
from crawler.model import Why
from crawler.store import Report, StoryView
from crawler.text import visible

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Notice:
    """A story that was met, in texts without controls."""

    story_id: int
    title: str
    url: str
    outlet: str
    language: str  # a code; "" = it is not known
    kinds: tuple[str, ...]  # the main one first
    place: str  # "" = nobody says
    published_at: datetime | None
    day_only: bool  # published_at is a day, by its noon UTC
    opened_at: datetime
    developed_at: datetime | None  # when something new happened last
    developed: str  # the headline of the report that says so, when it is another one
    changed_at: datetime
    wire: str
    paywalled: bool
    newsrooms: tuple[str, ...]  # who else reports it
    copies: int
    excerpt: str  # at most 25 words, never of the opening; "" where nothing may be quoted
    excerpt_from: str  # the outlet those words are from, when it is not the one shown
    because: tuple[str, ...]  # what of the search was found

    @property
    def kind(self) -> str:
        """The main one; "" = nobody says."""
        return next(iter(self.kinds), "")

    @property
    def updated_at(self) -> datetime:
        """When there was last something to tell."""
        return max(self.opened_at, self.developed_at or self.opened_at)

    @property
    def lines(self) -> tuple[str, ...]:
        """What a reader is told below the headline."""
        where = " · ".join(part for part in (self.outlet, self.place, self.kind) if part)
        quoted = f"“{self.excerpt}”{f' ({self.excerpt_from})' if self.excerpt_from else ''}" if self.excerpt else ""
        others = f"Also reported by {', '.join(self.newsrooms)}" if self.newsrooms else ""
        since = f"Since then: {self.developed}" if self.developed else ""
        wall = "For subscribers of the outlet" if self.paywalled else ""
        return tuple(line for line in (where, quoted, since, others, wall) if line)


def notice_of(view: StoryView, matched: Report, because: Iterable[Why], window: str) -> Notice:
    """A story as a channel tells it; `matched` is the report that a search met, `window` the words around."""
    lead, story = view.lead, view.story
    assert story.id is not None
    newest = view.developed_by if story.developed_at else None
    return Notice(
        story_id=story.id,
        title=shown(lead.article.title),
        url=shown_url(lead.article.link),
        outlet=shown(lead.source.name),
        language=lead.article.language if _LANGUAGE.fullmatch(lead.article.language) else "",
        kinds=lead.verdict.kinds,
        place=shown(view.place),
        published_at=lead.article.published_at,
        day_only=lead.article.day_only,
        opened_at=story.opened_at,
        developed_at=story.developed_at if newest else None,
        developed=shown(newest.article.title) if newest and newest.article.id != lead.article.id else "",
        changed_at=story.changed_at,
        wire=shown(lead.article.wire),
        paywalled=lead.article.paywalled,
        newsrooms=tuple(map(shown, view.newsrooms)),
        copies=view.copies,
        excerpt=shown(window) if matched.quotable else "",
        excerpt_from=shown(matched.source.name) if matched is not lead else "",
        because=tuple(shown(in_words(why)) for why in because),
    )


def shown(text: str) -> str:
    """Text in one line, of characters that any format holds, XML too."""
    return " ".join(visible(text).split())


def shown_url(url: str) -> str:
    """An address of characters that one may have (RFC 3986); newsrooms write others, and browsers forgive it."""
    whole = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", shown(url))
    address, mark, part = whole.partition("#")
    return mark.join(quote(text, safe="%:/?@!$&'()*+,;=~") for text in ((address, part) if mark else (address,)))


def written_at(moment: datetime) -> str:
    """A time as Atom and JSON write it (RFC 3339)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
