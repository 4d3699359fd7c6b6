"""What the archive tells of one story: values only, for its page and as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from alerts.digest import Development, Difference, development_of, differences
from alerts.locale import in_words
from alerts.web.archive.quoting import Edit, changed_words, quotation
from crawler.model import Article, Revision, Why, inner
from crawler.places import Place
from crawler.store import Report, StoryView
from crawler.text import is_web_address, visible

MOST_REVISIONS = 20


@dataclass(frozen=True, slots=True)
class ReportTold:
    """One outlet's report."""

    outlet: str
    outlet_id: str
    title: str
    link: str  # "" of what is no web address
    published_at: datetime | None
    day_only: bool
    first_seen_at: datetime
    language: str
    wire: str
    paywalled: bool
    gone_at: datetime | None  # its page is no more, since then
    copy_of: str  # the outlet whose text it repeats; "" = its own
    why: Why  # why it stands in this story


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """Where it happened, and in whose words."""

    place: Place
    sentence: str  # at most 25 words; "" = none may be quoted
    outlet: str


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """What a report said otherwise later."""

    outlet: str
    at: datetime
    what: Why
    headline: tuple[str, str] | None  # before and after, when it changed
    words: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class StoryAccount:
    """A story."""

    number: int
    reports: tuple[ReportTold, ...]
    places: tuple[PlaceTold, ...]
    kinds: tuple[str, ...]
    actors: tuple[str, ...]
    said_by: tuple[str, ...]
    differences: tuple[Difference, ...]
    development: Development | None
    changes: tuple[ChangeTold, ...]
    why: Why
    published_at: datetime | None  # first, by what the reports say
    first_seen_at: datetime
    developed_at: datetime | None
    first_mailed_at: datetime | None
    update_mailed_at: datetime | None  # when a mail first told what is new
    follows: int | None
    authors: tuple[str, ...]  # of the report that is shown first

    @property
    def lead(self) -> ReportTold:
        """The report to show."""
        return self.reports[0]

    @property
    def seen(self) -> Sequence[str]:
        """The words by which it was judged to be on the topic."""
        return tuple(map(str, self.why.args.get("seen", ())))

    @property
    def place(self) -> str:
        """The first place; "" when nobody says."""
        return next((str(told.place) for told in self.places), "")


def story_told(
    view: StoryView,
    revisions: Sequence[Revision],
    first_mailed_at: datetime | None,
    update_mailed_at: datetime | None = None,
) -> StoryAccount:
    """All that is told of a story; `revisions` of its articles, the last replaced first."""
    story, lead = view.story, view.lead
    published = [r.article.published_at for r in view.reports if r.article.published_at]
    return StoryAccount(
        number=story.id or 0,
        reports=tuple(_report(view, report) for report in view.reports),
        places=_places(view),
        kinds=tuple(dict.fromkeys(kind for report in view.reports for kind in report.verdict.kinds))[:4],
        actors=_named(view, "actors"),
        said_by=_named(view, "said_by"),
        differences=differences(view),
        development=development_of(view) if story.developed_at else None,
        changes=tuple(_changes(view, revisions)),
        why=_why_here(lead),
        published_at=min(published, default=None),
        first_seen_at=story.opened_at,
        developed_at=story.developed_at,
        first_mailed_at=first_mailed_at,
        update_mailed_at=update_mailed_at,
        follows=story.follows,
        authors=tuple(lead.article.authors),
    )


@lru_cache(maxsize=4096)  # lists show the same ones again and again
def linked(url: str) -> str:
    """An address that may be a link; "" of any other."""
    return visible(url) if is_web_address(url) else ""


def _report(view: StoryView, report: Report) -> ReportTold:
    article, verdict = report.article, report.verdict
    copied = next((r for r in view.reports if r.article.id == verdict.copy_of), None)
    return ReportTold(
        outlet=report.source.name,
        outlet_id=report.source.id,
        title=article.title,
        link=linked(article.link),
        published_at=article.published_at,
        day_only=article.day_only,
        first_seen_at=_seen(article),
        language=article.language,
        wire=article.wire,
        paywalled=article.paywalled,
        gone_at=article.gone_at,
        copy_of=copied.source.name if copied else "",
        why=_joined(Why(verdict.grouped_because, verdict.grouped_because_args)),
    )


def _seen(article: Article) -> datetime:
    return article.stored_at or article.fetched_at


def _joined(why: Why) -> Why:
    """Without the names of people that two reports have in common."""
    return Why(why.code, {name: value for name, value in why.args.items() if name not in ("names", "merges")})


def _why_here(lead: Report) -> Why:
    seen = list(dict.fromkeys(str(found["term"]) for found in lead.verdict.evidence[:4]))
    return Why("about_activity", {"score": lead.verdict.score, "seen": seen})


