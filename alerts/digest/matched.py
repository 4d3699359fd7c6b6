"""A stored story and why it met a search become what a digest tells of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from alerts.digest.ahead import Ahead, dates_ahead
from alerts.digest.story import Development, Difference, FirstReport, MatchedStory, OtherReport, SaidNumber
from alerts.matching import is_wished
from alerts.people import Match, Subscription
from alerts.query import Query, always, place_fit, read_hit, spans_in
from crawler.model import Article, Why, inner
from crawler.store import Report, StoryView

if TYPE_CHECKING:
    from crawler.changes import Figure

_MOST_AHEAD = 2


def matched_story(
    match: Match, subscription: Subscription, query: Query | None, view: StoryView, language: str, told: MatchedStory
) -> MatchedStory:
    """A story as it is told to who has this search; `query` is the search as it was read, if it can be.

    `language` is that of the reader; `told` is what `story_told` makes of this view.
    """
    lead = view.lead
    matched = view.report(match.article_id)
    terms = [why for term in match.terms if (why := inner(term))]
    return replace(
        told,
        search=subscription.query,
        terms=read_hit(_telling(terms, query, view), language),
        window=match.window,
        window_from=matched.source.name if matched is not lead else "",
        window_language=matched.article.language,
        marks=spans_in(query, match.window, matched.places) if query and match.window else (),
        fit=place_fit(query, lead.places) if query else 0,
        unwelcome=match.unwelcome > 0,
        wished=is_wished(terms, lead),
    )


def story_told(view: StoryView) -> MatchedStory:
    """A story as it is told to everybody, whatever search met it."""
    lead = view.lead
    return MatchedStory(
        story_id=view.story.id or 0,
        search="",
        terms=(),
        window="",
        window_from="",
        title=lead.article.title,
        url=lead.article.link,
        outlet=lead.source.name,
        published_at=lead.article.published_at,
        day_only=lead.article.day_only,
        place=view.place,
        kind=lead.verdict.kind,
        second_kind=lead.verdict.second_kind,
        actors=tuple(named["who"] for named in lead.verdict.actors),
        said_by=tuple(named["who"] for named in lead.verdict.said_by),
        language=lead.article.language,
        wire=lead.article.wire,
        paywalled=lead.article.paywalled,
        others=tuple(OtherReport(r.source.name, r.article.link) for r in _others(view)),
        copies=view.copies,
        development=development_of(view),
        first=first_report(view),
        differences=differences(view),
        ahead=_ahead(view),
    )


def first_report(view: StoryView) -> FirstReport | None:
    """The newsroom that had it first: both its own clock and ours say so, to the minute; None when they do not.

    A wire service's story is nobody's own, and of an only newsroom it goes without saying.
    """
    own = [view.lead, *_others(view)]
    moments = [r.article.published_at for r in own if r.article.published_at and not r.article.day_only]
    if len(own) < 2 or len(moments) < len(own):
        return None
    earliest = min(moments)
    first = [r for r in own if r.article.published_at == earliest]
    seen = min(view.reports, key=lambda r: r.article.stored_at or r.article.fetched_at)
    if len(first) > 1 or seen.article.id != first[0].article.id or first[0].article.wire:
        return None
    return FirstReport(first[0].source.name, earliest)


def differences(view: StoryView) -> tuple[Difference, ...]:
    """The numbers in which outlets differ, each report's own, earliest first; a copy says nothing of its own."""
    own = [view.lead, *_others(view)]
    if len(own) < 2:
        return ()
    from crawler.changes import figures  # most stories have one report

    given: dict[str, list[tuple[Figure, Report]]] = {}
    for report in sorted(own, key=_moment):
        for figure in figures(report.article.title, report.article.text):
            given.setdefault(figure.kind, []).append((figure, report))
    differing = {k: g for k, g in given.items() if any(not a.agrees(b) for a, _ in g for b, _ in g)}
    return tuple(Difference(kind, tuple(_said(figure, r) for figure, r in g)) for kind, g in differing.items())


def _said(figure: "Figure", report: Report) -> SaidNumber:
    article = report.article
    return SaidNumber(figure.number, report.source.name, _said_at(article), figure.at_least, article.day_only)


def _said_at(article: Article) -> datetime | None:
    return max(filter(None, (article.published_at, article.modified_at)), default=None)


def _others(view: StoryView) -> list[Report]:
    """The first report of each other newsroom in its own words, as `StoryView.newsrooms` names them."""
    first: dict[str, Report] = {}
    for report in view.reports:
        own = report.text_id != view.lead.text_id and report.source.id != view.lead.source.id
        if own and report.source.name in view.newsrooms:
            first.setdefault(report.source.name, report)
    return list(first.values())


def _ahead(view: StoryView) -> tuple[Ahead, ...]:
    found: dict[tuple[date, str], Ahead] = {}
    for report in view.reports:
        article = report.article
        if report.quotable and article.language.startswith("en") and article.published_at:
            for ahead in dates_ahead(article.text, _days(report), _MOST_AHEAD):
                found.setdefault((ahead.day, ahead.act), ahead)
    return tuple(sorted(found.values(), key=lambda ahead: ahead.day)[:_MOST_AHEAD])


def _days(report: Report) -> frozenset[date]:
    """The days on which it was published and changed, where its outlet is."""
    article = report.article
    zone = _zone(report)
    moments = (article.published_at, article.modified_at)
    return frozenset((at if article.day_only else at.astimezone(zone)).date() for at in moments if at)


def _zone(report: Report) -> tzinfo:
    from crawler.places import zone_of

    return zone_of(report.source.state, report.source.county, report.source.city)


def _telling(terms: Iterable[Why], query: Query | None, view: StoryView) -> Sequence[Why]:
    """What of a hit neither the search nor the entry itself says."""
    known = always(query) if query else frozenset()
    shown = {"term_place": view.place, "term_source": view.lead.source.name}
    return [term for term in terms if str(term) not in known and shown.get(term.code) not in _values(term.args)]


def _values(args: Mapping[str, object]) -> set[object]:
    return {args.get("place"), args.get("value")} - {None}


def _moment(report: Report) -> tuple[float, int]:
    at = _said_at(report.article)
    return at.timestamp() if at else 0.0, report.article.id or 0


def development_of(view: StoryView) -> Development | None:
    """What happened last, with the report that says it; of an outlet that is not to be quoted, its headline."""
    report = view.developed_by
    if report is None:
        return None
    from crawler.changes import says  # few stories develop

    article = report.article
    reported_at = max(filter(None, (article.published_at, article.modified_at)), default=view.story.developed_at)
    quotable = report.quotable or says(view.story.development, article.title, "")
    return Development(
        line=view.story.development if quotable else article.title,
        url=article.link,
        outlet=report.source.name,
        reported_at=reported_at,
        language=article.language,
        paywalled=article.paywalled,
        day_only=article.day_only and reported_at == article.published_at,
    )
