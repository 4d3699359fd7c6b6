"""stories, search, explain."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from alerts.archive import search as search_archive
from alerts.query import parse
from crawler.errors import IcewireError
from crawler.views import StoryView
from scheduler import show
from scheduler.deployment import Deployment, gazetteer, open_deployment
from scheduler.explain import explanation, print_explanation


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(stories)
    app.command()(search)
    app.command()(explain)


def stories(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 30,
    as_json: show.JsonFlag = False,
) -> None:
    """The stories about ICE activity that were found last, newest first."""
    deployment = open_deployment(context.obj)
    found = [_row(v, deployment) for v in deployment.store.stories(limit=limit)]
    found.sort(key=lambda row: row["date"], reverse=True)
    _print(found, as_json, f"No stories yet in {deployment.settings.data.resolve()}; `icewire crawl` looks for some.")


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
    url: Annotated[str, typer.Argument(help="The address of a page that a feed listed.")],
    as_json: show.JsonFlag = False,
) -> None:
    """Everything that was judged of a page, and who was told or not, and why."""
    deployment = open_deployment(context.obj)
    told = explanation(deployment, url)
    if told is None:
        raise IcewireError(f"{url}: no feed has listed this address, so it was never read")
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
        show.say(f"  {where}{story['date']} · {story['outlet']}{others}{copies}")
        if story.get("window"):
            show.say(f"  “{story['window']}”")
        if story.get("matched"):
            show.say(f"  matched: {', '.join(story['matched'])}")
        show.say(f"  {story['url']}")


def _row(view: StoryView, deployment: Deployment) -> dict[str, Any]:
    article = view.lead.article
    when = article.published_at or article.fetched_at
    return {
        "id": view.story.id,
        "date": show.local(when, deployment.settings.digest.timezone),
        "place": view.place,
        "title": article.title,
        "outlet": view.lead.source.name,
        "newsrooms": list(view.newsrooms),
        "copies": view.copies,
        "kind": view.lead.verdict.kind,
        "language": article.language,
        "url": article.link,
        "published_at": article.published_at,
        "opened_at": view.story.opened_at,
        "reports": [
            {
                "outlet": r.source.name,
                "url": r.article.link,
                "title": r.article.title,
                "copy": r.verdict.copy_of is not None,
            }
            for r in view.reports
        ],
    }