def _places(view: StoryView) -> tuple[PlaceTold, ...]:
    """Each place once; each report is quoted at most once."""
    from crawler.places import said_of

    told: dict[Place, PlaceTold] = {}
    quoted: set[int | None] = set()
    for report in view.reports:
        events = [p for p in report.verdict.places if p.get("role", "event") == "event"]
        said = said_of(report.verdict) or tuple((str(place.get("sentence", "")),) for place in events)
        for place, sentences in zip(report.places, said, strict=False):
            if place in told and told[place].sentence:
                continue
            sentence = "" if report.article.id in quoted else quotation(report, sentences, place.name)
            if sentence:
                quoted.add(report.article.id)
            told[place] = PlaceTold(place, sentence, report.source.name if sentence else "")
    return tuple(told.values())


def _named(view: StoryView, column: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one["who"] for report in view.reports for one in getattr(report.verdict, column)))


def _changes(view: StoryView, revisions: Sequence[Revision]) -> list[ChangeTold]:
    """The last change first; of each report only that one quotes."""
    reports = {report.article.id: report for report in view.reports}
    later: dict[int, tuple[str, str]] = {}  # of each article the version after the one that is looked at
    told = []
    for revision in revisions:
        report = reports[revision.article_id]
        title, text = later.get(revision.article_id, (report.article.title, report.article.text))
        quotes = report.quotable and revision.article_id not in later
        words = changed_words(revision.title, revision.text, title, text) if quotes else ()
        headline = (revision.title, title) if revision.title != title else None
        what = _unquoted(Why(revision.change, revision.change_args))
        told.append(ChangeTold(report.source.name, revision.replaced_at, what, headline, words))
        later[revision.article_id] = revision.title, revision.text
    return told


def _unquoted(what: Why) -> Why:
    """What changed, without a word of the text."""
    parts = [inner(part) or Why() for part in what.args.get("parts", ())]
    told = [Why(f"{p.code}_unquoted", {"count": p.args["count"]}) if "quoted" in p.args else p for p in parts]
    kept = [part.as_json() for part in told if part and part.code != "headline"]  # which is shown itself
    return Why("changes", {"parts": kept}) if kept else Why()


def story_json(told: StoryAccount, base_url: str, language: str) -> dict[str, Any]:
    """A story as data."""
    return {
        "id": told.number,
        "url": f"{base_url}/stories/{told.number}",
        "title": visible(told.lead.title),
        "kinds": list(told.kinds),
        "reports": [_report_json(report, language) for report in told.reports],
        "places": [_place_json(one) for one in told.places],
        "actors": list(told.actors),
        "said_by": list(told.said_by),
        "numbers": [_difference_json(one) for one in told.differences],
        "changes": [_change_json(one, language) for one in told.changes],
        "why": visible(in_words(told.why, language)),
        "published_at": written(told.published_at),
        "first_seen_at": written(told.first_seen_at),
        "developed_at": written(told.developed_at),
        "development": visible(told.development.line) if told.development else None,
        "first_mailed_at": written(told.first_mailed_at),
        "follows": told.follows,
    }


def written(moment: datetime | None) -> str | None:
    """A time as data has it (RFC 3339)."""
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _report_json(report: ReportTold, language: str) -> dict[str, Any]:
    return {
        "outlet": {"id": report.outlet_id, "name": visible(report.outlet)},
        "title": visible(report.title),
        "link": report.link or None,
        "published_at": written(report.published_at),
        "day_only": report.day_only,
        "first_seen_at": written(report.first_seen_at),
        "language": report.language,
        "wire": visible(report.wire),
        "paywalled": report.paywalled,
        "gone": report.gone_at is not None,
        "copy_of": visible(report.copy_of) or None,
        "why": visible(in_words(report.why, language)) if report.why else None,
    }


def _place_json(told: PlaceTold) -> dict[str, Any]:
    place = told.place
    known = {"name": place.name, "kind": place.kind, "county": place.county, "state": place.state}
    return known | {"sentence": visible(told.sentence) or None, "outlet": visible(told.outlet) or None}


def _difference_json(one: Difference) -> dict[str, Any]:
    said = [
        {"outlet": visible(s.outlet), "number": s.number, "at_least": s.at_least, "said_at": written(s.said_at)}
        for s in one.said
    ]
    return {"of": one.kind, "said": said}


def _change_json(change: ChangeTold, language: str) -> dict[str, Any]:
    before, after = change.headline or ("", "")
    return {
        "outlet": visible(change.outlet),
        "at": written(change.at),
        "what": visible(in_words(change.what, language)) if change.what else None,
        "headline": {"before": visible(before), "after": visible(after)} if change.headline else None,
        "words": [{"kind": kind, "words": visible(words)} for kind, words in change.words],
    }
