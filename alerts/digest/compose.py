"""compose(): one subscriber's digest as a value. Pure: what was found comes in, nothing is looked up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.digest.ahead import Ahead
from alerts.digest.due import LATE_AFTER
from alerts.digest.importance import importance
from alerts.digest.limits import MOST_ENTRIES, MOST_OF_A_SECTION, MOST_UPDATES, parted, shares
from alerts.digest.story import Development, DigestItem, MatchedStory
from alerts.digest.subject import towns_of, with_places
from alerts.locale import said_day

__all__ = [
    "Development",
    "Digest",
    "DigestItem",
    "Heading",
    "MatchedStory",
    "Section",
    "SourcesRead",
    "compose",
    "limited",
]


@dataclass(frozen=True, slots=True)
class Heading:
    """How a search is told in the mail."""

    title: str = ""  # its own name, or what it asks for in words
    problem: str = ""  # why it finds nothing at all any more
    most: int = MOST_OF_A_SECTION  # stories that are shown of it


@dataclass(frozen=True, slots=True)
class Section:
    """One search and what it found."""

    search: str
    items: tuple[DigestItem, ...]
    called: Heading = Heading()
    elsewhere: tuple[DigestItem, ...] = ()  # what it found as well, which stands under another search or as an update
    more: tuple[DigestItem, ...] = ()  # what it found and there is no room for: counted, and shown on a page

    @property
    def heading(self) -> str:
        """What stands above it."""
        return self.called.title or self.search or "Every story"

    @property
    def found(self) -> int:
        """How many stories stand under it, shown or not."""
        return len(self.items) + len(self.more)


@dataclass(frozen=True, slots=True)
class SourcesRead:
    """How complete the reading was."""

    total: int
    unread: tuple[tuple[str, str], ...] = ()  # (outlet, what happened)
    waiting: int = 0  # not tried yet
    offline: tuple[tuple[datetime, datetime | None], ...] = ()  # when nothing could be read; None = it goes on

    @property
    def line(self) -> str:
        """One honest sentence."""
        if not self.total:
            return "No sources are being read."
        if self.offline and self.offline[-1][1] is None:
            return "icewire is offline: what was published since is still to be read."
        read = self.total - len(self.unread) - self.waiting
        later = f"; {self.waiting} will be read for the first time soon" if self.waiting else ""
        if read == self.total:
            return f"All {self.total} sources were read." if self.total > 1 else "The one source was read."
        if self.unread and self.total == 1:
            return "The one source could not be read."
        lost = f", {len(self.unread)} could not be read" if self.unread else ""
        return f"{read} of {self.total} sources were read{lost}{later}."


@dataclass(frozen=True, slots=True)
class Digest:
    """One subscriber's mail for one local date: what developed in stories told before, then a section a search."""

    local_date: date
    timezone: str
    sections: tuple[Section, ...]
    sources: SourcesRead
    late: str = ""  # says so when it comes late
    updates: tuple[DigestItem, ...] = ()  # stories told before that developed since, or were told wrongly
    more_updates: tuple[DigestItem, ...] = ()  # for which there is no room

    def name_of(self, search: str) -> str:
        """What a search is called."""
        return next((section.heading for section in self.sections if section.search == search), search)

    @property
    def stories(self) -> int:
        """How many stories it tells for the first time, shown or not."""
        return sum(section.found for section in self.sections)

    @property
    def updated(self) -> int:
        """How many stories it tells again, shown or not."""
        return len(self.updates) + len(self.more_updates)

    @property
    def shown(self) -> tuple[DigestItem, ...]:
        """Its entries."""
        return (*self.updates, *(item for section in self.sections for item in section.items))

    @property
    def hidden(self) -> tuple[DigestItem, ...]:
        """What it only counts."""
        return (*self.more_updates, *(item for section in self.sections for item in section.more))

    def coming(self, story: MatchedStory) -> tuple[Ahead, ...]:
        """What a story tells of days that are not over when this is read."""
        return tuple(ahead for ahead in story.ahead if ahead.day >= self.local_date)

    def above(self, section: Section) -> tuple[DigestItem, ...]:
        """What a section found that is shown elsewhere in this mail."""
        shown = {item.story.story_id for item in self.shown}
        return tuple(item for item in section.elsewhere if item.story.story_id in shown)

    @property
    def counted(self) -> str:
        """How much it holds: "2 stories and 1 update"; "" when nothing."""
        counts = ((self.stories, "story", "stories"), (self.updated, "update", "updates"))
        return " and ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)

    @property
    def subject(self) -> str:
        """What the inbox shows: how many, and the first places."""
        day = f"{self.local_date:%B} {self.local_date.day}"
        if not self.counted:
            return f"ICE news, {day}: nothing found"
        told = (*(item for section in self.sections for item in section.items), *self.updates)
        places = (item.story.place for item in (*told, *self.hidden))
        return with_places(f"ICE news, {day}: {self.counted}", towns_of(places))


