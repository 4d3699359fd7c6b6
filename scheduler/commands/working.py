"""worker: take jobs from the database that many machines share."""

from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(worker)


def worker(context: typer.Context, again: Annotated[bool, typer.Option(hidden=True)] = False) -> None:
    """Take work off `icewire run`, on this or another machine, with PostgreSQL. Ctrl-C stops it; nothing is lost."""
    from scheduler.workers.working import run_worker

    run_worker(context.obj, again)
