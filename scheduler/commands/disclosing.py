"""disclose."""

from typing import Annotated

import typer

from scheduler import show
from scheduler.commands.people import smtp_address
from scheduler.deployment import open_deployment


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(disclose)


def disclose(
    context: typer.Context, email: Annotated[str, typer.Argument(help="The address.")], as_json: show.JsonFlag = False
) -> None:
    """All that is kept of one address: for its owner, or to know what could be demanded of you."""
    from alerts.people import disclose as told

    with show.failures(as_json):
        deployment = open_deployment(context.obj)
        found = told(deployment.engine, smtp_address(email))
    if as_json:
        show.data(found)
        return
    if not found:
        show.say(f"Nothing is kept of {email}.")
    for table, rows in found.items():
        show.title(f"{table} ({len(rows)})")
        for row in rows:
            show.say("; ".join(f"{name}: {value}" for name, value in row.items() if value not in (None, "", [], {})))
