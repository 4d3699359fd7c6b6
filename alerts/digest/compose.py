"""compose(): one subscriber's digest as a value. Pure: what was found comes in, nothing is looked up."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.digest.due import LATE_AFTER
from alerts.digest.importance import importance
from alerts.digest.limits import MOST_ENTRIES, MOST_IN_A_MAIL, MOST_OF_A_SECTION, MOST_UPDATES, Outlets, shares
from alerts.digest.story import Development, DigestItem, MatchedStory
from alerts.digest.subject import towns_of, with_places
from alerts.locale import phrasebook, said_day, said_hour, said_list, translations
from crawler.model import Why

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
    over: tuple[DigestItem, ...] = ()  # the same, as it is too much of one outlet

    @property
    def heading(self) -> str:
        """What stands above it."""
        return self.called.title or self.search

    @property
    def found(self) -> int:
        """How many stories stand under it, shown or not."""
        return len(self.items) + len(self.more) + len(self.over)

    @property
    def crowded(self) -> Sequence[tuple[str, int]]:
        """The outlets of which it found too much, and how much more, the most first."""
        return Counter(item.story.outlet for item in self.over).most_common()


@dataclass(frozen=True, slots=True)
class SourcesRead:
    """How complete the reading was."""

    total: int
    unread: tuple[tuple[str, Why], ...] = ()  # (outlet, what happened)
    waiting: int = 0  # not tried yet
    offline: tuple[tuple[datetime, datetime | None], ...] = ()  # when nothing could be read; None = it goes on

    def line(self, language: str = "en") -> str:
        """One honest sentence, or a few."""
        t = translations(language)
        if not self.total:
            return t.gettext("No sources are being read.")
        if self.offline and self.offline[-1][1] is None:
            return t.gettext("icewire is offline: what was published since is still to be read.")
        unread, read = len(self.unread), self.total - len(self.unread) - self.waiting
        if read == self.total:
            said = t.ngettext("The one source was read.", "All %(total)d sources were read.", self.total)
            return said % {"total": self.total}
        if self.unread and self.total == 1:
            return t.gettext("The one source could not be read.")
        parts = [t.gettext("%(read)d of %(total)d sources were read.") % {"read": read, "total": self.total}]
        if unread:
            parts.append(t.ngettext("%(n)d could not be read.", "%(n)d could not be read.", unread) % {"n": unread})
        if self.waiting:
            later = "%(n)d will be read for the first time soon."
            parts.append(
                t.ngettext("%(n)d will be read for the first time soon.", later, self.waiting) % {"n": self.waiting}
            )
        return " ".join(parts)


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
    language: str = "en"  # of the reader

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
        return (*self.more_updates, *(item for section in self.sections for item in (*section.more, *section.over)))

    def above(self, section: Section) -> tuple[DigestItem, ...]:
        """What a section found that is shown elsewhere in this mail."""
        shown = {item.story.story_id for item in self.shown}
        return tuple(item for item in section.elsewhere if item.story.story_id in shown)

    @property
    def counted(self) -> str:
        """How much it holds: "2 stories and 1 update"; "" when nothing."""
        t = translations(self.language)
        stories = t.ngettext("%(n)d story", "%(n)d stories", self.stories) % {"n": self.stories}
        updates = t.ngettext("%(n)d update", "%(n)d updates", self.updated) % {"n": self.updated}
        return said_list([said for said, n in ((stories, self.stories), (updates, self.updated)) if n], self.language)

    @property
    def subject(self) -> str:
        """What the inbox shows: how many, and the first places."""
        t, day = translations(self.language), said_day(self.local_date, self.local_date, "long", self.language)
        topic = phrasebook(self.language).topic.short
        if not self.counted:
            return t.gettext("%(topic)s news, %(day)s: nothing found") % {"topic": topic, "day": day}
        told = (*(item for section in self.sections for item in section.items), *self.updates)
        places = (item.story.place for item in (*told, *self.hidden))
        said = t.gettext("%(topic)s news, %(day)s: %(counted)s")
        said %= {"topic": topic, "day": day, "counted": self.counted}
        return with_places(said, towns_of(places), self.language)


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
    language: str = "en",
    most_of_an_outlet: int = MOST_IN_A_MAIL,
) -> Digest:
    """One digest: a section for each search, in their order; a story only in the first section that met it.

    `found` may name a story once per search. The most important stories come first, as many as fit: 80 in all, of a
    section and of an outlet as `limits.py` says; the others are counted. `developed` are stories that an earlier digest
    told, in the same way, each with its development or a correction. A digest made more than 15 minutes after it was
    `due` says so; one that somebody asked for (None) is never late. `headings` are what the searches are called.
    """
    every = Heading(translations(language).gettext("Every story"))
    called = {search: (headings or {}).get(search, Heading() if search else every) for search in searches}
    items = sorted(
        _items(searches, found, called), key=lambda item: (-importance(item.story, now), item.story.story_id)
    )
    updates = sorted(_items(searches, developed, called), key=_newest_first)
    outlets = Outlets(most_of_an_outlet)
    sections = tuple(_section(search, called[search], items, updates, outlets) for search in searches)
    late = _late(due, now, ZoneInfo(timezone), language)
    shown, more, over = outlets.parted(updates, MOST_UPDATES, MOST_UPDATES)
    return limited(Digest(local_date, timezone, sections, sources, late, shown, more + over, language), MOST_ENTRIES)


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


def _section(
    search: str, called: Heading, items: Sequence[DigestItem], updates: Sequence[DigestItem], outlets: Outlets
) -> Section:
    shown, more, over = outlets.parted([item for item in items if item.story.search == search], called.most)
    elsewhere = [item for item in items if search in item.also_met]
    elsewhere += [item for item in updates if search in (item.story.search, *item.also_met)]
    return Section(search, shown, called, tuple(elsewhere), more, over)


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
            yield DigestItem(met[mine[0]], others, tuple(called[search].title or search for search in others))


def _newest_first(item: DigestItem) -> tuple[float, int]:
    moment = item.told_at
    return (-moment.timestamp() if moment else 0.0, item.story.story_id)


def stands_for(first: date, last: date, paused: bool, language: str = "en") -> str:
    """Which days a digest stands for, and why one mail has to."""
    t = translations(language)
    said = t.gettext("No digest could be made for some days: this one stands for %(first)s to %(last)s.")
    if paused:
        said = t.gettext(
            "This is all that was found while your digests were paused: it stands for %(first)s to %(last)s."
        )
    first_day, last_day = (said_day(day, last, "long", language) for day in (first, last))
    return said % {"first": first_day, "last": last_day}


def _late(due: datetime | None, now: datetime, zone: ZoneInfo, language: str) -> str:
    if due is None or now - due <= LATE_AFTER:
        return ""

    t, today = translations(language), now.astimezone(zone).date()

    def said(moment: datetime) -> str:
        there = moment.astimezone(zone)
        day = said_day(there.date(), today, "long", language)
        return t.gettext("%(time)s on %(day)s") % {"time": said_hour(there, language), "day": day}

    said_late = t.gettext("This digest was due at %(due)s; it was made at %(made)s.")
    return said_late % {"due": said(due), "made": said(now)}
