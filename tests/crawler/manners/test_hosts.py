"""What servers asked of us, kept in the table `host` by every process that asks."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, event

from crawler.manners.hosts import Hosts, host_name
from crawler.manners.robots import Robots
from crawler.manners.waits import ASKED_TO_WAIT, HostPaused

URL = "https://ledger.example/feed"
HOUR = timedelta(hours=1)


def is_paused(hosts: Hosts) -> bool:
    try:
        hosts.check(URL)
    except HostPaused:
        return True
    return False


def test_a_pause_of_another_process_counts_from_when_it_is_looked_for(engine: Engine, now: datetime) -> None:
    one, other = Hosts(engine, lambda: now), Hosts(engine, lambda: now)
    one.pause(URL, now + HOUR, ASKED_TO_WAIT)
    assert (is_paused(one), is_paused(other)) == (True, False)
    other.refresh()
    assert is_paused(other)
    assert not is_paused(Hosts(engine, lambda: now + HOUR))


@pytest.mark.parametrize(
    ("status", "header", "minutes"), [(429, "3600", 60), (503, "", 5), (503, "soon", 5), (500, "3600", 0), (200, "", 0)]
)
def test_an_answer_says_how_long_its_host_is_left_alone(
    sqlite_engine: Engine, now: datetime, status: int, header: str, minutes: int
) -> None:
    hosts = Hosts(sqlite_engine, lambda: now)
    hosts.heed(URL, status, header)
    assert hosts.paused.get(host_name(URL), (now, ""))[0] - now == timedelta(minutes=minutes)


def test_who_asks_us_to_wait_again_and_again_is_left_alone_longer_until_it_answers(
    sqlite_engine: Engine, now: datetime
) -> None:
    hosts = Hosts(sqlite_engine, lambda: now)

    def wait(status: int) -> timedelta:
        hosts.heed(URL, status, "")
        return hosts.paused[host_name(URL)][0] - now

    assert [wait(503) / timedelta(minutes=5) for _ in range(3)] == [1, 2, 4]
    hosts.heed(URL, 200, "")
    assert wait(429) == timedelta(minutes=5)


def test_how_often_it_asked_us_to_wait_every_process_knows(engine: Engine, now: datetime) -> None:
    one, other = Hosts(engine, lambda: now), Hosts(engine, lambda: now)

    def wait(hosts: Hosts, status: int) -> timedelta:
        hosts.refresh()
        hosts.heed(URL, status, "")
        return hosts.paused[host_name(URL)][0] - now

    assert [wait(hosts, 429) / timedelta(minutes=5) for hosts in (one, other, one)] == [1, 2, 4]
    wait(other, 200)
    assert wait(one, 503) == timedelta(minutes=5)


def test_robots_txt_is_fresh_for_a_day_whichever_process_asked_for_it(sqlite_engine: Engine, now: datetime) -> None:
    times = [now]
    one, other = (Hosts(sqlite_engine, lambda: times[0]) for _ in range(2))
    assert one.fresh_robots("https://ledger.example") is None
    other.remember("https://ledger.example", Robots.read(200, b"User-agent: *\nDisallow: /a\n", now))
    fresh = one.fresh_robots("https://ledger.example")
    assert fresh is not None
    assert not fresh.allows("https://ledger.example/a")
    times[0] += timedelta(days=1)
    assert one.fresh_robots("https://ledger.example") is None


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_two_processes_may_meet_a_host_at_the_same_moment(engine: Engine, database_url: str, now: datetime) -> None:
    ours, theirs = Hosts(engine, lambda: now), Hosts(engine, lambda: now)
    met: list[str] = []

    def first(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        """They write their row between our looking for it and our writing it."""
        if statement.startswith("INSERT") and not met:
            met.append(statement)
            theirs.remember("https://ledger.example", Robots.read(200, b"", now))

    event.listen(engine, "before_cursor_execute", first)
    ours.pause(URL, now + HOUR, ASKED_TO_WAIT)
    fresh = Hosts(engine, lambda: now)
    assert is_paused(fresh)
    assert fresh.fresh_robots("https://ledger.example") is not None
