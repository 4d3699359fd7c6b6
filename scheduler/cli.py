"""The `icewire` command. It loads the file of the command that is called, and no other."""

import gc
import os
import sys
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from scheduler import logs
from scheduler.private import keep_to_owner
from scheduler.show import complain, lossy, say

LOG_FORMAT = "ICEWIRE_LOG__FORMAT"  # the setting as a variable, which also a crawl of the daemon is given

# Every command and the file in scheduler/commands that knows it, in the order of the help.
FILES = {
    "init": "running",
    "run": "running",
    "worker": "working",
    "crawl": "running",
    "digest": "digesting",
    "demo": "running",
    "subscribe": "subscribing",
    "unsubscribe": "people",
    "subscribers": "people",
    "reactivate": "people",
    "disclose": "disclosing",
    "channels": "channels",
    "stories": "stories",
    "search": "searching",
    "explain": "explaining",
    "topic": "topics",
    "sources": "sources",
    "db": "keeping",
    "doctor": "doctor",
    "status": "status",
    "web": "web",
}


@cache
def _commands_of(file: str) -> dict[str, Any]:
    part = typer.Typer(rich_markup_mode="markdown")
    gc.disable()  # what is loaded stays: to look through it for garbage takes a tenth of a short command's time
    try:
        import_module(f"scheduler.commands.{file}").add_to(part)
    finally:
        gc.freeze()
        gc.enable()
    return dict(typer.main.get_group(part).commands)


class _Late(MutableMapping[str, Any]):
    """The commands by name, each loaded when it is looked at. Typer wants to be able to change them; nobody does."""

    def __getitem__(self, name: str) -> Any:
        return _commands_of(FILES[name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(FILES)

    def __len__(self) -> int:
        return len(FILES)

    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError(f"{name}: a command is named in FILES")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name}: a command is named in FILES")


class LateGroup(TyperGroup):
    """A group whose commands are loaded when they are called, or listed in its help."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = _Late()


app = typer.Typer(
    cls=LateGroup,
    help="Watches local US news for stories on one topic (ICE activity, where no other is set) and mails each "
    "subscriber one digest a day.\n\n"
    "Start with `icewire run`; `icewire demo` shows the whole way in a minute, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _say_version(wanted: bool) -> None:
    """Before a command is asked for: there need not be one."""
    if wanted:
        from importlib import metadata

        say(f"icewire {metadata.version('icewire')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings file.  [default: $ICEWIRE_CONFIG or icewire.toml here]", show_default=False),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Say which icewire this is.", is_eager=True, callback=_say_version)
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also log what goes on inside.")] = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log in JSON, as `log.format` does.")] = False,
) -> None:
    """Remember the options that every command shares."""
    context.obj = config
    keep_to_owner()
    if log_json:
        os.environ[LOG_FORMAT] = "json"
    logs.begin(verbose, os.environ.get(LOG_FORMAT, ""))


def main() -> None:
    """Run the command; an error a person can mend is one line on stderr, and the exit status is 1."""
    lossy()
    try:
        app()
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        said = _mendable(error)
        if not said:
            raise
        complain(said)
        sys.exit(1)


def _mendable(error: Exception) -> str:
    """What to tell a person of an error that they can mend; "" for one of ours."""
    from sqlalchemy.exc import SQLAlchemyError

    from alerts.locale import worded
    from crawler.model import IcewireError

    if isinstance(error, IcewireError):
        return worded(error)
    if isinstance(error, SQLAlchemyError):
        return f"the database: {getattr(error, 'orig', None) or error}"
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror or error}"
    if isinstance(error, OverflowError) and "SQLite INTEGER" in str(error):  # PostgreSQL says it by itself
        return "the database: a number is out of range"
    if isinstance(error, UnicodeEncodeError) and "surrogates" in error.reason:  # as Python keeps such bytes
        return f"{error.object!r} is not text in UTF-8"
    return ""


if __name__ == "__main__":
    main()
