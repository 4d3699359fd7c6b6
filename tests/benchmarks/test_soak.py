"""A soak of some hours, so that the benchmark lives; and what it calls lost, late and doubled."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.digest.render import digest_mail
from alerts.digest.sample import sample_digest
from alerts.mail import Envelope
from tests.benchmarks.soak import rules
from tests.benchmarks.soak.books import Arrived, Books, Mailed
from tests.benchmarks.soak.plan import FAULTS, HOUR, OF_OUTLETS, Fault, Plan, make_plan, read_plan, when, write_plan
from tests.benchmarks.soak.press import Press
from tests.benchmarks.soak.readers import Reader, make_readers
from tests.benchmarks.soak.report import report
from tests.benchmarks.soak.soaking import Soak, soak
from tests.benchmarks.soak.world import told_as_new
from tests.makers.mailing import MAIL

ANN = Reader("ann@readers.example", "raid", "America/New_York", "07:00", "daily")
CALM = Plan(1, 96, 5, 1, ())


@pytest.mark.slow
def test_in_some_hours_of_trouble_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    plan = make_plan(3, 8, 10, 40, ("read-only", "SIGKILL"))
    assert {one.kind for one in plan.faults} == {"read-only", "SIGKILL"}
    figures = report(soak(plan, tmp_path), 0.0)
    assert figures["violations"] == []
    assert figures["kills"] == {"in the middle of digest": 1}
    assert figures["faults_felt"]["read-only"] > 0
    assert figures["entries_seen"] > 10
    assert figures["digests_due"] >= 20
    assert figures["mails"] >= 20


def test_a_plan_its_press_and_its_readers_follow_from_the_seed(tmp_path: Path) -> None:
    plan = make_plan(5, 720, 200, 1000)
    assert plan == make_plan(5, 720, 200, 1000) != make_plan(6, 720, 200, 1000)
    assert {one.kind for one in plan.faults} == {*FAULTS, "SIGKILL"}
    assert Press(CALM, 1).pieces == Press(CALM, 1).pieces
    assert make_readers(5, 9) == make_readers(5, 9)
    write_plan(plan, tmp_path)
    assert read_plan(tmp_path) == plan


def test_a_piece_that_is_not_there_in_time_is_lost(tmp_path: Path) -> None:
    press, books = Press(CALM, 1), Books(tmp_path)
    now = when(96)
    missing = rules.entries_lost(CALM, press, books, now)
    assert missing
    books.seen = {press.url(piece): now for piece in missing[1:]}
    assert rules.entries_lost(CALM, press, books, now) == missing[:1]


def test_of_a_backup_that_is_put_back_the_links_it_lacks_are_unseen_and_those_forgotten_before_are_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").mkdir()
    books = Books(tmp_path)
    with closing(sqlite3.connect(books.database)) as connection, connection:
        connection.execute("CREATE TABLE delivery (id INTEGER)")
        connection.execute("CREATE TABLE entry (id INTEGER, url TEXT)")
        connection.execute("INSERT INTO entry VALUES (1, 'kept')")
    books.seen = {"kept": when(1), "forgotten": when(1)}
    books.backed_up()
    books.seen["since"] = when(2)
    books.restored()
    assert books.seen.keys() == {"kept", "forgotten"}


def test_outlets_are_broken_until_their_feeds_are_read_however_short_the_soak() -> None:
    plan = make_plan(5, 120, 200, 1000)
    assert {one.kind for one in plan.faults} == {*FAULTS, "SIGKILL"}
    assert min(one.ends - one.begins for one in plan.faults if one.kind in OF_OUTLETS) >= 9


def test_in_the_end_there_is_time_to_call_lost_what_is_also_after_the_last_fault() -> None:
    for hours in (96, 120, 240, 720):
        plan, end = make_plan(5, hours, 200, 1000), when(hours)
        pieces = [piece for piece in Press(plan, 1).pieces if piece.at < end - rules.SEEN_WITHIN]
        assert all(rules.seen_by(plan, piece) <= end for piece in pieces)


def test_a_kill_strikes_at_a_statement_or_at_a_mail() -> None:
    kills = [one for one in make_plan(5, 720, 200, 1000).faults if one.kind == "SIGKILL"]
    assert {one.tick for one in kills} == {"crawl", "digest", "deliver"}
    assert all((one.mails > 0) == (one.tick == "deliver") == (one.statement == 0) for one in kills)


def test_a_digest_is_in_time_late_or_lost(tmp_path: Path) -> None:
    books = Books(tmp_path)
    arrive(books, "a", date(2026, 3, 1), HOUR / 2)
    arrive(books, "b", date(2026, 3, 2), 5 * HOUR)
    found = rules.digests(CALM, [ANN], books, when(96))
    assert (found.due, found.in_time, found.late) == (4, 1, 1)
    assert found.lost == tuple(f"{ANN.email} daily 2026-03-0{day}, due at 0{day} 12:00" for day in (3, 4))


def test_what_a_fault_put_off_is_late_and_what_a_later_digest_stands_for_is_not_lost(tmp_path: Path) -> None:
    down = Plan(1, 96, 5, 1, (Fault("SMTP down", 20, 40),))
    books = Books(tmp_path)
    for name, day in ("a", 1), ("c", 3), ("d", 4):
        arrive(books, name, date(2026, 3, day), timedelta())
    assert rules.digests(CALM, [ANN], books, when(96)).lost != ()
    found = rules.digests(down, [ANN], books, when(96))
    assert (found.in_time, found.late, found.lost) == (3, 1, ())


def test_a_copy_counts_unless_a_kill_met_it_and_a_second_digest_of_a_day_always(tmp_path: Path) -> None:
    books = Books(tmp_path)
    for name in ("a", "a", "b", "b", "c", "d"):
        arrive(books, name, date(2026, 3, 2 if name == "d" else ord(name) - 96), HOUR)
    books.in_flight["a"] = 1
    found = rules.doubles(books)
    assert found.in_flight == 1
    assert [said.split()[0] for said in found.beyond] == ["b", ANN.email]


@pytest.mark.slow
def test_while_its_database_is_damaged_a_day_is_not_judged(tmp_path: Path) -> None:
    plan = Plan(1, 96, 1, 1, (Fault("corrupt page", 24, 26),))
    one = Soak(plan, tmp_path, hour=24, growth=[{"database": 0}])
    try:
        for name in "a", "b":  # of which the later took the place of what a clock that ran ahead had made
            arrive(one.books, name, date(2026, 2, 28), timedelta())
        one._look_back(when(24))
    finally:
        one.world.kill()
        one.nursery.kill()
    assert one.violations == []


def test_a_story_that_two_mails_tell_as_new_is_told_twice(tmp_path: Path) -> None:
    books = Books(tmp_path)
    for name, page in ("a", "/one"), ("b", "/two"), ("c", "/one"):
        books.arrived.append(Arrived(name, ANN.email, when(9), (page,)))
    assert len(rules.doubles(books).told_twice) == 1


def test_what_a_mail_tells_as_new_is_read_from_it() -> None:
    digest = sample_digest()
    mail, _ = digest_mail(digest, Envelope(ANN.email, "<1@readers.example>", when(9), "", ""), MAIL, "")
    found = told_as_new(mail)
    assert found == [item.story.url for section in digest.sections for item in section.items]
    assert not set(found) & {item.story.url for item in digest.updates}


def test_a_database_that_grows_faster_and_faster_is_told() -> None:
    steady = [{"in_use": day * 2_000_000, "runs.json": 9, "daemon.json": 9, "log": 9} for day in range(30)]
    assert list(rules.growth_wrong(steady)) == []
    faster = [{**row, "in_use": day**3 * 10_000} for day, row in enumerate(steady)]
    assert len(list(rules.growth_wrong(faster))) == 1


def arrive(books: Books, name: str, day: date, after: timedelta) -> None:
    """Ann's digest of a day arrives so long after it was due."""
    books.copies[name] += 1
    books.arrived.append(Arrived(name, ANN.email, datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + after, ()))
    books.mailed[name] = Mailed(ANN.email, day, "daily")
