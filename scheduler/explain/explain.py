"""Everything that is judged of one page: a stored one as stored, any other anew and without storing it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.locale import in_words
from alerts.matching import document_of, documents_of
from alerts.people import Subscriber
from alerts.query import Document, QueryError, match_story, parse, why_missed
from crawler.changes import material_change
from crawler.extract import Hint
from crawler.grouping import STAYS
from crawler.judge import off_topic_reason
from crawler.model import Article, Entry, IcewireError, Source, Verdict, Why, because, inner
from crawler.places import shipped as gazetteer
from crawler.spiders import hint_of
from crawler.store import Report, StoryView, rulings_on, value_of
from crawler.text import stored as moment_of
from scheduler.deployment import Deployment
from scheduler.explain.afresh import judge_afresh, source_named, source_of
from scheduler.explain.grouped import kept_apart, would_join
from scheduler.explain.page import Given, fetch_page, read_page
from scheduler.explain.told import (
    NOTHING,
    Apart,
    ArticleFacts,
    Change,
    Corrected,
    Explanation,
    GateAnswer,
    Listing,
    ReportLine,
    SearchAnswer,
    StoryAnswer,
    TopicAnswer,
)

_PAGE_PASSED = "it did when it was read; the page itself is not kept"
_WAS_OLD = "its reports were too old to be news when they were found; it is kept for `icewire search`"
_FEED_PASSED = "it did when it was read, as the feed's own full text; that is not kept"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants explained, and how."""

    what: str  # an address, or a saved page
    url: str = ""  # of a saved page: where it was
    outlet: str = ""  # judge it as if this outlet had published it
    fresh: bool | None = None  # None: as stored, or anew when nothing is stored
    subscriber: str = ""  # only this address's searches, unmasked


def explanation(deployment: Deployment, asked: Asked) -> Explanation:
    """What is known of a page and what is judged of it.

    Raises IcewireError: no such file, outlet or subscriber, an address that cannot be had, options that do not go
    together.
    """
    people = _people(deployment, asked.subscriber)
    if not asked.what.lower().startswith(("https://", "http://")):
        if asked.fresh is False:
            raise IcewireError("--stored is for an address; a file is always judged anew")
        given = read_page(Path(asked.what), asked.url, deployment.settings.crawl.max_page_bytes)
        return _told_anew(given, asked, people, deployment)
    if asked.url:
        raise IcewireError("--url is for a file; an address is its own")
    entries, article = known_of(asked.what, deployment)
    if asked.fresh or (asked.fresh is None and not entries and article is None):
        given = fetch_page(asked.what, deployment.asker())
        return _told_anew(given, asked, people, deployment)
    if asked.outlet:
        raise IcewireError("--outlet is for a page that is judged anew; add --fresh")
    if article is None and not entries:
        raise IcewireError(f"{asked.what}: no feed has listed this address and nothing is stored of it")
    return _told_as_stored(asked.what, entries, article, people, deployment)


def known_of(url: str, deployment: Deployment) -> tuple[list[tuple[Entry, Source]], Article | None]:
    """The entries for an address, and the stored article."""
    entries = deployment.watchlist.entries_at(url)
    article = deployment.store.article_at(url)
    if article is None:
        article = next((deployment.store.article(e.article_id) for e, _ in entries if e.article_id), None)
    return entries, article


def _told_as_stored(
    url: str, entries: Sequence[tuple[Entry, Source]], article: Article | None, people: "People", deployment: Deployment
) -> Explanation:
    told = Explanation(url, "stored", "as it is stored", _listings(entries), why=_why_settled(entries))
    views = deployment.store.views([article.story_id]) if article and article.story_id else []
    if article is None:
        return told
    told = replace(told, corrections=corrections_of(article, deployment))
    if not views:
        return _told_off(told, deployment.store.report(article))
    view = views[0]
    report = next(r for r in view.reports if r.article.id == article.id)
    verdict = report.verdict
    own_text = "feed" in article.witnesses.get("text", "")
    apart = kept_apart(article, verdict, view.story.id, _apart(verdict), deployment)
    return replace(
        told,
        kept=True,
        why=off_topic_reason(verdict),
        gate=GateAnswer(True, _FEED_PASSED if own_text else _PAGE_PASSED),
        article=_facts_of(report),
        topic=_topic(verdict),
        places=verdict.places,
        story=_story(view, _grouped(verdict), verdict.copy_of is not None, apart),
        changes=_changes(article, deployment),
        searches=_searches(documents_of(view.news) if view.news else (), people, _mailed(view.story.id, deployment)),
    )


