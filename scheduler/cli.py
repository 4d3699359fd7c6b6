"""The `icewire` command."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy.exc import OperationalError

from crawler.errors import IcewireError
from scheduler.commands import archive, doctor, people, running, sources
from scheduler.settings import CONFIG_VARIABLE
from scheduler.show import err

app = typer.Typer(
    help="Watches local US news for stories about ICE activity and mails each subscriber one digest a day.\n\n"
    "Start with `icewire run`; `icewire demo` shows the whole way in a minute, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help=f"Settings file.  [default: ${CONFIG_VARIABLE} or icewire.toml here]", show_default=False),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also log what goes on inside.")] = False,
) -> None:
    """Remember the options that every command shares."""
    context.obj = config
    _log(verbose)


def _log(verbose: bool) -> None:
    """Log to stderr: what icewire does, and with `verbose` also what its libraries do."""
    logging.basicConfig(format="%(asctime)s  %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("icewire").setLevel(logging.INFO)
    if verbose:
        logging.getLogger().setLevel(logging.DEBUG)
        return
    for handler in logging.getLogger().handlers:
        # They turn their own loggers up; what goes wrong with a feed, a page or a mail stands in the database.
        handler.addFilter(lambda record: not record.name.startswith(("scrapy", "twisted", "apscheduler")))


for module in (running, people, archive, doctor):
    module.add_to(app)
app.add_typer(sources.app, name="sources", help="The outlets that are watched.")


def main() -> None:
    """Run the command; an error a person can mend is one line on stderr, and the exit status is 1."""
    try:
        app()
    except IcewireError as error:
        err.print(f"[bold red]error[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)
    except OperationalError as error:
        err.print(f"[bold red]error[/] the database: {escape(str(error.orig))}", soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
