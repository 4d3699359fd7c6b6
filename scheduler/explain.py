"""Everything that was judged of one page, as data and as text."""

from textwrap import shorten
from typing import Any

from rich.markup import escape
from rich.text import Text

from alerts.archive import documents_of
from alerts.matching import match_story
from alerts.query import parse
from crawler.story import Article, Entry, Source
from crawler.views import StoryView
from scheduler.deployment import Deployment, gazetteer
from scheduler.show import out


def explanation(deployment: Deployment, url: str) -> dict[str, Any] | None:
    """What is known of an address, as JSON-able data; None when no feed has listed it and nothing is stored."""
    entries = deployment.watchlist.entries_at(url)
    article = deployment.store.article_at(url)
    if article is None and entries:
        article = next((deployment.store.article(e.article_id) for e, _ in entries if e.article_id), None)
    if article is None and not entries:
        return None
    told: dict[str, Any] = {"url": url, "entries": [_entry(e, s) for e, s in entries], "article": None}
    views = deployment.store.views([article.story_id]) if article and article.story_id else []
    if article and views:
        told |= _judged(article, views[0], deployment)
    return told


def _entry(entry: Entry, source: Source) -> dict[str, Any]:
    facts = entry.model_dump(include={"url", "title", "state", "reason", "seen_at", "attempts", "retry_at"})
    return facts | {"source": source.name}


def _judged(article: Article, view: StoryView, deployment: Deployment) -> dict[str, Any]:
    report = next(r for r in view.reports if r.article.id == article.id)
    verdict = report.verdict
    fields = (
        "url",
        "title",
        "authors",
        "published_at",
        "modified_at",
        "fetched_at",
        "language",
        "wire",
        "paywalled",
        "content_hash",
        "gone_at",
        "opt_out",
        "look_at",
    )
    return {
        "article": {f: getattr(article, f) for f in fields} | {"source": report.source.name, "from": article.witnesses},
        "topic": {"label": verdict.label, "kind": verdict.kind, "score": verdict.score, "evidence": verdict.evidence},
        "places": verdict.places,
        "story": {
            "id": view.story.id,
            "because": verdict.grouped_because,
            "copy": verdict.copy_of is not None,
            "reports": [
                {
                    "outlet": r.source.name,
                    "title": r.article.title,
                    "url": r.article.url,
                    "copy": r.verdict.copy_of is not None,
                    "because": r.verdict.grouped_because,
                }
                for r in view.reports
            ],
        },
        "revisions": [
            r.model_dump(include={"title", "change", "diff", "fetched_at", "replaced_at"})
            for r in deployment.store.revisions(article.id or 0)
        ],
        "searches": _searches(view, deployment),
    }


def _searches(view: StoryView, deployment: Deployment) -> list[dict[str, Any]]:
    """Every search and whether it met the story, those that did first."""
    documents = documents_of(view)
    digests = {m.subscription_id: m.digest_id for m, _ in deployment.register.matches_of(view.story.id or 0)}
    told = []
    for subscriber, subscriptions in deployment.register.subscribers():
        for subscription in subscriptions:
            hit = match_story(documents, parse(subscription.query, gazetteer()))
            told.append(
                {
                    "email": subscriber.email,
                    "search": subscription.query,
                    "matched": list(hit.hit.terms) if hit else None,
                    "window": hit.window if hit else "",
                    "mailed": digests.get(subscription.id or 0) is not None,
                }
            )
    return sorted(told, key=lambda one: one["matched"] is None)


def print_explanation(told: dict[str, Any]) -> None:
    """The same for a person."""
    out.print(f"[bold]{escape(told['url'])}[/]")
    for entry in told["entries"]:
        reason = f": {entry['reason']}" if entry["reason"] else ""
        again = f" (again at {entry['retry_at']:%Y-%m-%d %H:%M} UTC)" if entry["retry_at"] else ""
        out.print(f"  listed by {entry['source']}, seen {entry['seen_at']:%Y-%m-%d %H:%M} UTC", markup=False)
        out.print(f"    {entry['state'].replace('_', ' ')}{reason}{again}", markup=False)
    if told["article"] is None:
        return
    if gone := told["article"]["gone_at"]:
        out.print(f"  [bold]its page is gone since {gone:%Y-%m-%d %H:%M} UTC[/] (404 or 410); the story stays")
    _print_article(told["article"])
    _print_topic(told["topic"])
    out.print("\n[bold]Where[/]")
    for p in told["places"]:
        name = f"{p['name']}, {p['state']}" if p["kind"] != "state" else p["name"]
        out.print(f"  {name}  ({p['kind']}, confidence {p['confidence']:.2f})\n    “{p['sentence']}”", markup=False)
    if not told["places"]:
        out.print("  no place is said")
    _print_story(told["story"])
    for revision in told["revisions"]:
        out.print(f"  changed {revision['replaced_at']:%Y-%m-%d %H:%M} UTC: {revision['change']}", markup=False)
        _print_diff(revision["diff"])
    _print_searches(told["searches"])


def _print_article(article: dict[str, Any]) -> None:
    out.print("\n[bold]What it says[/]")
    for key, value in article.items():
        if key != "from" and value not in (None, "", [], False):
            witness = article["from"].get(key)
            shown = f"{value:%Y-%m-%d %H:%M} UTC" if hasattr(value, "tzinfo") else value
            shown = ", ".join(shown) if isinstance(shown, list) else shown
            out.print(f"  {key.replace('_', ' '):13} {shown}{f'   [from {witness}]' if witness else ''}", markup=False)


def _print_topic(topic: dict[str, Any]) -> None:
    kind = f" ({topic['kind']})" if topic["kind"] else ""
    out.print(f"\n[bold]About ICE activity?[/] {topic['label']}{kind}, score {topic['score']:.2f}")
    for e in topic["evidence"][:8]:
        out.print(
            f"  {e['weight']:+.2f}  “{e['term']}” in the {e['where']}: {shorten(e['sentence'], 160)}", markup=False
        )


def _print_story(story: dict[str, Any]) -> None:
    out.print(f"\n[bold]Story {story['id']}[/]")
    if story["because"]:
        out.print(f"  {story['because']}", markup=False)
    for report in story["reports"]:
        copy = "  (copy)" if report["copy"] else ""
        out.print(f"  {report['outlet']}: {report['title']}{copy}", markup=False)


def _print_diff(diff: list[list[str]]) -> None:
    """The words that went and came, among a few that stayed."""
    styles = {"-": "strike red", "+": "green"}
    marked = Text("    ")
    for sign, said in diff:
        marked.append(f"[{sign}{said}{sign}]" if sign in styles else said, styles.get(sign, "dim")).append(" ")
    if diff:
        out.print(marked)


def _print_searches(searches: list[dict[str, Any]]) -> None:
    out.print("\n[bold]Searches[/]")
    for s in searches:
        said = f"matched {', '.join(s['matched']) or 'every story'}" if s["matched"] is not None else "did not match"
        mailed = ", mailed" if s["mailed"] else ""
        out.print(f"  {s['email']}  {s['search'] or 'every story'}: {said}{mailed}", markup=False, soft_wrap=True)
    if not searches:
        out.print("  nobody has one yet")
