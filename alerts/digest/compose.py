"""compose(): one subscriber's digest as a value. Pure: what was found comes in, nothing is looked up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.digest.due import LATE_AFTER
from alerts.locale import said_day


@dataclass(frozen=True, slots=True)
class Development:
    """Something new that happened in a story, as a report says it."""

    line: str  # its own words
    url: str
    outlet: str
    reported_at: datetime | None
    language: str = "en"
    paywalled: bool = False
    day_only: bool = False  # reported_at is a day, by its noon UTC


@dataclass(frozen=True, slots=True)
class MatchedStory:
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
    window_language: str = ""  # of those words; "" = that of the story
    wire: str = ""
    paywalled: bool = False
    newsrooms: tuple[str, ...] = ()
    copies: int = 0
    told_title: str = ""  # the headline when the story was told; "" = as it is now
    day_only: bool = False  # published_at is a day, by its noon UTC
    development: Development | None = None  # the last one, when something happened since the first report


@dataclass(frozen=True, slots=True)
class DigestItem:
    """A story as the mail shows it, once, under the first search that met it."""

    story: MatchedStory
    also_met: tuple[str, ...]  # other searches of this subscriber that met it, as they were written
    also_for: tuple[str, ...] = ()  # what those are called

    @property
    def latest(self) -> Development | None:
        """What happened last, unless the headline shown says it."""
        last = self.story.development
        return last if last and last.line != self.story.title else None

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
class Heading:
    """How a search is called in the mail."""

    title: str = ""  # its own name, or what it asks for in words
    problem: str = ""  # why it finds nothing at all any more


@dataclass(frozen=True, slots=True)
class Section:
    """One search and what it found."""

    search: str
    items: tuple[DigestItem, ...]
    called: Heading = Heading()
    elsewhere: tuple[DigestItem, ...] = ()  # what it found as well, which stands under another search or as an update

    @property
    def heading(self) -> str:
        """What stands above it; the search itself stands small beneath when this is another text."""
        return self.called.title or self.search or "Every story"

    @property
    def beneath(self) -> str:
        """The search as it was written, where the heading does not say it."""
        return self.search if self.heading != self.search else ""


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
    updates: tuple[DigestItem, ...] = ()  # stories told before that developed since; each has its development

    def name_of(self, search: str) -> str:
        """What a search is called."""
        return next((section.heading for section in self.sections if section.search == search), search)

    @property
    def stories(self) -> int:
        """How many stories it tells for the first time."""
        return sum(len(s.items) for s in self.sections)

    @property
    def counted(self) -> str:
        """How much it holds: "2 stories and 1 update"; "" when nothing."""
        counts = ((self.stories, "story", "stories"), (len(self.updates), "update", "updates"))
        return " and ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)

    @property
    def subject(self) -> str:
        """What the inbox shows: how many, and the first places."""
        day = f"{self.local_date:%B} {self.local_date.day}"
        if not self.counted:
            return f"ICE news, {day}: nothing found"
        told = [item for section in self.sections for item in section.items]
        places = dict.fromkeys(i.story.place for i in [*told, *self.updates] if i.story.place)
        towns = [p.rsplit(",", 1)[0] for p in places]
        shown = ", ".join(towns[:3]) + (f" and {len(towns) - 3} more" if len(towns) > 3 else "")
        return f"ICE news, {day}: {self.counted}" + (f" ({shown})" if shown else "")


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

    `found` may name a story once per search. Newest stories come first. `developed` are stories that an earlier digest
    told, in the same way, each with its development. A digest made more than 15 minutes after it was `due` says so; one
    that somebody asked for (None) is never late. `headings` are what the searches are called.
    """
    called = headings or {}
    items = sorted(_items(searches, found, called), key=lambda item: _newest_first(item.story.published_at, item))
    updates = sorted(_items(searches, developed, called), key=lambda item: _newest_first(_reported_at(item), item))
    sections = tuple(
        Section(
            search,
            tuple(item for item in items if item.story.search == search),
            called.get(search, Heading()),
            tuple(item for item in items if search in item.also_met)
            + tuple(item for item in updates if search in (item.story.search, *item.also_met)),
        )
        for search in searches
    )
    late = _late(due, now, ZoneInfo(timezone))
    return Digest(local_date, timezone, sections, sources, late, tuple(updates))


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


def _reported_at(item: DigestItem) -> datetime | None:
    return item.story.development.reported_at if item.story.development else None


def _newest_first(moment: datetime | None, item: DigestItem) -> tuple[float, int]:
    return (-moment.timestamp() if moment else 0.0, item.story.story_id)


def stands_for(first: date, last: date, paused: bool) -> str:
    """Which days a digest stands for, and why one mail has to."""
    days = f"{first:%B} {first.day} to {last:%B} {last.day}"
    if paused:
        return f"This is all that was found while your digests were paused: it stands for {days}."
    return f"No digest could be made for some days: this one stands for {days}."


def _late(due: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    if due is None or now - due <= LATE_AFTER:
        return ""

    def said(moment: datetime) -> str:
        there = moment.astimezone(zone)
        return f"{there:%H:%M} on {said_day(there, now.astimezone(zone), '%B')}"

    return f"This digest was due at {said(due)}; it was made at {said(now)}."
