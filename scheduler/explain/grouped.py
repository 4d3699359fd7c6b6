"""How an article stands to the stories that are stored: what it would join, and what it was kept apart from."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from alerts.locale import in_words
from crawler.grouping import Grouping, containment
from crawler.model import Article, Verdict, Why
from crawler.places import Place, places_of
from crawler.store import Candidates, Report
from crawler.text import words
from scheduler.deployment import Deployment
from scheduler.explain.told import NOTHING, Apart

_LOOKED_AT = 40  # stories that the archive proposes for each question
_TITLE_WORDS = 4  # of the headline, the longest
_SHARED = 0.08  # of the shorter text's passages: worth telling
_DAYS = timedelta(days=3)
_MOST_TOLD = 3


def would_join(article: Article, verdict: Verdict, deployment: Deployment) -> Grouping:
    """What grouping says now of an article that is not stored; nothing is written."""
    return Candidates(deployment.engine).group(article, places_of(verdict))


def kept_apart(
    article: Article, verdict: Verdict, story_id: int | None, said: Mapping[int, Why], deployment: Deployment
) -> list[Apart]:
    """Other stories than `story_id` that an article nearly joined, and why it did not: what grouping `said` of them.

    Then those that share passages with it, or its town and days, of each the nearest report, at most three in all.
    They come from the archive's full-text index, by the article's towns and the longest words of its headline.
    """
    places = places_of(verdict)
    towns = [" ".join(words(p.name)) for p in places if p.kind == "city"]
    title = sorted(set(words(article.title)), key=lambda word: (-len(word), word))[:_TITLE_WORDS]
    ids = [i for clause in (towns, title) if clause for i in deployment.store.search([clause], _LOOKED_AT)]
    near: list[tuple[float, Apart]] = []
    for view in deployment.store.views(i for i in ids if i != story_id and i not in said):
        shares = [(share, r) for r in view.reports if (share := _share(article, places, r)) is not None]
        if shares:
            share, report = max(shares, key=lambda one: one[0])
            near.append((share, _told(report, _in_common(article, places, report, share))))
    first = [
        _told(view.lead, in_words(said[view.story.id or 0]), said[view.story.id or 0])
        for view in deployment.store.views(said)
    ]
    return [*first, *(told for _, told in sorted(near, key=lambda one: -one[0]))][:_MOST_TOLD]


def _told(report: Report, because: str, why: Why = NOTHING) -> Apart:
    return Apart(report.article.story_id, report.article.title, report.article.link, because, why)


def _share(article: Article, places: Sequence[Place], report: Report) -> float | None:
    """The share of passages in common with a report; None when that, town and days are nothing worth telling."""
    other = report.article
    if other.url == article.url:
        return None
    share = containment(article.text, other.text)
    near = _town(places, report) and _days_apart(article, other) is not None
    return share if share >= _SHARED or near else None


def _in_common(article: Article, places: Sequence[Place], report: Report, share: float) -> str:
    """What two reports have in common, for a person."""
    said = [f"{share:.0%} of the shorter text's passages"] if share >= 0.01 else []
    said += [f"both in {town}"] if (town := _town(places, report)) else []
    days = _days_apart(article, report.article)
    if days is not None:
        said.append("within a day" if days < 1 else f"{days:.0f} days apart")
    return ", ".join(said)


def _town(places: Sequence[Place], report: Report) -> str:
    return next((str(p) for p in places if p.kind == "city" and p in report.places), "")


def _days_apart(article: Article, other: Article) -> float | None:
    """None when it is more than a few, or not known."""
    if article.published_at is None or other.published_at is None:
        return None
    apart = abs(article.published_at - other.published_at)
    return apart / timedelta(days=1) if apart <= _DAYS else None