def compose(
    local_date: date,
    timezone: str,
    searches: Sequence[str],
    found: Sequence[MatchedStory],
    sources: SourcesRead,
    now: datetime,
    due: datetime | None = None,
    developed: Sequence[MatchedStory] = (),
    headings: Mapping[str, Heading] | None = None,
) -> Digest:
    """One digest: a section for each search, in their order; a story only in the first section that met it.

    `found` may name a story once per search. The most important stories come first, as many as fit: 80 in all, and of
    a section as `limits.py` says; the others are counted. `developed` are stories that an earlier digest told, in the
    same way, each with its development or a correction. A digest made more than 15 minutes after it was `due` says so;
    one that somebody asked for (None) is never late. `headings` are what the searches are called.
    """
    called = headings or {}
    items = sorted(
        _items(searches, found, called), key=lambda item: (-importance(item.story, now), item.story.story_id)
    )
    updates = sorted(_items(searches, developed, called), key=_newest_first)
    sections = tuple(_section(search, called.get(search, Heading()), items, updates) for search in searches)
    late = _late(due, now, ZoneInfo(timezone))
    shown, more = tuple(updates[:MOST_UPDATES]), tuple(updates[MOST_UPDATES:])
    return limited(Digest(local_date, timezone, sections, sources, late, shown, more), MOST_ENTRIES)


def limited(digest: Digest, most: int) -> Digest:
    """The same with at most so many entries, shared fairly by its sections; what goes is counted as the rest is."""
    wanted = [len(digest.updates), *(len(section.items) for section in digest.sections)]
    of_updates, *of_sections = shares(wanted, most)
    return replace(
        digest,
        updates=digest.updates[:of_updates],
        more_updates=digest.updates[of_updates:] + digest.more_updates,
        sections=tuple(
            replace(section, items=section.items[:n], more=section.items[n:] + section.more)
            for section, n in zip(digest.sections, of_sections, strict=True)
        ),
    )


def _section(search: str, called: Heading, items: Sequence[DigestItem], updates: Sequence[DigestItem]) -> Section:
    shown, more = parted([item for item in items if item.story.search == search], called.most)
    elsewhere = [item for item in items if search in item.also_met]
    elsewhere += [item for item in updates if search in (item.story.search, *item.also_met)]
    return Section(search, shown, called, tuple(elsewhere), more)


def _items(
    searches: Sequence[str], found: Sequence[MatchedStory], called: Mapping[str, Heading]
) -> Iterator[DigestItem]:
    """Each story once, under the first of the searches that met it."""
    by_story: dict[int, dict[str, MatchedStory]] = {}
    for f in found:
        by_story.setdefault(f.story_id, {}).setdefault(f.search, f)
    for met in by_story.values():
        mine = [search for search in searches if search in met]
        if mine:
            others = tuple(mine[1:])
            yield DigestItem(met[mine[0]], others, tuple(_name_of(search, called) for search in others))


def _name_of(search: str, called: Mapping[str, Heading]) -> str:
    return called.get(search, Heading()).title or search or "every story"


def _newest_first(item: DigestItem) -> tuple[float, int]:
    moment = item.told_at
    return (-moment.timestamp() if moment else 0.0, item.story.story_id)


def _late(due: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    if due is None or now - due <= LATE_AFTER:
        return ""

    def said(moment: datetime) -> str:
        there = moment.astimezone(zone)
        return f"{there:%H:%M} on {said_day(there, now.astimezone(zone), '%B')}"

    return f"This digest was due at {said(due)}; it was made at {said(now)}."
