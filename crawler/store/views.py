"""A stored story as its readers want it: its reports, the one to show first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, cast
from sqlmodel import col

from crawler.model import Article, Source, Story, Verdict

if TYPE_CHECKING:
    from crawler.places import Place

WHERE = cast(col(Verdict.places), String)  # for `Outline.where`


@dataclass(frozen=True, slots=True)
class Report:
    """One outlet's article of a story."""

    article: Article
    source: Source
    verdict: Verdict

    @property
    def text_id(self) -> int | None:
        """The same for all copies of one text."""
        return self.verdict.copy_of or self.article.id

    @property
    def quotable(self) -> bool:
        """Whether words of its text may be shown, beside its headline."""
        return not (self.source.headline_only or self.article.opt_out)

    @property
    def places(self) -> "tuple[Place, ...]":
        """Where it happened, best first."""
        from crawler.places import places_of  # brings all that finds them in a text

        return places_of(self.verdict)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a report without its text, so that tens of thousands can be looked through."""

    story_id: int
    source_id: str
    language: str
    published_at: datetime | None
    source_name: str
    kind: str
    second_kind: str
    where: str  # what `Verdict.places` keeps, as JSON: of most reports in a list nobody asks

    @property
    def places(self) -> "tuple[Place, ...]":
        """Where it happened, best first."""
        from crawler.places import places_from

        return places_from(json.loads(self.where))

    @property
    def kinds(self) -> tuple[str, ...]:
        """At most two, the main one first."""
        return tuple(kind for kind in (self.kind, self.second_kind) if kind)


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story with its reports, the one to show first."""

    story: Story
    reports: tuple[Report, ...]

    @property
    def news(self) -> "StoryView | None":
        """The same, of the reports that are news: what was old when it was found stands in the archive, in no mail."""
        fresh = tuple(report for report in self.reports if not report.article.old)
        return StoryView(self.story, fresh) if fresh else None

    def report(self, article_id: int | None) -> Report:
        """Its report with this article; the one to show first when it has none."""
        return next((report for report in self.reports if report.article.id == article_id), self.lead)

    def led_by(self, report: Report) -> "StoryView":
        """The same, with this one of its reports to show first."""
        return StoryView(self.story, (report, *(other for other in self.reports if other is not report)))

    @property
    def lead(self) -> Report:
        """The report to show."""
        return self.reports[0]

    @property
    def developed_by(self) -> Report | None:
        """The report that says what happened last: one of its own, and still there, if any; None when none says it."""
        line = self.story.development
        if not line:
            return None
        from crawler.changes import says  # brings all that compares texts; few stories develop

        saying = [r for r in self.reports if says(line, r.article.title, r.article.text)]
        return min(saying, key=lambda r: (bool(r.article.gone_at), r.verdict.copy_of is not None), default=None)

    @property
    def newsrooms(self) -> tuple[str, ...]:
        """The other outlets that reported it in their own words: one for each text but the lead's."""
        return newsrooms([(r.text_id, r.source.id, r.source.name) for r in self.reports])

    @property
    def copies(self) -> int:
        """How many reports repeat the text of another one."""
        return len(self.reports) - len({r.text_id for r in self.reports})

    @property
    def place(self) -> str:
        """The place to show: the lead's, or the best any report has; "" when nobody says."""
        return next((str(places[0]) for r in self.reports if (places := r.places)), "")


def newsrooms(reports: Sequence[tuple[int | None, str, str]]) -> tuple[str, ...]:
    """Of (text, outlet, its name) of each report, the lead's first: who has a text of their own beside the lead's."""
    (lead_text, lead_outlet, _), *_ = reports
    first = {text: (outlet, name) for text, outlet, name in reversed(reports) if text != lead_text}
    return tuple(dict.fromkeys(name for outlet, name in reversed(first.values()) if outlet != lead_outlet))
