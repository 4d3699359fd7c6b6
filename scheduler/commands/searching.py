"""search."""

from typing import Annotated

import typer

from alerts.locale import in_words
from alerts.matching import search as search_archive
from alerts.query import parse
from scheduler import show
from scheduler.commands.stories import print_stories, row_of
from scheduler.deployment import open_deployment


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(search)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Like a subscription: 'courthouse arrest place:\"Waltham, MA\"'.")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 30,
    as_json: show.JsonFlag = False,
) -> None:
    """Search the stories kept so far, in the language of the alerts."""
    deployment = open_deployment(context.obj)
    asked = parse(query, deployment.places, deployment.store.outlets() or None, deployment.clock().date())
    hits = search_archive(deployment.store, asked, limit)
    found = [
        row_of(v, deployment) | {"matched": [in_words(term) for term in h.hit.terms], "window": h.window}
        for v, h in hits
    ]
    found.sort(key=lambda row: row["date"], reverse=True)
    print_stories(found, as_json, "No story matches.")
