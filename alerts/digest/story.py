"""A story as a digest tells it: what was found of it, ready to be shown. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerts.digest.ahead import Ahead
from crawler.topic import chosen


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
class OtherReport:
    """Another newsroom's own report of a story."""

    outlet: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class SaidNumber:
    """A number as one outlet gives it."""

    number: int
    outlet: str
    said_at: datetime | None = None
    at_least: bool = False
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What outlets count differently, earliest first; never added up."""

    kind: str  # "arrest", "death", …: the kinds of crawler/changes/phrases.toml and of the topic
    said: tuple[SaidNumber, ...]


@dataclass(frozen=True, slots=True)
class FirstReport:
    """Who had a story first, by its own clock and by ours."""

    outlet: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What an earlier digest told of a story that is known better now; "" = that was right."""

    told_on: date
    place: str = ""
    kind: str = ""
    apart: str = ""  # the headline of the story of which this one was told as a part
    joined: str = ""  # the headline under which this event was told a second time
    joined_id: int = 0  # the number of that story
    off: bool = False  # it is not on the topic at all


@dataclass(frozen=True, slots=True)
class MatchedStory:
    """A story that one of the subscriber's searches met."""

    story_id: int
    search: str  # the query as the subscriber wrote it
    terms: tuple[str, ...]  # why it matched, as far as the search itself does not say it: "mentioning raid"
    window: str  # at most 25 words around the match, never the lede
    window_from: str  # the outlet those words are from, when it is not the one shown
    title: str
    url: str
    outlet: str
    published_at: datetime | None
    place: str
    kind: str
    language: str
    second_kind: str = ""  # what else it is about
    actors: tuple[str, ...] = ()  # who acts, by the codes of crawler/topic/ice/actors.toml
    said_by: tuple[str, ...] = ()  # on whose word
    window_language: str = ""  # of those words; "" = that of the story
    marks: tuple[tuple[int, int], ...] = ()  # characters of the window that the search asks for, in order
    wire: str = ""
    paywalled: bool = False
    others: tuple[OtherReport, ...] = ()
    copies: int = 0
    told_title: str = ""  # the headline when the story was told; "" = as it is now
    day_only: bool = False  # published_at is a day, by its noon UTC
    development: Development | None = None  # the last one, when something happened since the first report
    fit: int = 0  # how well its place is the one that is asked for, see place_fit()
    first: FirstReport | None = None  # of several newsrooms
    differences: tuple[Difference, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    correction: Correction | None = None
    unwelcome: bool = False  # a mail that carried it was refused for what it holds: it is only counted
    wished: bool = False  # the search names the outlet that is shown

    @property
    def tells_who(self) -> bool:
        """Whether a line on who acted helps: it was done to somebody, and not just by those who usually do it."""
        kind, actors = chosen().kinds.named(self.kind), chosen().actors
        usual = actors.usual if actors else frozenset()
        return bool(kind and kind.to_somebody and (self.said_by or set(self.actors) - usual))

    @property
    def passages(self) -> Sequence[tuple[str, bool]]:
        """The window in pieces, and whether each is what the search asks for."""
        pieces, at = [], 0
        for start, end in self.marks:
            pieces += [(self.window[at:start], False), (self.window[start:end], True)]
            at = end
        return [piece for piece in (*pieces, (self.window[at:], False)) if piece[0]]


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
    def also_reported(self) -> bool:
        """Whether anybody else has it."""
        return bool(self.story.others or self.story.copies)

    @property
    def told_at(self) -> datetime | None:
        """When what it tells was reported last."""
        last = self.story.development
        return last.reported_at if last else self.story.published_at
