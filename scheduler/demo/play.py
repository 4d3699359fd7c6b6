"""`icewire demo`: the daemon reads an invented press through one evening and mails two digests the next morning."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.panel import Panel

from alerts.join import add_search
from crawler.model import IcewireError
from crawler.places import shipped as gazetteer
from scheduler.demo.check import check
from scheduler.demo.expected import Expected, load_expected
from scheduler.demo.sink import Sink
from scheduler.demo.web import DemoWeb
from scheduler.deployment import Deployment, open_deployment
from scheduler.settings import variable
from scheduler.show import out

EVENING = datetime.fromisoformat("2026-03-09T18:00:00-04:00")
MORNING = datetime.fromisoformat("2026-03-10T06:59:58-04:00")
SOON = EVENING + timedelta(minutes=4)  # a page that asked us to wait some seconds is worth waiting for
KEPT = Path("var/demo")
PATIENCE = 120.0  # seconds for each step, on a slow machine

CONFIG = """\
# The demo: everything on this machine, everything faster than in life.
data = "data"

[database]
url = "{database}"

[watch]
shipped = false

[crawl]
poll_minutes = 0.05
delay_seconds = 0.05
timeout_seconds = 10
allow_private_addresses = true
contact_url = "https://icewire.example/about"

[schedule]
crawl_seconds = 1
match_seconds = 1
digest_seconds = 1
deliver_seconds = 1

[mail]
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
sender = "digest@icewire.example"
postal_address = "icewire demo, 1 Example Street, Waltham, MA 02453"
contact = "editor@icewire.example"

[web]
port = {web_port}
public_url = "https://alerts.icewire.example"
"""


def play(keep: bool) -> int:
    """Run the demo with progress on the terminal; 0 when the digests hold exactly the expected stories, else 1."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="icewire-demo-") as folder, DemoWeb() as web, Sink() as sink:
        stage = Stage(Path(folder), web, sink)
        expected = load_expected(web.written)
        say(f"{len(web.outlets)} invented outlets in Massachusetts, {len(web.articles)} articles, on this machine")
        stage.subscribe(expected)
        stage.evening()
        stage.morning(expected)
        problems = stage.problems(expected)
        _print_result(stage, expected, problems, time.monotonic() - began)
        if keep:
            say(f"inbox page: {stage.keep(KEPT)}")
        else:
            say("run it with KEEP=1 to look at the mails as pages afterwards")
        stage.close()
    return 1 if problems else 0


