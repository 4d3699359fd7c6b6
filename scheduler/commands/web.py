"""web login: the way into the operator's pages."""

import typer

from scheduler import show
from scheduler.deployment import open_deployment

app = typer.Typer(no_args_is_help=True)


def add_to(whole: typer.Typer) -> None:
    """Register the commands."""
    whole.add_typer(app, name="web", help="The web pages that the daemon shows.")


@app.callback()
def web() -> None:
    """A group, though it has one command."""


@app.command()
def login(context: typer.Context, as_json: show.JsonFlag = False) -> None:
    """Print a link to the operator's pages: it lets one browser in, once, within 15 minutes, for 12 hours.

    The daemon has to run; when it is started anew, ask for another link.
    """
    with show.failures(as_json):
        deployment = open_deployment(context.obj)
        link = deployment.links.office(deployment.clock())
    if as_json:
        show.data({"link": link})
    else:
        show.say(link)
