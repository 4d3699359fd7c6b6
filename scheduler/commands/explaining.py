"""explain, and a correction by hand."""

from typing import Annotated

import typer

from crawler.model import IcewireError, RuledOn
from scheduler import show
from scheduler.commands.people import smtp_address
from scheduler.deployment import Deployment, open_deployment
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
    wrong: Annotated[
        RuledOn | None, typer.Option(help="Correct what is judged of a page: from now on your word holds.")
    ] = None,
    right: Annotated[
        str | None,
        typer.Option(
            metavar="VALUE",
            help='With --wrong: on, off or mention; "Lynn, MA" or none; a kind.  [default: the opposite; none]',
            show_default=False,
        ),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="What was corrected holds no longer; all, or what --wrong says.")
    ] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Everything that is judged of any page: its fields, the gate, the topic, the places, its story, who was told.

    A stored page is told as it was judged then. Any other is fetched once, judged and not stored; a FILE needs no
    network at all. What is wrong you correct with --wrong, and later runs leave it so.
    """
    with show.failures(as_json):
        deployment, said = open_deployment(context.obj), ""
        if wrong or undo or right is not None:
            if url or fresh is not None:
                raise IcewireError("a correction is for a page by its address; leave out --url, --fresh and --stored")
            said, outlet = _corrected(page, wrong, right, undo, outlet, deployment), ""
        whose = smtp_address(subscriber) if subscriber else ""
        told = explanation(deployment, Asked(page, url, outlet, fresh, whose))
    if said and not as_json:
        show.say(said)
    if as_json:
        show.data(told.as_json())
    else:
        print_explanation(told)


def _corrected(
    page: str, wrong: RuledOn | None, right: str | None, undo: bool, outlet: str, deployment: Deployment
) -> str:
    """Let a person's word hold; what became of the page."""
    from scheduler.explain.correcting import Wrong, correct

    return correct(page, Wrong(wrong, right, undo, outlet), deployment)
