"""explain."""

from typing import Annotated

import typer

from scheduler import show
from scheduler.deployment import open_deployment
from scheduler.explain.explain import Asked, explanation
from scheduler.explain.explained import print_explanation


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(explain)


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
        show.data(told.as_json())
    else:
        print_explanation(told)
