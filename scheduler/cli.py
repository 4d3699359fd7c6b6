"""The `icewire` command."""

import logging
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from crawler.model import IcewireError
from scheduler.commands import archive, doctor, people, running, sources
from scheduler.settings import CONFIG_VARIABLE
from scheduler.show import complain, say

app = typer.Typer(
    help="Watches local US news for stories about ICE activity and mails each subscriber one digest a day.\n\n"
    "Start with `icewire run`; `icewire demo` shows the whole way in a minute, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _say_version(wanted: bool) -> None:
    """Before a command is asked for: there need not be one."""
    if wanted:
        say(f"icewire {metadata.version('icewire')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help=f"Settings file.  [default: ${CONFIG_VARIABLE} or icewire.toml here]", show_default=False),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Say which icewire this is.", is_eager=True, callback=_say_version)
    ] = False,
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
        handler.addFilter(_is_ours_or_grave)


def _is_ours_or_grave(record: logging.LogRecord) -> bool:
    # Libraries turn their own loggers up. What goes wrong with a feed or a page stands in the database; Scrapy's
    # errors about it (no robots.txt, say) would only repeat it. An error of the timetable is told.
    if record.name.startswith(("scrapy", "twisted")):
        if record.getMessage().startswith("while verifying certificate"):
            return False  # Twisted's own traceback of what is the outlet's failure
        floor = logging.ERROR if record.name == "scrapy.core.scraper" else logging.CRITICAL
        return record.levelno >= floor
    return not record.name.startswith("apscheduler") or record.levelno >= logging.ERROR


for module in (running, people, archive, doctor):
    module.add_to(app)
app.add_typer(sources.app, name="sources", help="The outlets that are watched.")


def main() -> None:
    """Run the command; an error a person can mend is one line on stderr, and the exit status is 1."""
    try:
        app()
    except IcewireError as error:
        complain(error)
        sys.exit(1)
    except SQLAlchemyError as error:
        complain(f"the database: {getattr(error, 'orig', None) or error}")
        sys.exit(1)
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the reader of our output (head, less) has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        complain(f"{error.filename or 'the system'}: {error.strerror or error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
