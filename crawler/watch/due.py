"""Which feeds and entries are due, at which sites: the unit in which reading is handed to workers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, String, func, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.manners import NOWHERE, site_to_ask
from crawler.model import Entry, Feed, Source, UTCDateTime, is_ahead, is_due
from crawler.text import page_address
from crawler.watch.outcome import LONGEST_RETRY
from crawler.watch.polling import LONGEST_INTERVAL

MOST_FOREIGN_SITES = 6  # to which one outlet's links lead at a time: a list of a thousand hosts holds up nobody


class DueSite(NamedTuple):
    """A site where something is to be read, and how much."""

    name: str
    feeds: int
    pages: int  # that entries lead to, or stored articles are


class Waiting(NamedTuple):
    """What waits at one host, for one outlet."""

    host: str  # as it stands in an address, with its port
    source_id: str
    homepage: str
    number: int
    since: datetime


class host_in(FunctionElement[str]):  # noqa: N801  SQLAlchemy's way to write a function
    """What stands between the // and the next / of an address."""

    type = String()
    inherit_cache = True


@compiles(host_in, "postgresql")
def _split(element: Any, compiler: Any, **kw: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **kw)}, '/', 3)"


@compiles(host_in, "sqlite")
def _cut(element: Any, compiler: Any, **kw: Any) -> str:
    address = compiler.process(element.clauses, **kw)
    rest = f"substr({address}, instr({address}, '//') + 2) || '/'"
    return f"substr({rest}, 1, instr({rest}, '/') - 1)"


def watched(states: Sequence[str]):  # type: ignore[no-untyped-def]  # SQLModel's select types are not nameable
    """The feeds that are read, with their sources; () = of all states."""
    query = (
        select(Feed, Source)
        .join(Source, col(Source.id) == Feed.source_id)
        .where(col(Source.listed), col(Source.enabled), col(Feed.listed))
    )
    if states:
        # Nationwide outlets (no state) are read by every deployment: they report on its towns, too.
        query = query.where(col(Source.state).in_([*states, ""]))
    return query


def feed_is_due(now: datetime, by: datetime | None = None) -> ColumnElement[bool]:
    """Whether a feed's time has come, or had by then; one that was tried at a time still to come was planned by a
    clock that ran ahead."""
    come = is_due(col(Feed.next_attempt_at), by or now, LONGEST_INTERVAL)
    return or_(col(Feed.next_attempt_at).is_(None), come, is_ahead(col(Feed.last_attempt_at), now))


def entry_is_due(now: datetime | None) -> ColumnElement[bool]:
    """Whether an entry is new, or to be tried or looked at again and its time has come; None = whenever that is."""
    again = col(Entry.state).in_(("failed", "off_topic")) & col(Entry.retry_at).is_not(None)
    if now is not None:
        again &= is_due(col(Entry.retry_at), now, LONGEST_RETRY)
    return or_(col(Entry.state) == "new", again)


def may_be_at(address: Any, site: str) -> ColumnElement[bool]:
    """Whether an address in a column may be of this site, so that few others are read; `site_to_ask()` decides.

    A name in another alphabet may stand there in either form, so all may be.
    """
    anywhere = not site or site == NOWHERE or "xn--" in site
    return func.lower(address).contains("" if anywhere else site, autoescape=True)


def site_of_feed(url: str, moved_to: str = "") -> str:
    """Where a feed is asked for."""
    return site_to_ask(moved_to or url)


def site_of_page(url: str) -> str:
    """Where the page of an address is read. All entries of one page are of one site, by whatever address they lead to
    it, so that it is read once."""
    return site_to_ask(page_address(url))


def due_sites(
    engine: Engine, now: datetime, states: Sequence[str] = (), looks: Iterable[Waiting] = ()
) -> list[DueSite]:
    """The sites where feeds, pages or `looks` at stored articles are due; who waits longest first.

    After them those to which only other outlets' links lead, a few for each outlet.
    """
    feeds, pages, since = Counter[str](), Counter[str](), dict[str, datetime]()
    foreign: dict[str, str] = {}  # the site, and who alone led there
    with Session(reading(engine)) as session:
        asked = watched(states).with_only_columns(Feed.url, Feed.moved_to, Feed.next_attempt_at)
        for url, moved_to, planned in session.execute(asked.where(feed_is_due(now))):
            name = site_of_feed(url, moved_to)
            feeds[name] += 1
            since[name] = min(since.get(name, now), planned or now)
        waiting = _waiting_entries(session, now, states)
    for host, source_id, homepage, number, first in (*waiting, *looks):
        name = site_to_ask(f"https://{host}")
        if _is_home(homepage, name):
            foreign.pop(name, None)
        elif name not in since:
            foreign[name] = source_id
        pages[name] += number
        since[name] = min(since.get(name, now), first)
    names = sorted(since, key=lambda name: (name in foreign, since[name], name))
    return [DueSite(name, feeds[name], pages[name]) for name in _few_of_each(names, foreign)]


def _is_home(homepage: str, site: str) -> bool:
    """Whether an outlet's home page stands at a site; by its name alone, as it is asked of very many."""
    host = homepage.partition("//")[2].partition("/")[0].lower()
    return host == site or host.endswith(f".{site}")


def _few_of_each(names: Sequence[str], foreign: dict[str, str]) -> Iterable[str]:
    of_outlet = Counter[str]()
    for name in names:
        if outlet := foreign.get(name):
            of_outlet[outlet] += 1
            if of_outlet[outlet] > MOST_FOREIGN_SITES:
                continue
        yield name


def _waiting_entries(session: Session, now: datetime, states: Sequence[str]) -> list[Waiting]:
    host = host_in(col(Entry.page))
    first = func.min(func.coalesce(Entry.retry_at, Entry.seen_at), type_=UTCDateTime)
    query = (
        watched(states)
        .join(Entry, col(Entry.feed_id) == Feed.id)
        .with_only_columns(host, Source.id, Source.homepage, func.count(), first)
        .where(entry_is_due(now))
        .group_by(host, Source.id, Source.homepage)
    )
    return [Waiting(*row) for row in session.execute(query)]