def _told_off(told: Explanation, report: Report) -> Explanation:
    """Of a stored page that a person put off topic."""
    return replace(
        told,
        why=because("ruled_off"),
        article=_facts_of(report),
        topic=_topic(report.verdict),
        places=report.verdict.places,
    )


def corrections_of(article: Article, deployment: Deployment) -> list[Corrected]:
    """What a person said against the judgement of an article."""
    return [
        Corrected(one.what, value_of(one.said), value_of(one.judged), one.made_at)
        for one in rulings_on(deployment.engine, article.id or 0)
    ]


def _told_anew(given: Given, asked: Asked, people: "People", deployment: Deployment) -> Explanation:
    entries, stored = known_of(given.url, deployment)
    if not entries and given.url != asked.what:  # a redirect led from what was listed
        entries, _ = known_of(asked.what, deployment)
    listed = deployment.watchlist.owners().of(given.url, entries[0][1]) if entries else None
    source = source_named(asked.outlet, deployment) if asked.outlet else listed or source_of(given.url, deployment)
    hint = next((hint_of(entry) for entry, listing in entries if listing.id == source.id), Hint())
    fresh = judge_afresh(given, source, hint, deployment.clock(), deployment.apart)
    told = Explanation(given.url, "anew", given.how, _listings(entries), why=fresh.because, gate=fresh.gate)
    if fresh.article is None or fresh.verdict is None:
        return told
    report = Report(fresh.article, source, fresh.verdict)
    stored = stored or deployment.store.article_at(fresh.article.url)
    is_off = stored is not None and stored.story_id is None
    why = because("ruled_off") if is_off else off_topic_reason(fresh.verdict)
    told = replace(
        told,
        kept=fresh.gate.passes and not is_off and (fresh.verdict.label == "activity" or stored is not None),
        why=why if is_off or fresh.gate.passes else because("never_mentioned"),
        corrections=corrections_of(stored, deployment) if stored else (),
        article=_facts_of(report),
        topic=_topic(fresh.verdict),
        places=fresh.verdict.places,
    )
    return _told_with_story(told, report, stored, people, deployment) if told.kept else told


def _told_with_story(
    told: Explanation, report: Report, stored: Article | None, people: "People", deployment: Deployment
) -> Explanation:
    """Of a page judged anew that would be kept: its story, and whom that meets. `stored`: as it is stored already."""
    article, verdict = report.article, report.verdict
    grouping = STAYS if stored else would_join(article, verdict, deployment)
    story_id = stored.story_id if stored else grouping.story_id
    views = deployment.store.views([story_id]) if story_id else []
    others = [r for view in views for r in view.reports if r.article.url != article.url]
    apart = kept_apart(article, verdict, story_id, dict(grouping.apart), deployment)
    story = _story(views[0] if views else None, grouping.because, grouping.copy_of is not None, apart)
    if stored:
        article.old = stored.old
        story = replace(story, change=material_change(stored.title, stored.text, article.title, article.text))
    documents = [document_of(r) for r in (report, *others) if not r.article.old]
    return replace(told, story=story, searches=_searches(documents, people, _mailed(story_id, deployment)))


def _why_settled(entries: Sequence[tuple[Entry, Source]]) -> Why:
    """What became of the first entry that led to a page."""
    return _reason(entries[0][0]) if entries else NOTHING


def _reason(entry: Entry) -> Why:
    return Why(entry.reason, entry.reason_args)


def _grouped(verdict: Verdict) -> Why:
    return Why(verdict.grouped_because, verdict.grouped_because_args)


def _apart(verdict: Verdict) -> dict[int, Why]:
    return {story: inner(why) or NOTHING for story, why in verdict.kept_apart}


def _listings(entries: Sequence[tuple[Entry, Source]]) -> list[Listing]:
    return [
        Listing(e.url, e.title, e.state, e.seen_at, e.attempts, e.retry_at, _reason(e), source.name)
        for e, source in entries
    ]


