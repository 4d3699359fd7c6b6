"""What many subscribers cost: python -m tests.benchmarks.members [--most N] [--postgres] [--seed N]

An SQLite file, or a PostgreSQL database with --postgres, gets invented subscribers, 10, 1 thousand and 100 thousand
(up to N), with two searches each, at nine hours in eight zones, each served until their last digest. At each of these
sizes, in ms of CPU time, or by the clock where the server works beside, the least of some runs:

- hours: how many local times are in use, which is what page and idle tick grow with;
- page: one look for `/` and `/health` (`status_of`);
- idle tick: `queue_due_digests` when nobody is due;
- due: the same when 100 are (10 of 10), with nothing to tell, so that a mail is made and queued for each;
- quiet: the same for as many when such a mail is skipped;
- list: `Members.subscribers()`, which only commands ask for.
"""

import argparse
import json
import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, bindparam, insert, text, update
from sqlmodel import col

from alerts.digest.compose import SourcesRead
from alerts.digest.due import around
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.mail.links import Links
from alerts.operator.status import status_of
from alerts.people.rounds import Rounds
from alerts.people.subscriber import Subscriber, Subscription
from alerts.settings import DigestSettings, MailSettings
from crawler.database import open_database
from crawler.watch.watchlist import Watchlist
from scheduler.migrations import upgrade
from tests.benchmarks.grouping import database

SIZES = (10, 1_000, 100_000)
DUE = 100
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
ZONES = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico"),
)
HOURS = ("05:30", "06:00", "06:30", "07:00", "07:30", "08:00", "12:00", "17:00", "20:00")
_LONG_AGO = NOW - timedelta(days=60)
_COLUMNS = ("hours", "page", "idle tick", "due", "quiet", "list")


def fill(engine: Engine, until: int, rng: random.Random) -> None:
    """As many subscribers as that, with two searches each, nobody of whom has anything due."""
    with engine.begin() as connection:
        known = connection.scalar(text("SELECT count(*) FROM subscriber")) or 0
        people, searches = [], []
        for number in range(known + 1, until + 1):
            zone, hour = rng.choice(ZONES), rng.choice(HOURS)
            person = {"id": number, "email": f"r{number}@example.org", "timezone": zone, "digest_at": hour}
            served = around(NOW, hour, zone)[0] + timedelta(seconds=rng.randrange(30))
            dates = {"created_at": _LONG_AGO, "confirmed_at": _LONG_AGO, "served_until": min(served, NOW)}
            people.append(person | dates | {"language": "en", "state": "active"})
            search = {"subscriber_id": number, "cadence": "daily", "created_at": _LONG_AGO}
            searches += [search | {"query": query} for query in ("raid OR arrest*", 'place:"Waltham, MA"')]
        connection.execute(insert(Subscriber), people)
        connection.execute(insert(Subscription), searches)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE subscriber"))  # as PostgreSQL does by itself after a while
        connection.execute(text("ANALYZE subscription"))


def make_due(engine: Engine, ids: Sequence[int]) -> None:
    """Their last digest is still to be made."""
    with engine.begin() as connection:
        for number in ids:
            connection.execute(text("DELETE FROM digest WHERE subscriber_id = :id"), {"id": number})
            connection.execute(text("DELETE FROM delivery WHERE subscriber_id = :id"), {"id": number})
        one = update(Subscriber).where(col(Subscriber.id) == bindparam("number"))
        connection.execute(
            one.values(served_until=NOW - timedelta(days=1, minutes=1)).execution_options(synchronize_session=False),
            [{"number": number} for number in ids],
        )


def least(once: Callable[[], object], clock: Callable[[], float], before: Callable[[], None], runs: int) -> float:
    """Milliseconds of the quickest run; what comes before each does not count."""
    took = []
    for _ in range(runs):
        before()
        start = clock()
        once()
        took.append(1000 * (clock() - start))
    return round(min(took), 2)


def measure(engine: Engine, people: int, clock: Callable[[], float]) -> dict[str, float]:
    """A row of the table."""
    watchlist = Watchlist(engine)
    mail = MailSettings(sender="digest@icewire.example", postal_address="1 Main St", contact="desk@icewire.example")
    sending = Post.of(engine, Links(b"a key", "http://127.0.0.1"), mail, DigestSettings())
    quiet = replace(sending, digest=DigestSettings(when_empty="skip"))
    due = range(1, min(people, DUE) + 1)

    def nothing() -> None: ...

    def tick(post: Post, made: int) -> Callable[[], None]:
        def asked() -> None:
            assert queue_due_digests(post, SourcesRead(3), NOW) == made

        return asked

    def look() -> None:
        assert status_of(watchlist, sending.store, sending.members, sending.deliveries, (), NOW).next_digest

    return {
        "hours": len(Rounds(sending.members.engine).hours()),
        "page": least(look, clock, nothing, 20),
        "idle tick": least(tick(sending, 0), clock, nothing, 20),
        "due": least(tick(sending, len(due)), clock, lambda: make_due(engine, due), 3),
        "quiet": least(tick(quiet, 0), clock, lambda: make_due(engine, due), 3),
        "list": least(sending.members.subscribers, clock, nothing, 3),
    }


def main(most: int, postgres: bool, seed: int) -> None:
    """Print the table and the line of JSON."""
    rng = random.Random(seed)
    clock = time.perf_counter if postgres else time.process_time
    figures: dict[str, object] = {
        "python": platform.python_version(),
        "database": "postgresql" if postgres else "sqlite",
    }
    print("".join(f"{name:>12}" for name in ("subscribers", *_COLUMNS)), flush=True)
    with database(postgres) as url:
        engine = open_database(url)
        upgrade(engine)
        for size in sorted({size for size in SIZES if size < most} | {most}):
            fill(engine, size, rng)
            row = measure(engine, size, clock)
            print(f"{size:12}" + "".join(f"{value:12}" for value in row.values()), flush=True)
            figures[str(size)] = row
        engine.dispose()
    print(json.dumps(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="subscribers, at the end")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.most, given.postgres, given.seed)
