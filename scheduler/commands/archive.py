"""stories, search, explain."""

from typing import Annotated, Any

import typer

from alerts.archive import search as search_archive
from alerts.query import parse
from crawler.errors import IcewireError
from crawler.store import StoryView
from scheduler import show
from scheduler.deployment import Deployment, gazetteer, open_deployment
from scheduler.explain import explanation, print_explanation

COLUMNS = (
    show.Column("Date", "date"),
    show.Column("Place", "place", ratio=2),
    show.Column("Story", "title", ratio=5),
    show.Column("Outlet", "outlet", ratio=2),
    show.Column("Also", "newsrooms", ratio=2),
    show.Column("Copies", "copies"),
)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(stories)
    app.command()(search)
    app.command()(explain)


def stories(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 30,
    as_json: show.JsonFlag = False,
) -> None:
    """The newest stories about ICE activity."""
    deployment = open_deployment(context.obj)
    found = [_row(v, deployment) for v in deployment.store.stories(limit=limit)]
    show.rows(found, COLUMNS, as_json, "No stories yet; `icewire crawl` looks for some.")


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Like a subscription: 'courthouse arrest* place:\"Waltham, MA\"'.")],
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 30,
    as_json: show.JsonFlag = False,
) -> None:
    """Search the stories kept so far, in the language of the alerts."""
    deployment = open_deployment(context.obj)
    hits = search_archive(deployment.store, parse(query, gazetteer()), limit)
    found = [_row(v, deployment) | {"matched": list(h.hit.terms), "window": h.window} for v, h in hits]
    show.rows(found, COLUMNS, as_json, "No story matches.")


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
