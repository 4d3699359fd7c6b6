"""What an explanation consists of: a value for each thing that is told.

`as_json` of each is what --json prints. Other programs rely on its keys; a reason stands there twice, in words for a
person and as its code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from alerts.locale import in_words
from crawler.model import EntryState, Label, RuledOn, Why

NOTHING = Why()  # no reason to tell


def _facts(told: Any, because: str = "because") -> dict[str, Any]:
    """The fields of a flat value in their order, its reason in words under the name given."""
    facts: dict[str, Any] = {}
    for field in fields(told):
        value = getattr(told, field.name)
        facts |= _reason(value, because) if isinstance(value, Why) else {field.name: value}
    return facts


def _reason(why: Why, because: str = "because") -> dict[str, Any]:
    return {because: in_words(why), "why": why.as_json()}


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed's entry for the page, and what became of it."""

    url: str
    title: str
    state: EntryState
    seen_at: datetime
    attempts: int
    retry_at: datetime | None
    why: Why
    source: str

    def as_json(self) -> dict[str, Any]:
        return _facts(self, "reason")


@dataclass(frozen=True, slots=True)
class Promises:
    """How much of what activity needs a page says, 1 = all: its headline alone, and with its text."""

    headline: float
    text: float


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Whether the gate lets the raw page through, and why."""

    passes: bool
    because: str
    promises: Promises | None = None  # None: of a page without an article, or not known any more

    def as_json(self) -> dict[str, Any]:
        facts = {"passes": self.passes, "because": self.because}
        if self.promises is None:
            return facts
        return facts | {"headline_promises": self.promises.headline, "text_promises": self.promises.text}


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What a page says, as it was extracted; the text itself is not told."""

    url: str
    link: str
    title: str
    authors: Sequence[str]
    published_at: datetime | date | None
    modified_at: datetime | None
    language: str
    wire: str
    paywalled: bool
    image_url: str
    opt_out: str
    fetched_at: datetime
    gone_at: datetime | None
    look_at: datetime | None
    content_hash: str
    words: int
    source: str
    witnesses: Mapping[str, str]  # by field: where on the page it stood
    credit: str  # organisations that the page names as author

    def as_json(self) -> dict[str, Any]:
        return {("from" if name == "witnesses" else name): value for name, value in _facts(self).items()}


@dataclass(frozen=True, slots=True)
class TopicAnswer:
    """Whether it is on the topic; the evidence is told as the verdict stores it."""

    label: Label
    kind: str
    second_kind: str
    score: float
    evidence: Sequence[Mapping[str, Any]]
    actors: Sequence[Mapping[str, str]]  # who acts, each with the sentence that says so
    said_by: Sequence[Mapping[str, str]]  # on whose word

    def as_json(self) -> dict[str, Any]:
        return _facts(self)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One outlet's article of the story."""

    outlet: str
    title: str
    url: str
    copy: bool
    why: Why  # it is in this story
    gone_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        return _facts(self)


@dataclass(frozen=True, slots=True)
class Apart:
    """Another story that the article nearly joined. What only the archive found has no `why`, but words."""

    story: int | None
    title: str
    url: str
    because: str
    why: Why = NOTHING

    def as_json(self) -> dict[str, Any]:
        return _facts(self) | {"because": self.because}  # in these words, whatever the code


@dataclass(frozen=True, slots=True)
class StoryAnswer:
    """The story an article is in or would join."""

    id: int | None  # None: it would open one
    follows: int | None  # an earlier story of the same matter
    by_hand: bool
    why: Why  # it is this one
    copy: bool
    reports: Sequence[ReportLine]
    apart: Sequence[Apart]
    change: Why | None = None  # since it was stored, of a stored page that is judged anew; else None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "follows": self.follows,
            "by_hand": self.by_hand,
            **_reason(self.why),
            "copy": self.copy,
            "reports": [report.as_json() for report in self.reports],
            "apart": [other.as_json() for other in self.apart],
            **({} if self.change is None else {"change": in_words(self.change)}),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """An earlier version of the article, and what the next one changed."""

    title: str
    fetched_at: datetime
    replaced_at: datetime
    diff: Sequence[Sequence[str]]
    why: Why

    def as_json(self) -> dict[str, Any]:
        return _facts(self, "change")


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A search, whether it meets the story, and what it lacks else."""

    subscriber: str  # as it is to be shown
    state: str
    search: str
    matched: Sequence[str] | None  # None: it does not meet it
    window: str
    missing: Sequence[str]
    mailed: bool

    def as_json(self) -> dict[str, Any]:
        return _facts(self)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a person said against the judgement: a label, places or a kind, in words that --right takes."""

    what: RuledOn
    said: str
    judged: str  # by icewire, last
    made_at: datetime

    def as_json(self) -> dict[str, Any]:
        return _facts(self)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is known of a page and judged of it, as far as it came; the places as the verdict stores them."""

    url: str
    judged: Literal["stored", "anew"]
    how: str  # the page was come by
    listings: Sequence[Listing]
    kept: bool = False
    why: Why = NOTHING  # it is kept or not
    gate: GateAnswer | None = None
    article: ArticleFacts | None = None
    topic: TopicAnswer | None = None
    places: Sequence[Mapping[str, Any]] = ()
    story: StoryAnswer | None = None
    changes: Sequence[Change] = ()
    searches: Sequence[SearchAnswer] = ()
    corrections: Sequence[Corrected] = ()

    def as_json(self) -> dict[str, Any]:
        """Every key, whatever is known; null and [] where nothing is."""
        return {
            "url": self.url,
            "judged": self.judged,
            "how": self.how,
            "entries": [listing.as_json() for listing in self.listings],
            "kept": self.kept,
            **_reason(self.why),
            "gate": self.gate and self.gate.as_json(),
            "article": self.article and self.article.as_json(),
            "topic": self.topic and self.topic.as_json(),
            "places": list(self.places),
            "story": self.story and self.story.as_json(),
            "revisions": [change.as_json() for change in self.changes],
            "searches": [search.as_json() for search in self.searches],
            "corrections": [corrected.as_json() for corrected in self.corrections],
        }
