"""What machines ask: alive, ready and in what figures; and that nobody else learns anything by it."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.applications import Starlette

from alerts.mail.deliveries import Deliveries
from alerts.mail.letter import Letter, delivery_of
from alerts.mail.links import Links
from alerts.operator.running import JobRun, Running
from alerts.people.members import Members
from alerts.web.app import Pages, make_app
from alerts.web.machine import Machine
from crawler.places.gazetteer import shipped
from crawler.store.store import Store
from scheduler.migrations import newest
from tests.makers.browsing import ask
from tests.makers.making import article, keep, watch

READER, SEARCH = "reader@example.org", "xyzzy"
CRAWLED = {"pages_read": 10, "gate_dropped": 7}


@pytest.fixture
def machine(sqlite_engine: Engine, now: datetime) -> Machine:
    watchlist, members, store = watch(sqlite_engine), Members(sqlite_engine), Store(sqlite_engine)
    members.subscribe(READER, SEARCH, now, "America/New_York", "07:00", active=True)
    keep(sqlite_engine, article())
    pages = Pages(
        watchlist, store, members, Deliveries(sqlite_engine), Links(b"a key", "http://x"), shipped(), lambda: now
    )
    running = Running({}, {"match": JobRun(now, None, 0.1, 3, 0)}, CRAWLED, now, 60.0)
    return Machine(sqlite_engine, pages.status, lambda: running, lambda: now, newest())


def shown(machine: Machine, public: bool = False) -> Starlette:
    members = Members(machine.engine)
    stores = Store(machine.engine), members, Deliveries(machine.engine)
    pages = Pages(watch(machine.engine), *stores, Links(b"a key", "http://127.0.0.1:8080"), shipped(), machine.clock)
    return make_app(replace(pages, public=public), machine.routes())


def test_a_daemon_that_is_well_is_alive_and_ready(machine: Machine) -> None:
    app = shown(machine)
    assert ask(app, "/healthz")[::2] == (200, '{"alive":true}')
    status, headers, body = ask(app, "/readyz")
    assert (status, body) == (200, '{"ready":true,"parts":{"database":"ok","queue":"ok","timetable":"ok"}}')
    assert headers["cache-control"] == "no-store"


def queue_a_mail(engine: Engine, at: datetime) -> None:
    with Session(engine) as session:
        mail = Letter("operator", READER, "<a@x.example>", b"x")
        session.add(delivery_of(mail, None, at))
        session.commit()


def test_a_mail_that_nobody_tries_for_half_an_hour_is_told_and_one_that_is_retried_is_not(
    machine: Machine, now: datetime
) -> None:
    queue_a_mail(machine.engine, now - timedelta(minutes=29))
    assert ask(shown(machine), "/readyz")[0] == 200
    late = replace(machine, clock=lambda: now + timedelta(minutes=2), _ready=type(machine._ready)(0))
    assert ask(shown(late), "/readyz")[::2] == (
        503,
        '{"ready":false,"parts":{"database":"ok","queue":"is stuck","timetable":"ok"}}',
    )


def test_a_timetable_that_does_not_tick_is_told_without_its_words(machine: Machine) -> None:
    ill = replace(machine, running=lambda: Running({"timetable": f"{READER} in it"}))
    status, _, body = ask(shown(ill), "/readyz")
    assert status == 503
    assert '"timetable":"does not tick"' in body
    assert READER not in body


def test_tables_of_another_version_are_not_ready(machine: Machine) -> None:
    with machine.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert '"database":"is of another version"' in ask(shown(machine), "/readyz")[2]


@pytest.fixture
def silent(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A database that answers nobody until the test is over."""
    over = threading.Event()

    class Silent(type(machine._ready)):  # type: ignore[misc]
        def get(self, key: object, make: object) -> object:
            over.wait(20)
            return {}

    yield replace(machine, _ready=Silent(1))
    over.set()


@pytest.mark.slow
def test_a_silent_database_keeps_nobody_waiting(silent: Machine) -> None:
    app = shown(silent)

    def asked() -> tuple[int, str]:
        status, _, body = ask(app, "/readyz")
        return status, body

    began = monotonic()
    answers: list[tuple[int, str]] = []
    asking = threading.Thread(target=lambda: answers.append(asked()), daemon=True)
    asking.start()
    assert ask(app, "/healthz")[0] == 200
    assert monotonic() - began < 0.9
    asking.join(5)
    assert answers == [
        (503, '{"ready":false,"parts":{"database":"does not answer","queue":"unknown","timetable":"ok"}}')
    ]


def test_the_figures_are_in_the_format_and_named_as_prometheus_wants(machine: Machine) -> None:
    _, headers, body = ask(shown(machine), "/metrics")
    assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(body)}
    assert families["icewire_stories_opened"].samples[0].value == 1
    assert {s.labels["outcome"]: s.value for s in families["icewire_gate_pages"].samples} == {"dropped": 7, "passed": 3}
    for family in families.values():
        assert family.documentation.endswith("."), family.name
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter"), sample.name
            assert not sample.name.endswith(("_count", "_sum", "_bucket"))
            assert all(label in LABELS for label in sample.labels), sample


LABELS = ("state", "share", "label", "within", "outcome", "kind", "job", "part")


def test_no_figure_names_a_person_a_search_or_an_outlet(machine: Machine, now: datetime) -> None:
    queue_a_mail(machine.engine, now)
    body = ask(shown(machine), "/metrics")[2]
    for secret in (READER, "reader", "example.org", SEARCH, "ledger"):
        assert secret not in body.lower()


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({}, True),
        ({"host": "localhost:8080"}, True),
        ({"host": "[::1]:8080"}, True),
        ({"host": "alerts.example.org"}, False),
        ({"headers": {"x-forwarded-for": "203.0.113.7"}}, False),
        ({"headers": {"forwarded": "for=203.0.113.7"}}, False),
        ({"headers": {"via": "1.1 proxy"}}, False),
    ],
)
def test_figures_are_for_programs_of_this_machine(machine: Machine, asked: dict[str, object], seen: bool) -> None:
    status, _, body = ask(shown(machine, public=True), "/metrics", **asked)  # type: ignore[arg-type]
    assert (status == 200) is ("icewire_" in body) is seen


def test_figures_may_be_for_all_or_for_nobody(machine: Machine) -> None:
    everybody, nobody = (shown(replace(machine, metrics_for=who), public=True) for who in ("all", "off"))
    assert ask(everybody, "/metrics", host="alerts.example.org")[0] == 200
    assert ask(nobody, "/metrics")[0] == 404


def test_others_learn_no_figure_from_what_they_may_ask(machine: Machine) -> None:
    app = shown(machine, public=True)
    for path in ("/healthz", "/readyz"):
        status, _, body = ask(app, path, host="alerts.example.org")
        assert status == 200
        assert not any(letter.isdigit() for letter in body)
