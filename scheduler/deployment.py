"""The composition root: settings become the objects that the command line, the jobs and the pages share.

Each is made when it is first asked for, and its room loaded then: a command that lists subscribers loads no mail, no
web page and no registry.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from crawler.database import address_of, open_database
from crawler.model import IcewireError
from scheduler import logs
from scheduler.clock import Clock, clock
from scheduler.migrations import is_older, upgrade
from scheduler.private import Privacy, make_private
from scheduler.settings import Settings, load

if TYPE_CHECKING:
    from alerts.bounces import Box, ReturnPaths
    from alerts.channels import Poster
    from alerts.digest import DigestRecords, Post, SourcesRead
    from alerts.mail import Deliveries, Links, Mailer
    from alerts.matching import Matches
    from alerts.people import Channels, Members
    from alerts.query import NamedPlaces
    from alerts.web import Pages
    from crawler.manners import Asker
    from crawler.store import Store
    from crawler.watch import Watchlist
    from crawler.workshop import WorkerApart

KEY_FILE = "secret.key"  # in the data folder


@dataclass(frozen=True)
class Deployment:
    """One icewire: its settings and what was made of them."""

    config: Path | None
    settings: Settings
    engine: Engine
    clock: Clock
    privacy: Privacy = field(default_factory=Privacy)

    @cached_property
    def places(self) -> "NamedPlaces":
        """The places that searches name."""
        from alerts.query import NamedPlaces

        return NamedPlaces()

    @cached_property
    def watchlist(self) -> "Watchlist":
        """Sources, feeds and entries."""
        from crawler.watch import Watchlist

        return Watchlist(self.engine)

    @cached_property
    def store(self) -> "Store":
        """Articles and stories."""
        from crawler.store import Store

        return Store(self.engine)

    @cached_property
    def members(self) -> "Members":
        """Subscribers and subscriptions."""
        from alerts.people import Members

        return Members(self.engine)

    @cached_property
    def channels(self) -> "Channels":
        """Where else than into the mail stories go."""
        from alerts.people import Channels

        return Channels(self.engine)

    @cached_property
    def matches(self) -> "Matches":
        """Which story met which search."""
        from alerts.matching import Matches

        return Matches(self.engine)

    @cached_property
    def records(self) -> "DigestRecords":
        """The digests that were made."""
        from alerts.digest import DigestRecords

        return DigestRecords(self.engine)

    @cached_property
    def deliveries(self) -> "Deliveries":
        """The queue of mails; who is taken for dead as a worker is so as a sender, too, some time later."""
        from alerts.mail import Deliveries, Leases, LeaseTimes

        silence = self.settings.workers.silence_seconds
        return Deliveries(self.engine, Leases(self.engine, LeaseTimes(beat=silence / 2, over=silence * 6)))

    @cached_property
    def links(self) -> "Links":
        """The sealed links; makes the deployment's key at the first call."""
        from alerts.mail import Links, load_key

        return Links(load_key(self.settings.data / KEY_FILE), self.settings.web.base_url)

    @property
    def mailer(self) -> "Mailer":
        """SMTP when it is configured, the outbox folder else."""
        from alerts.mail import Outbox, SmtpMailer, signing

        if self.settings.mail.smtp_host:
            paths = self.return_paths
            mailer = SmtpMailer(self.settings.mail, return_path=paths.of if paths else None)
            return signing(mailer, self.settings.mail)
        return Outbox(self.settings.outbox, self.clock)

    @property
    def return_paths(self) -> "ReturnPaths | None":
        """Where mails come back to; None when that is not set."""
        from alerts.bounces import ReturnPaths

        bounces = self.settings.bounces
        return ReturnPaths(self.links.key, bounces, self.clock) if bounces.address else None

    @property
    def bounce_box(self) -> "Box | None":
        """Where mails that came back are read; None when that is not set."""
        from alerts.bounces import box_of

        return box_of(self.settings.bounces)

    @property
    def poster(self) -> "Poster":
        """Who takes postings to their channels."""
        from alerts.channels import Poster

        return Poster(self.channels, self.deliveries, self.settings.crawl, self.clock)

    @property
    def post(self) -> "Post":
        """What sending works with."""
        from alerts.digest import Post

        return Post.of(self.engine, self.links, self.settings.mail, self.settings.digest)

    @property
    def pages(self) -> "Pages":
        """What the web shows."""
        from alerts.web import Pages

        return Pages(
            self.watchlist,
            self.store,
            self.members,
            self.deliveries,
            self.links,
            self.places,
            self.clock,
            self.settings.watch.states,
            self.settings.digest.timezone,
            public=self.settings.web.public,
            with_feeds=self.settings.web.feeds,
            mail=self.settings.mail,
            digest=self.settings.digest,
            proxies=self.settings.web.proxies,
        )

    def asker(self, tell: Callable[[str], None] = lambda address: None) -> "Asker":
        """Who asks servers, politely, outside a crawl; `tell` hears of each address before it is asked for."""
        from crawler.manners import Asker, Hosts

        return Asker(Hosts(self.engine, self.clock), self.settings.crawl, tell)

    @cached_property
    def apart(self) -> "WorkerApart":
        """Who reads what strangers wrote, for a command; begins to load at once."""
        from crawler.workshop import WorkerApart

        return WorkerApart(self.settings.crawl.workers)

    def sources_read(self) -> "SourcesRead":
        """How complete the reading is, for a digest."""
        from alerts.digest import sources_read

        now = self.clock()
        feeds = self.watchlist.health(now, self.settings.watch.states, watched_only=True)
        return sources_read(feeds, self.watchlist.outages.since(now - timedelta(days=1)))

    def sync_registry(self) -> int:
        """Load the registry, check it, mirror it into the database; returns how many outlets it lists."""
        from crawler.registry import load_registry

        outlets = load_registry(self.settings.watch.shipped, self.settings.registry)
        self.watchlist.sync(outlets.values())
        return len(outlets)


def open_deployment(config: Path | None = None) -> Deployment:
    """Read the settings and open the database, creating and migrating it; raises IcewireError."""
    settings = load(config)
    if settings.watch.topic != Path():
        from crawler.topic import choose  # the topic's room takes time to load

        choose(settings.watch.topic)
    logs.write_as(settings.log.format)
    privacy = make_private(settings)
    engine, ticking = open_database(settings.database_url), clock(settings.clock_offset_seconds)
    if settings.database.backup_before_upgrade and engine.dialect.name == "sqlite" and is_older(engine):
        from scheduler.keeping.before_upgrade import keep_before_upgrade  # seldom

        keep_before_upgrade(engine, settings, ticking())
    try:
        upgrade(engine)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        shown = address_of(engine)
        raise IcewireError(f"database.url: {shown} cannot be opened: {said}") from error
    return Deployment(config, settings, engine, ticking, privacy)
