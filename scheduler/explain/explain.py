"""Everything that is judged of one page, as data: a stored one as stored, any other anew and without storing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from crawler.store import Report, StoryView
from crawler.text import stored as moment_of
from scheduler.deployment import Deployment
from scheduler.explain.afresh import Fresh, judge_afresh, source_named, source_of
from scheduler.explain.grouped import kept_apart, would_join
from scheduler.explain.page import Given, fetch_page, read_page

FIELDS = (
    "url", "link", "title", "authors", "published_at", "modified_at", "language", "wire", "paywalled", "image_url",
    "opt_out", "fetched_at", "gone_at", "look_at", "content_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants explained, and how."""

    what: str  # an address, or a saved page
    url: str = ""  # of a saved page: where it was
    outlet: str = ""  # judge it as if this outlet had published it
    fresh: bool | None = None  # None: as stored, or anew when nothing is stored
    subscriber: str = ""  # only this address's searches, unmasked


def explanation(deployment: Deployment, asked: Asked) -> dict[str, Any]:
    """What is known of a page and what is judged of it, as JSON-able data.

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
    entries, article = _known(asked.what, deployment)
    if asked.fresh or (asked.fresh is None and not entries and article is None):
        given = fetch_page(asked.what, deployment.asker())
        return _told_anew(given, asked, people, deployment)
    if asked.outlet:
        raise IcewireError("--outlet is for a page that is judged anew; add --fresh")
    if article is None and not entries:
        raise IcewireError(f"{asked.what}: no feed has listed this address and nothing is stored of it")
    return _told_as_stored(asked.what, entries, article, people, deployment)


def _known(url: str, deployment: Deployment) -> tuple[list[tuple[Entry, Source]], Article | None]:
    """The entries for an address, and the stored article."""
    entries = deployment.watchlist.entries_at(url)
    article = deployment.store.article_at(url)
    if article is None:
        article = next((deployment.store.article(e.article_id) for e, _ in entries if e.article_id), None)
    return entries, article


def _told_as_stored(
    url: str, entries: Sequence[tuple[Entry, Source]], article: Article | None, people: "People", deployment: Deployment
) -> dict[str, Any]:
    told = _told(url, "stored", "as it is stored", entries)
    views = deployment.store.views([article.story_id]) if article and article.story_id else []
    if article is None or not views:
        return told
    view = views[0]
    report = next(r for r in view.reports if r.article.id == article.id)
    gate = {"passes": True, "because": "it did when it was read; the page itself is not kept"}
    if "feed" in article.witnesses.get("text", ""):
        gate["because"] = "it did when it was read, as the feed's own full text; that is not kept"
    told |= {"kept": True, "gate": gate} | _because(off_topic_reason(report.verdict))
    told |= _judged(report)
    apart = kept_apart(article, report.verdict, view.story.id, _apart(report.verdict), deployment)
    story = _story(view, _grouped(report.verdict), report.verdict.copy_of is not None, apart)
    searches = _searches(documents_of(view), people, _mailed(view.story.id, deployment))
    return told | {"story": story, "revisions": _revisions(article, deployment), "searches": searches}


def _told_anew(given: Given, asked: Asked, people: "People", deployment: Deployment) -> dict[str, Any]:
    entries, stored = _known(given.url, deployment)
    if not entries and given.url != asked.what:  # a redirect led from what was listed
        entries, _ = _known(asked.what, deployment)
    listed = entries[0][1] if entries else None
    source = source_named(asked.outlet, deployment) if asked.outlet else listed or source_of(given.url, deployment)
    hint = hint_of(entries[0][0]) if entries else Hint()
    fresh = judge_afresh(given, source, hint, deployment)
    told = _told(given.url, "anew", given.how, entries) | {"gate": fresh.gate}
    if fresh.article is None or fresh.verdict is None:
        return told | {"kept": False} | _because(fresh.because)
    report = Report(fresh.article, source, fresh.verdict)
    stored = stored or deployment.store.article_at(fresh.article.url)
    kept = fresh.gate["passes"] and (fresh.verdict.label == "activity" or stored is not None)
    told |= {"kept": kept} | _because(_why_kept(fresh, fresh.verdict)) | _judged(report)
    if not kept:
        return told
    grouping = STAYS if stored else would_join(fresh.article, fresh.verdict, deployment)
    story_id = stored.story_id if stored else grouping.story_id
    views = deployment.store.views([story_id]) if story_id else []
    others = [r for view in views for r in view.reports if r.article.url != fresh.article.url]
    documents = [document_of(report), *map(document_of, others)]
    apart = kept_apart(fresh.article, fresh.verdict, story_id, dict(grouping.apart), deployment)
    story = _story(views[0] if views else None, grouping.because, grouping.copy_of is not None, apart)
    if stored:
        change = material_change(stored.title, stored.text, fresh.article.title, fresh.article.text)
        story["change"] = in_words(change)
    return told | {"story": story, "searches": _searches(documents, people, _mailed(story_id, deployment))}


def _told(url: str, judged: str, how: str, entries: Sequence[tuple[Entry, Source]]) -> dict[str, Any]:
    """An explanation in which nothing has been judged yet."""
    return {
        "url": url, "judged": judged, "how": how, "entries": [_entry(e, s) for e, s in entries], "kept": False,
        **_because(_reason(entries[0][0]) if entries else Why()), "gate": None, "article": None, "topic": None,
        "places": [], "story": None, "revisions": [], "searches": [],
    }  # fmt: skip


def _why_kept(fresh: Fresh, verdict: Verdict) -> Why:
    return off_topic_reason(verdict) if fresh.gate["passes"] else because("never_mentioned")


def _because(why: Why) -> dict[str, Any]:
    """A reason for a person and for a program."""
    return {"because": in_words(why), "why": why.as_json()}


def _reason(entry: Entry) -> Why:
    return Why(entry.reason, entry.reason_args)


def _grouped(verdict: Verdict) -> Why:
    return Why(verdict.grouped_because, verdict.grouped_because_args)


def _apart(verdict: Verdict) -> dict[int, Why]:
    return {story: inner(why) or Why() for story, why in verdict.kept_apart}


def _entry(entry: Entry, source: Source) -> dict[str, Any]:
    facts = entry.model_dump(include={"url", "title", "state", "seen_at", "attempts", "retry_at"})
    why = _reason(entry)
    return facts | {"reason": in_words(why), "why": why.as_json(), "source": source.name}


def _judged(report: Report) -> dict[str, Any]:
    article, verdict = report.article, report.verdict
    published = moment_of(article.published_at, article.day_only)
    told = {f: getattr(article, f) for f in FIELDS} | {"published_at": published and published.value}
    told |= {"words": len(article.text.split()), "source": report.source.name, "from": article.witnesses}
    told["credit"] = article.witnesses.get("credit", "")  # organisations that the page names as author
    topic = {"label": verdict.label, "kind": verdict.kind, "score": verdict.score, "evidence": verdict.evidence}
    return {"article": told, "topic": topic, "places": verdict.places}


def _story(view: StoryView | None, why: Why, copy: bool, apart: list[dict[str, Any]]) -> dict[str, Any]:
    """The story an article is in or would join; id None: it would open one."""
    reports = [
        {
            "outlet": r.source.name,
            "title": r.article.title,
            "url": r.article.url,
            "copy": r.verdict.copy_of is not None,
            **_because(_grouped(r.verdict)),
            "gone_at": r.article.gone_at,
        }
        for r in (view.reports if view else ())
    ]
    facts = {
        "id": view.story.id if view else None,
        "follows": view.story.follows if view else None,  # an earlier story of the same matter
        "by_hand": bool(view and view.story.by_hand),
    }
    return facts | _because(why) | {"copy": copy, "reports": reports, "apart": apart}


def _revisions(article: Article, deployment: Deployment) -> list[dict[str, Any]]:
    facts = {"title", "diff", "fetched_at", "replaced_at"}
    return [
        r.model_dump(include=facts) | {"change": in_words(why := Why(r.change, r.change_args)), "why": why.as_json()}
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


def _searches(documents: Sequence[Document], people: People, mailed: set[int]) -> list[dict[str, Any]]:
    """Every search, whether it meets the story and what it lacks else; those that meet it first."""
    told = []
    for person, name, searches in people:
        for search_id, text in searches:
            one: dict[str, Any] = {"subscriber": name, "state": person.state, "search": text, "matched": None}
            one |= {"window": "", "missing": [], "mailed": search_id in mailed}
            try:
                query = parse(text, gazetteer())
            except QueryError as error:  # written for an older icewire
                told.append(one | {"missing": [f"the search cannot be read: {error}"]})
                continue
            hit = match_story(documents, query)
            if hit:
                one |= {"matched": [in_words(term) for term in hit.hit.terms], "window": hit.window}
            told.append(one | {"missing": list(why_missed(documents, query))})
    return sorted(told, key=lambda one: one["matched"] is None)
