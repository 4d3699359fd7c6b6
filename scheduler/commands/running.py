"""init, run, crawl, demo."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.model import IcewireError, because
from scheduler import show
from scheduler.deployment import Deployment, open_deployment
from scheduler.environment import without_mail_secrets, without_settings
from scheduler.settings import CONFIG_VARIABLE, DEFAULT_FILE, example
from scheduler.turns import daemons_turn, is_wanted, persons_turn

_LAST_MOMENTS = 10.0  # seconds after who started us is gone


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(init)
    app.command()(run)
    app.command()(crawl)
    app.command()(demo)


def init(
    context: typer.Context,
    print_only: Annotated[bool, typer.Option("--print", help="Print it instead of writing it.")] = False,
) -> None:
    """Write a commented settings file, icewire.toml."""
    if print_only:
        sys.stdout.write(example())
        return
    path: Path = context.obj or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_FILE)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(example())
    except FileExistsError as error:
        raise IcewireError(f"{path} exists already; edit it, or remove it to start anew") from error
    except OSError as error:
        raise IcewireError(f"{path} cannot be written: {error.strerror}") from error
    show.say(f"Wrote {path}. Everything in it is optional; then: icewire run")


def run(context: typer.Context) -> None:
    """Run the daemon: collect, match, mail, and show a local web page. Ctrl-C stops it; nothing is lost."""
    from scheduler.daemon import run_daemon

    run_daemon(context.obj)
    # A job that still waits for a mail server must not hold the exit; its mail is sent again.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def crawl(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Read every feed now, due or not.")] = False,
    as_json: show.JsonFlag = False,
    while_stdin_open: Annotated[bool, typer.Option(hidden=True)] = False,
    every: Annotated[float, typer.Option(hidden=True, help="Stay, and ask after so many seconds what is due.")] = 0,
    sites: Annotated[bool, typer.Option(hidden=True, help="Read the sites that stdin assigns.")] = False,
    suspect: Annotated[str, typer.Option(hidden=True, help="What the last crawl was at when it stood still.")] = "",
) -> None:
    """Read the feeds that are due and the pages they lead to, once."""
    deployment = open_deployment(context.obj)
    if sites:
        _crawl_sites(deployment, suspect)
        return
    if while_stdin_open:
        threading.Thread(target=_stop_with_parent, daemon=True).start()
    else:
        deployment.sync_registry()
    counts = crawl_now(deployment, everything, None, quiet=as_json, every=every, suspect=suspect)
    if as_json:
        if not every:
            show.data(dict(counts))
        elif counts:
            show.line(dict(counts))
    else:
        _tell(counts)
    if counts["offline"] and not every:
        raise typer.Exit(1)


def _tell(counts: Counter[str]) -> None:
    """What a crawl did, in words."""
    from crawler.topic import chosen

    subject = chosen().wording("en").subject
    if counts["offline"]:
        show.complain(IcewireError(because("no_network")))
    if not counts["feeds_read"] and not counts["feeds_failed"] and counts["offline"]:
        return
    if not counts["feeds"] and not counts["pages"]:
        show.say("Nothing is due. `icewire crawl --all` reads every feed now.")
        return
    show.say(
        f"{show.count(counts['feeds_read'], 'feed')} read, {counts['feeds_failed']} could not be; "
        f"{show.count(counts['entries_seen'], 'entry', 'entries')}, {counts['entries_new']} to fetch; "
        f"{show.count(counts['pages_read'], 'page')} read: {show.count(counts['articles'], 'article')} "
        f"about {subject}, {show.count(counts['stories'], 'new story', 'new stories')}; "
        f"{counts['off_topic']} off topic, {counts['failed']} to try again, {counts['refused']} refused."
    )
    if counts["revisions"] or counts["unchanged"] or counts["gone"]:
        show.say(
            f"Of the stored articles that were looked at again {counts['revisions']} had changed, "
            f"{counts['unchanged']} had not, {counts['gone']} are gone."
        )
    if counts["feeds_failed"]:
        show.say("`icewire sources list` says which feeds fail, and why.")


def crawl_now(
    deployment: Deployment,
    everything: bool,
    only_feeds: frozenset[int] | None,
    quiet: bool,
    every: float = 0,
    suspect: str = "",
) -> Counter[str]:
    """One crawl in this process, with a progress bar unless quiet; only one runs at a time in a data folder.

    With `every` it stays, asks after so many seconds what is due, and prints a line of JSON whenever that is done.
    """
    from crawler.spiders import Stay, crawl_once

    without_mail_secrets(os.environ)
    data, s = deployment.settings.data, deployment.settings
    stay = None
    if every:
        stay = Stay(timedelta(seconds=every), _say, lambda: is_wanted(data), at=_say_where)
    with contextlib.ExitStack() as held:
        if stay is None:
            held.enter_context(persons_turn(data, quiet))
        elif not held.enter_context(daemons_turn(data)):
            return Counter()
        progress = held.enter_context(_progress(quiet))
        return crawl_once(
            deployment.engine,
            s.crawl,
            deployment.clock,
            s.watch.states,
            everything,
            only_feeds,
            progress,
            stay,
            suspect,
        )


def _say(counts: Counter[str]) -> None:
    show.line(dict(counts))


def _say_where(at: str) -> None:
    """For whoever watches whether we still live."""
    show.line({"at": at})


def demo(
    context: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the inbox page to look at. Also KEEP=1.")] = False,
) -> None:
    """Show the whole way, from feeds to inboxes, with invented outlets on this machine. Takes about a minute."""
    from scheduler.demo.play import play

    without_settings(os.environ)  # it has its own, and nothing of it gets into a database that is in use
    sys.exit(play(keep or bool(os.environ.get("KEEP"))))


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Counter[str]], None]]:
    if quiet or not show.err().is_terminal:
        yield lambda counts: None
        return
    shape = (
        TextColumn("{task.description:6}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[said]}"),
    )
    with Progress(*shape, console=show.err()) as progress:
        feeds = progress.add_task("feeds", total=None, said="")
        pages = progress.add_task("pages", total=None, said="")

        def update(counts: Counter[str]) -> None:
            progress.update(
                feeds,
                total=counts["feeds"],
                completed=counts["feeds_read"] + counts["feeds_failed"],
                said=f"{counts['feeds_failed']} failing" if counts["feeds_failed"] else "",
            )
            progress.update(
                pages, total=counts["pages"], completed=counts["pages_read"], said=f"{counts['stories']} stories"
            )

        yield update


def _crawl_sites(deployment: Deployment, suspect: str) -> None:
    """What a worker's crawl does: it is told on stdin which sites to read, and answers on stdout."""
    from crawler.spiders import crawl_sites

    def listen(take: Callable[[str], None]) -> None:
        threading.Thread(target=_stop_with_parent, args=(take,), daemon=True).start()

    def tell(said: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody listens any more: then stdin is at its end, too
            show.line(said)

    without_mail_secrets(os.environ)
    s = deployment.settings
    crawl_sites(deployment.engine, s.crawl, deployment.clock, s.watch.states, listen, tell, suspect)


def _stop_with_parent(take: Callable[[str], None] = lambda line: None) -> None:
    # Who started us holds our stdin open; when that ends, however it ends, so do we.
    # Unbuffered: a thread inside a buffered read would abort the interpreter's own exit.
    rest = b""
    while said := os.read(sys.stdin.fileno(), 65536):
        *lines, rest = (rest + said).split(b"\n")
        for line in filter(None, map(bytes.strip, lines)):
            take(line.decode("utf-8", "replace"))
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_MOMENTS)  # a database that does not answer may hold up the main thread
    os._exit(1)
