"""compose(): one subscriber's digest as a value. Pure: what was found comes in, nothing is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.due import LATE_AFTER


@dataclass(frozen=True, slots=True)
class Found:
    """A story that one of the subscriber's searches met."""

    story_id: int
    search: str  # the query as the subscriber wrote it
    terms: tuple[str, ...]  # why it matched
    window: str  # at most 25 words around the match, never the lede
    window_from: str  # the outlet those words are from, when it is not the one shown
    title: str
    url: str
    outlet: str
    published_at: datetime | None
    place: str
    kind: str
    language: str
    wire: str = ""
    paywalled: bool = False
    newsrooms: tuple[str, ...] = ()
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A story as the mail shows it, once, under the first search that met it."""

    story: Found
    also_searches: tuple[str, ...]  # other searches of this subscriber that met it

    @property
    def because(self) -> str:
        """Why it is here, e.g. "waltham, place Waltham, MA"."""
        return ", ".join(self.story.terms) or "every story"

    @property
    def also_reported(self) -> str:
        """Who else has it: "Also reported by A and B; 3 copies elsewhere", or ""."""
        names, copies = self.story.newsrooms, self.story.copies
        said = []
        if names:
            listed = ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]
            said.append(f"Also reported by {listed}")
        if copies:
            of = f" of the {self.story.wire} story" if self.story.wire else ""
            said.append(f"{copies} {'copy' if copies == 1 else 'copies'}{of} elsewhere")
        text = "; ".join(said)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Section:
    """One search and what it found."""

    search: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class SourcesRead:
    """How complete the reading was."""

    total: int
    unread: tuple[tuple[str, str], ...] = ()  # (outlet, what happened)
    waiting: int = 0  # not tried yet

    @property
    def line(self) -> str:
        """One honest sentence."""
        if not self.total:
            return "No sources are being read."
        read = self.total - len(self.unread) - self.waiting
        later = f"; {self.waiting} will be read for the first time soon" if self.waiting else ""
        if read == self.total:
            return f"All {self.total} sources were read." if self.total > 1 else "The one source was read."
        return f"{read} of {self.total} sources were read{later}."


@dataclass(frozen=True, slots=True)
class Digest:
    """One subscriber's mail for one local date: all searches, a section each."""

    local_date: date
    timezone: str
    sections: tuple[Section, ...]
    sources: SourcesRead
    late: str = ""  # says so when it comes late

    @property
    def stories(self) -> int:
        """How many stories it holds."""
        return sum(len(s.items) for s in self.sections)

    @property
    def subject(self) -> str:
        """What the inbox shows: how many, and the first places."""
        day = f"{self.local_date:%B} {self.local_date.day}"
        if not self.stories:
            return f"ICE news, {day}: nothing found"
        places = dict.fromkeys(i.story.place for s in self.sections for i in s.items if i.story.place)
        towns = [p.rsplit(",", 1)[0] for p in places]
        shown = ", ".join(towns[:3]) + (f" and {len(towns) - 3} more" if len(towns) > 3 else "")
        stories = "1 story" if self.stories == 1 else f"{self.stories} stories"
        return f"ICE news, {day}: {stories}" + (f" ({shown})" if shown else "")


def compose(
    local_date: date,
    timezone: str,
    searches: Sequence[str],
    found: Sequence[Found],
    sources: SourcesRead,
    now: datetime,
    due: datetime | None = None,
) -> Digest:
    """One digest: a section for each search, in their order; a story only in the first section that met it.

    `found` may name a story once per search. Newest stories come first. A digest made more than 15 minutes after
    it was `due` says so; one that somebody asked for (None) is never late.
    """
    by_story: dict[int, list[str]] = {}
    for f in found:
        by_story.setdefault(f.story_id, []).append(f.search)
    shown: set[int] = set()
    sections = []
    for search in searches:
        mine = [f for f in found if f.search == search and f.story_id not in shown]
        shown |= {f.story_id for f in mine}
        mine.sort(key=_newest_first)
        items = tuple(Item(f, tuple(s or "every story" for s in by_story[f.story_id] if s != search)) for f in mine)
        sections.append(Section(search, items))
    return Digest(local_date, timezone, tuple(sections), sources, _late(due, now, ZoneInfo(timezone)))


def _newest_first(found: Found) -> tuple[float, int]:
    return (-found.published_at.timestamp() if found.published_at else 0.0, found.story_id)


def _late(due: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    if due is None or now - due <= LATE_AFTER:
        return ""

    def said(moment: datetime) -> str:
        there = moment.astimezone(zone)
        return f"{there:%H:%M on %B} {there.day}"

    return f"This digest was due at {said(due)}; it was made at {said(now)}."