class Stage:
    """The demo's deployment in a folder: its settings, its daemon, its press and its mail server."""

    def __init__(self, folder: Path, web: DemoWeb, sink: Sink, database_url: str = "") -> None:
        self.folder, self.web, self.sink = folder, web, sink
        self.config = folder / "icewire.toml"
        self.config.write_text(CONFIG.format(port=sink.port, web_port=_free_port(), database=database_url), "utf-8")
        registry = folder / "data" / "sources"
        registry.mkdir(parents=True)
        (registry / "demo.toml").write_text(web.sources_toml(), "utf-8")
        self.deployment: Deployment = open_deployment(self.config)

    def close(self) -> None:
        """Let go of the database."""
        self.deployment.engine.dispose()

    def subscribe(self, expected: Expected) -> None:
        """Everybody's searches, as `icewire subscribe … --confirmed` would add them."""
        for person in expected.subscribers:
            for search in person.subscriptions:
                add_search(
                    self.deployment.post,
                    gazetteer(),
                    person.email,
                    search.query,
                    "07:00",
                    person.timezone,
                    True,
                    EVENING.astimezone(UTC),
                )
            say(
                f"{person.email} asks for {len(person.subscriptions)} "
                f"{'search' if len(person.subscriptions) == 1 else 'searches'}, at 07:00"
            )

    def evening(self) -> None:
        """Two readings of every feed: between them one outlet changes its story."""
        say("Monday, March 9, 2026, 6 p.m.: the daemon starts")
        with self.daemon(EVENING) as stop:
            wait("reading feeds and pages", self.settled, self.progress)
            self.web.publish_update()
            say("a newsroom updates its story: a new headline, another number")
            wait("reading the feeds again", lambda: self.revised() and self.settled(), self.progress)
            say(self.left_out())
            stop()

    def morning(self, expected: Expected) -> None:
        """The daemon starts anew just before seven and goes on where it was."""
        say("Tuesday, March 10, just before 7 a.m.: the daemon starts again")
        with self.daemon(MORNING) as stop:
            people = [p.email for p in expected.subscribers]
            wait("waiting for the digests", lambda: all(self.sink.to(p) for p in people), self.progress)
            stop()

    @contextmanager
    def daemon(self, at: datetime) -> Iterator[Callable[[], None]]:
        """`icewire run` with the clock at that time; gives a function that stops it as Ctrl-C would."""
        process = self.start(at)

        def stop() -> None:
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(10)
            say(f"the daemon stopped in {time.monotonic() - began:.1f} s")

        try:
            yield stop
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def start(self, at: datetime, what: str = "run") -> subprocess.Popen[bytes]:
        """The daemon, or a worker, as a process of its own, logging to a file beside the settings."""
        offset = (at - datetime.now(UTC)).total_seconds()
        environment = os.environ | {variable(("clock_offset_seconds",)): str(offset)}
        command = [sys.executable, "-m", "scheduler", "--config", str(self.config), what]
        with (self.folder / "daemon.log").open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603  our own command

    def settled(self) -> bool:
        """Every feed was read, nothing waits to be fetched soon, and every story met the searches."""
        health = self.deployment.watchlist.health(self.deployment.clock())
        waiting = self.deployment.watchlist.counts().get("new", 0) + self.deployment.watchlist.retries_until(SOON)
        read = all(h.feed.last_attempt_at for h in health) and bool(health)
        return read and not waiting and not self.deployment.matches.unmatched(limit=1)

    def revised(self) -> bool:
        """The changed article was read again."""
        changed = [i for o in self.web.written for a in o.articles if a.update for i in [o.article_id(a)]]
        stored = (self.deployment.store.article_at(self.web.articles[i]) for i in changed)
        return all(a is not None and self.deployment.store.revisions(a.id or 0) for a in stored)

    def progress(self) -> str:
        """Where things stand, in a few words."""
        counts, entries = self.deployment.store.counts(), self.deployment.watchlist.counts()
        return (
            f"{sum(entries.values())} entries, {counts['articles']} articles about ICE in {counts['stories']} stories"
        )

    def left_out(self) -> str:
        """What is not told, by why."""
        entries = self.deployment.watchlist.counts()
        return (
            f"left out: {entries.get('off_topic', 0)} not about ICE activity (hockey, black ice, NYSE: ICE …), "
            f"{entries.get('refused', 0)} forbidden by robots.txt, {entries.get('failed', 0)} not there (404)"
        )

    def problems(self, expected: Expected) -> list[str]:
        """How the digests differ from what they should hold."""
        mails = {p.email: self.sink.to(p.email) for p in expected.subscribers}
        return check(mails, expected, self.web.articles, {o.id: o.name for o in self.web.outlets})

    def keep(self, folder: Path) -> Path:
        """Leave the mails as files, with a page that links them; returns the page."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        links = []
        for message_id, mail in self.sink.mails.items():
            name = str(mail["To"]).partition("@")[0]
            (folder / f"{name}.eml").write_bytes(self.sink.raw[message_id])
            body = mail.get_body(("html",))
            (folder / f"{name}.html").write_text(str(body.get_content()) if body else "", "utf-8")
            links.append(
                f'<li><a href="{name}.html">{mail["To"]}: {mail["Subject"]}</a> (<a href="{name}.eml">.eml</a>)</li>'
            )
        page = folder / "inbox.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><title>Inbox</title><ul>{''.join(links)}</ul>", "utf-8")
        return page.resolve()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(text: str) -> None:
    """One line of what happens."""
    out().print(f"  {text}", markup=False, soft_wrap=True)


def wait(what: str, done: Callable[[], bool], progress: Callable[[], str]) -> None:
    """Wait with a moving line; IcewireError when it takes longer than any machine should need."""
    deadline = time.monotonic() + PATIENCE
    with out().status(f"{what} …") as status:
        while not done():
            if time.monotonic() > deadline:
                raise IcewireError(f"demo: {what} took more than {PATIENCE:.0f} s ({progress()})")
            status.update(f"{what}: {progress()}")
            time.sleep(0.2)
    say(f"{what}: {progress()}")


def _print_result(stage: Stage, expected: Expected, problems: list[str], seconds: float) -> None:
    for person in expected.subscribers[:1]:
        for mail in stage.sink.to(person.email):
            body = mail.get_body(("plain",))
            text = str(body.get_content()).strip() if body else ""
            text = f"To: {person.email}\nSubject: {str(mail['Subject']).strip()}\n\n{text}"
            out().print(Panel(text, title="the first digest", title_align="left", padding=(1, 2)))
    for person in expected.subscribers[1:]:
        for mail in stage.sink.to(person.email):
            say(f"To {person.email}: {str(mail['Subject']).strip()}")
    for problem in problems:
        say(f"WRONG: {problem}")
    verdict = "exactly the expected stories, once each" if not problems else f"{len(problems)} differences"
    say(f"{len(stage.sink.mails)} digests over SMTP: {verdict} ({seconds:.0f} s)")
