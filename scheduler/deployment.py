"""The composition root: settings become the objects that the command line, the jobs and the pages share."""

from dataclasses import dataclass
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from alerts.digest import Post, SourcesRead, sources_read
from alerts.mail import Links, Mailer, Outbox, SmtpMailer, load_key
from alerts.people import Register
from alerts.web import Pages
from crawler.database import open_database
from crawler.model import IcewireError
from crawler.registry import load_registry
from crawler.store import Store
from crawler.watch import Watchlist
from scheduler.clock import Clock, clock
from scheduler.migrations import upgrade
from scheduler.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Deployment:
    """One icewire: its settings and what was made of them."""

    config: Path | None
    settings: Settings
    engine: Engine
    clock: Clock
    watchlist: Watchlist
    store: Store
    register: Register
    links: Links

    @property
    def mailer(self) -> Mailer:
        """SMTP when it is configured, the outbox folder else."""
        if self.settings.mail.smtp_host:
            return SmtpMailer(self.settings.mail)
        return Outbox(self.settings.outbox, self.clock)

    @property
    def post(self) -> Post:
        """What sending works with."""
        return Post(self.register, self.store, self.links, self.settings.mail, self.settings.digest)

    @property
    def pages(self) -> Pages:
        """What the web shows."""
        return Pages(
            self.watchlist,
            self.store,
            self.register,
            self.links,
            self.clock,
            self.settings.watch.states,
            self.settings.digest.timezone,
            public=self.settings.web.public,
        )

    def sources_read(self) -> SourcesRead:
        """How complete the reading is, for a digest."""
        return sources_read(self.watchlist.health(self.clock(), self.settings.watch.states, watched_only=True))

    def sync_registry(self) -> int:
        """Load the registry, check it, mirror it into the database; returns how many outlets it lists."""
        outlets = load_registry(self.settings.watch.shipped, self.settings.registry)
        self.watchlist.sync(outlets.values())
        return len(outlets)


def open_deployment(config: Path | None = None) -> Deployment:
    """Read the settings and open the database, creating and migrating it; raises IcewireError."""
    settings = load(config)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IcewireError(f"data: the folder {settings.data} cannot be made: {error.strerror}") from error
    engine = open_database(settings.database_url)
    try:
        upgrade(engine)
    except CommandError as error:
        raise IcewireError(f"the database is of a newer icewire than this one ({error}); update icewire") from error
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        shown = engine.url.render_as_string(hide_password=True)
        raise IcewireError(f"database.url: {shown} cannot be opened: {said}") from error
    links = Links(load_key(settings.data / "secret.key"), settings.web.base_url)
    return Deployment(
        config,
        settings,
        engine,
        clock(settings.clock_offset_seconds),
        Watchlist(engine),
        Store(engine),
        Register(engine),
        links,
    )
