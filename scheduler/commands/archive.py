"""stories, search, explain."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from alerts.matching import search as search_archive
from alerts.query import parse
from crawler.places import shipped as gazetteer
from crawler.store import StoryView
from crawler.text import stored
from scheduler import show
from scheduler.commands import regrouping
from scheduler.deployment import Deployment, open_deployment
from scheduler.explain.explain import Asked, explanation
from scheduler.explain.explained import print_explanation


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(stories)
    regrouping.add_to(group)
    app.add_typer(group, name="stories")
    app.command()(search)
    app.command()(explain)


def stories(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 30,
    as_json: show.JsonFlag = False,
) -> None:
    """The stories about ICE activity, the last published first; `merge` and `split` put them right."""
    if context.invoked_subcommand:
        return
    deployment = open_deployment(context.obj)
    found = [_row(v, deployment) for v in deployment.store.stories(limit=limit)]
    _print(found, as_json, f"No stories yet in {deployment.settings.data.resolve()}; `icewire crawl` looks for some.")
    more = deployment.store.counts()["stories"] - len(found)
    if more > 0 and not as_json:
        show.say(f"{show.count(more, 'older story', 'older stories')} more; --limit {limit + more} shows all")


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Like a subscription: 'courthouse arrest* place:\"Waltham, MA\"'.")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 30,
    as_json: show.JsonFlag = False,
) -> None:
    """Search the stories kept so far, in the language of the alerts."""
    deployment = open_deployment(context.obj)
    hits = search_archive(deployment.store, parse(query, gazetteer()), limit)
    found = [_row(v, deployment) | {"matched": list(h.hit.terms), "window": h.window} for v, h in hits]
    found.sort(key=lambda row: row["date"], reverse=True)
    _print(found, as_json, "No story matches.")


def explain(
    context: typer.Context,
    page: Annotated[
        str, typer.Argument(metavar="URL|FILE", help="A page's address, or a saved page (.html, .html.gz).")
    ],
    url: Annotated[str, typer.Option(metavar="ADDRESS", help="Of a FILE: where it was published.")] = "",
    outlet: Annotated[str, typer.Option(metavar="ID", help="Judge it as if this outlet had published it.")] = "",
    fresh: Annotated[
        bool | None,
        typer.Option(
            "--fresh/--stored",
            help="Fetch and judge it anew, or tell only what is stored.  [default: stored, or anew when nothing is]",
            show_default=False,
        ),
    ] = None,
    subscriber: Annotated[
        str, typer.Option(metavar="EMAIL", help="Only this address's searches; others are masked.")
    ] = "",
    as_json: show.JsonFlag = False,
) -> None:
    """Everything that is judged of any page: its fields, the gate, the topic, the places, its story, who was told.

    A stored page is told as it was judged then. Any other is fetched once, judged and not stored; a FILE needs no
    network at all.
    """
    with show.failures(as_json):
        told = explanation(open_deployment(context.obj), Asked(page, url, outlet, fresh, subscriber))
    if as_json:
        show.data(told)
    else:
        print_explanation(told)


def _print(found: list[dict[str, Any]], as_json: bool, empty: str) -> None:
    """Stories as a list to read, or as JSON."""
    if as_json:
        show.data(found)
    elif not found:
        show.say(empty)
    for story in () if as_json else found:
        show.out.print(f"[bold]{escape(story['title'])}[/]", soft_wrap=True)
        others = f", also {', '.join(story['newsrooms'])}" if story["newsrooms"] else ""
        copies = f", {show.count(story['copies'], 'copy', 'copies')}" if story["copies"] else ""
        where = f"{story['place']} · " if story["place"] else ""
        show.say(f"  story {story['id']} · {where}{story['date']} · {story['outlet']}{others}{copies}")
        if story.get("window"):
            show.say(f"  “{story['window']}”")
        if story.get("matched"):
            show.say(f"  matched: {', '.join(story['matched'])}")
        gone = f"  (page gone since {story['gone_at']:%Y-%m-%d}, 404 or 410)" if story["gone_at"] else ""
        show.say(f"  {story['url']}{gone}")


def _row(view: StoryView, deployment: Deployment) -> dict[str, Any]:
    article = view.lead.article
    published = stored(article.published_at, article.day_only)
    return {
        "id": view.story.id,
        "date": show.local(published.value if published else article.fetched_at, deployment.settings.digest.timezone),
        "place": view.place,
        "title": article.title,
        "outlet": view.lead.source.name,
        "newsrooms": list(view.newsrooms),
        "copies": view.copies,
        "kind": view.lead.verdict.kind,
        "language": article.language,
        "url": article.link,
        "published_at": published and published.value,
        "opened_at": view.story.opened_at,
        "gone_at": article.gone_at,
        "reports": [
            {
                "outlet": r.source.name,
                "url": r.article.link,
                "title": r.article.title,
                "copy": r.verdict.copy_of is not None,
                "gone_at": r.article.gone_at,
            }
            for r in view.reports
        ],
    }