def _facts_of(report: Report) -> ArticleFacts:
    a = report.article
    published = moment_of(a.published_at, a.day_only)
    return ArticleFacts(
        url=a.url,
        link=a.link,
        title=a.title,
        authors=a.authors,
        published_at=published.value if published else None,
        modified_at=a.modified_at,
        language=a.language,
        wire=a.wire,
        paywalled=a.paywalled,
        image_url=a.image_url,
        opt_out=a.opt_out,
        fetched_at=a.fetched_at,
        gone_at=a.gone_at,
        look_at=a.look_at,
        content_hash=a.content_hash,
        words=len(a.text.split()),
        source=report.source.name,
        witnesses=a.witnesses,
        credit=a.witnesses.get("credit", ""),
    )


def _topic(verdict: Verdict) -> TopicAnswer:
    return TopicAnswer(
        verdict.label,
        verdict.kind,
        verdict.second_kind,
        verdict.score,
        verdict.evidence,
        verdict.actors,
        verdict.said_by,
    )


def _story(view: StoryView | None, why: Why, copy: bool, apart: Sequence[Apart]) -> StoryAnswer:
    """The story an article is in or would join; without a view it would open one."""
    if view is None:
        return StoryAnswer(None, None, False, why, copy, (), apart)
    reports = [
        ReportLine(
            r.source.name,
            r.article.title,
            r.article.url,
            r.verdict.copy_of is not None,
            _grouped(r.verdict),
            r.article.gone_at,
        )
        for r in view.reports
    ]
    return StoryAnswer(view.story.id, view.story.follows, view.story.by_hand, why, copy, reports, apart)


def _changes(article: Article, deployment: Deployment) -> list[Change]:
    return [
        Change(r.title, r.fetched_at, r.replaced_at, r.diff, Why(r.change, r.change_args))
        for r in deployment.store.revisions(article.id or 0)
    ]


People = list[tuple[Subscriber, str, list[tuple[int, str]]]]  # with the name to show, and searches by id


def _people(deployment: Deployment, address: str) -> People:
    """Whose searches are told: everybody's under masked addresses, or those of one who was asked for."""
    wanted = address.strip().lower()
    one = deployment.members.subscriber(wanted) if wanted else None
    if wanted and one is None:
        raise IcewireError(f"--subscriber: {address} has no search; `icewire subscribers` tells who has")
    return [
        (person, person.email if wanted else masked(person.email), [(s.id or 0, s.query) for s in searches])
        for person, searches in ([one] if one else deployment.members.subscribers())
    ]


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else can use.

    >>> masked("reader@paper.example")
    'r…@p….example'
    """
    name, _, domain = email.rpartition("@")
    host, _, suffix = domain.rpartition(".")
    return f"{name[:1]}…@{host[:1]}….{suffix}"


def _mailed(story_id: int | None, deployment: Deployment) -> set[int]:
    """The searches whose match with a story stands in a digest."""
    matches = deployment.matches.matches_of(story_id) if story_id else []
    return {match.subscription_id for match, _ in matches if match.digest_id is not None}


def _searches(documents: Sequence[Document], people: People, mailed: set[int]) -> list[SearchAnswer]:
    """Every search, whether it meets the story and what it lacks else; those that meet it first."""
    told = [
        _searched(documents, text, SearchAnswer(name, person.state, text, None, "", (), search_id in mailed))
        for person, name, searches in people
        for search_id, text in searches
    ]
    return sorted(told, key=lambda one: one.matched is None)


def _searched(documents: Sequence[Document], text: str, asked: SearchAnswer) -> SearchAnswer:
    try:
        query = parse(text, gazetteer())
    except QueryError as error:  # written for an older icewire
        return replace(asked, missing=[f"the search cannot be read: {error}"])
    if not documents:
        return replace(asked, missing=[_WAS_OLD])
    missing = [clause.said() for clause in why_missed(documents, query)]
    hit = match_story(documents, query)
    if not hit:
        return replace(asked, missing=missing)
    return replace(asked, matched=[in_words(term) for term in hit.hit.terms], window=hit.window, missing=missing)
