"""From feeds to inboxes, as the README tells it: the real daemon, real HTTP, a real mail server, on this machine."""

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.model.why import CODES
from scheduler.demo import DemoWeb, load_expected
from scheduler.demo.expected import Expected
from scheduler.demo.play import EVENING, MORNING, Stage
from scheduler.demo.sink import Sink

pytestmark = pytest.mark.slow

REPORTER, CLINIC = "reporter@example.org", "clinic@example.org"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Expected]]:
    """An evening of reading and a morning of mailing."""
    with DemoWeb() as web, Sink() as sink, closing(Stage(tmp_path_factory.mktemp("stage"), web, sink)) as stage:
        expected = load_expected(web.written)
        stage.subscribe(expected)
        stage.evening()
        stage.morning(expected)
        yield stage, expected


def test_each_digest_holds_exactly_the_expected_stories_once_each(told: tuple[Stage, Expected]) -> None:
    stage, expected = told
    assert stage.problems(expected) == []


def test_each_subscriber_gets_one_mail(told: tuple[Stage, Expected]) -> None:
    stage, _ = told
    assert [len(stage.sink.to(address)) for address in (REPORTER, CLINIC)] == [1, 1]
    assert stage.sink.received == 2


def test_every_link_of_every_feed_is_known_with_what_came_of_it(told: tuple[Stage, Expected]) -> None:
    stage, _ = told
    counts = stage.deployment.watchlist.counts()
    assert counts.pop("new", 0) == 0
    assert sum(counts.values()) >= len(stage.web.articles)
    unsaid = [e for url in stage.web.articles.values() for e, _ in stage.deployment.watchlist.entries_at(url)
              if e.state != "fetched" and not e.reason]  # fmt: skip
    assert unsaid == []


def test_why_it_happened_is_kept_as_codes_and_no_sentence(told: tuple[Stage, Expected]) -> None:
    stage, _ = told
    kept = "SELECT reason FROM entry UNION SELECT status FROM feed UNION SELECT grouped_because FROM verdict"
    with stage.deployment.engine.connect() as connection:
        codes = set(connection.execute(text(f"{kept} UNION SELECT change FROM revision")).scalars())
    assert codes <= CODES - {"as_written"}
    assert {"answered", "given_up"} & codes
    assert {"ok", "first_report", "robots_refused", "never_mentioned", "changes"} <= codes


def test_what_no_digest_holds_can_be_explained(told: tuple[Stage, Expected]) -> None:
    stage, expected = told
    stored = {v.lead.article.url for v in stage.deployment.store.stories(limit=1000)}
    assert not stored & {stage.web.articles[article] for article in expected.absent}


def test_the_feeds_were_asked_politely(told: tuple[Stage, Expected]) -> None:
    stage, _ = told
    answered = {(path, status) for (_, path, status), n in stage.web.requests.items() if n}
    assert not any("notebook-for-members" in path for path, _ in answered)  # robots.txt forbids it
    assert any(status == 304 for _, status in answered)  # unchanged feeds were not sent again
    busy = [(status, n) for (_, path, status), n in stage.web.requests.items() if "deported-cambodia" in path]
    assert sorted(status for status, _ in busy) == [200, 429]


def test_a_change_of_a_story_is_kept_as_a_revision(told: tuple[Stage, Expected]) -> None:
    stage, _ = told
    assert stage.revised()


def test_stopped_in_the_middle_of_a_crawl_it_ends_at_once_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with DemoWeb(answer_seconds=0.3) as web, Sink() as sink, closing(Stage(tmp_path, web, sink)) as stage:
        expected = load_expected(web.written)
        stage.subscribe(expected)
        process = stage.start(EVENING)
        while not stage.deployment.store.counts()["articles"]:
            time.sleep(0.1)
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert time.monotonic() - began < 5
        assert stage.deployment.watchlist.counts()["new"] > 0
        web.answer_seconds = 0
        stage.evening()
        stage.morning(expected)
        assert stage.problems(expected) == []


def test_with_postgresql_the_digests_are_the_same(tmp_path: Path, postgresql_url: str) -> None:
    with DemoWeb() as web, Sink() as sink, closing(Stage(tmp_path, web, sink, database_url=postgresql_url)) as stage:
        expected = load_expected(web.written)
        stage.subscribe(expected)
        stage.deployment.links  # noqa: B018  makes the key, which a worker does not
        with worker(stage, EVENING):
            stage.evening()
        with worker(stage, MORNING):
            stage.morning(expected)
        assert stage.problems(expected) == []


def test_killed_at_ten_random_moments_the_end_is_the_same(tmp_path: Path) -> None:
    """SIGKILL of the daemon while it starts, reads, matches and mails; each time it is started anew."""
    moments = random.Random(20260309)
    with DemoWeb() as web, Sink() as sink, closing(Stage(tmp_path, web, sink)) as stage:
        expected = load_expected(web.written)
        stage.subscribe(expected)
        for _ in range(6):
            kill_after(stage, moments.uniform(0.8, 6), EVENING)
        stage.evening()
        for _ in range(4):
            kill_after(stage, moments.uniform(0.8, 6), MORNING)
        stage.morning(expected)
        assert stage.problems(expected) == []
        assert len(sink.mails) == 2
        assert stage.deployment.deliveries.delivery_counts() == {"sent": 2}


@contextmanager
def worker(stage: Stage, at: datetime) -> Iterator[None]:
    """One that takes what the daemon shares out."""
    process = stage.start(at, "worker")
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def kill_after(stage: Stage, seconds: float, at: datetime) -> None:
    """Start the daemon and end it without a word."""
    process = stage.start(at)
    time.sleep(seconds)
    process.kill()
    process.wait()


def until(log: Path, said: str) -> None:
    """Wait until it stands in a log."""
    end = time.monotonic() + 60
    while said not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def test_a_daemon_that_cannot_write_its_timetable_says_so_and_goes_on_when_it_can(tmp_path: Path) -> None:
    with DemoWeb() as web, Sink() as sink, closing(Stage(tmp_path, web, sink)) as stage:
        process = stage.start(EVENING)
        log = stage.folder / "daemon.log"
        while "Ctrl-C" not in log.read_text():
            time.sleep(0.1)
        time.sleep(1)
        with stage.deployment.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE UPDATE ON timetable BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
        until(log, " failed")
        assert process.poll() is None
        with stage.deployment.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        until(log, "works again")
        process.terminate()
        assert process.wait(30) == 0
