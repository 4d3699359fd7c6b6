"""The migrations make exactly the tables that the code declares, in both databases."""

import json
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session, SQLModel, col, select

from alerts.locale import in_words
from alerts.people import Delivery, Match, Members, Subscriber
from crawler.database import open_database
from crawler.model import Entry, Feed, Verdict, Why, inner
from crawler.model.errors import IcewireError
from crawler.store.store import Store
from scheduler.migrations import upgrade


def test_the_tables_are_those_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    # Full-text search is the engine's own: no model declares it. Of a key that came with a column, as SQLite adds one
    # in place, SQLAlchemy reads but half; the database is asked itself below.
    unread = ("add_fk", "remove_fk") if engine.dialect.name == "sqlite" else ()
    assert [d for d in differences if "search" not in repr(d) and d[0] not in unread] == []


def test_every_key_to_another_table_does_what_the_models_say(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        for table in SQLModel.metadata.tables.values():
            keys = connection.execute(text(f'PRAGMA foreign_key_list("{table.name}")')).mappings().all()
            kept = {(key["from"], f"{key['table']}.{key['to']}", key["on_delete"]) for key in keys}
            said = {(k.parent.name, k.target_fullname, k.ondelete or "NO ACTION") for k in table.foreign_keys}
            assert kept == said, table.name


def test_migrating_a_current_database_changes_nothing(engine: Engine) -> None:
    before = set(inspect(engine).get_table_names())
    upgrade(engine)
    assert set(inspect(engine).get_table_names()) == before


@pytest.mark.slow
def test_an_older_verdict_keeps_its_kind_and_knows_no_second_one_and_nobody_who_acts(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0031")
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "article", id=1, source_id="ledger", url="https://ledger.example/raid")
        insert(connection, "verdict", article_id=1, label="activity", kind="raid")
    upgrade(engine)
    with Session(engine) as session:
        verdict = session.get_one(Verdict, 1)
        assert (verdict.kind, verdict.kinds, verdict.actors, verdict.said_by) == ("raid", ("raid",), [], [])
    engine.dispose()


@pytest.mark.slow
def test_what_an_older_database_holds_is_kept_and_its_addresses_are_spelled_as_today(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0001")
    two = ("http://www.ledger.example/raid", "https://ledger.example/raid")
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "feed", id=1, source_id="ledger", url="https://ledger.example/feed")
        insert(connection, "entry", id=1, feed_id=1, url="http://www.ledger.example/raid?utm_source=rss")
        for number, url in enumerate(("http://www.ledger.example/fair", *two), 1):
            insert(connection, "article", id=number, source_id="ledger", url=url)
    upgrade(engine)
    with engine.connect() as connection:
        pages = connection.execute(text("SELECT page FROM entry")).scalars().all()
        urls = connection.execute(text("SELECT url FROM article ORDER BY id")).scalars().all()
    engine.dispose()
    assert pages == ["https://ledger.example/raid"]
    assert urls == ["https://ledger.example/fair", *two]  # two rows cannot have one address


def test_pages_are_known_by_their_number_from_now_on(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0010")
    key = "article_7d3f32ba-b5d3-11e0-a1b2-001cc4c03286.html"
    mill, held = (f"https://ledger.example/news/{slug}/{key}" for slug in ("ice-at-mill", "three-held"))
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "feed", id=1, source_id="ledger", url="https://ledger.example/feed")
        for number, url in enumerate((mill, held, "https://ledger.example/fair?ana=RSS"), 1):
            insert(connection, "entry", id=number, feed_id=1, url=url, page=url)
            insert(connection, "article", id=number, source_id="ledger", url=url)
    upgrade(engine)
    with engine.connect() as connection:
        pages = connection.execute(text("SELECT page FROM entry ORDER BY id")).scalars().all()
        urls = connection.execute(text("SELECT url FROM article ORDER BY id")).scalars().all()
    found = Store(engine).article_at(mill)
    engine.dispose()
    page, fair = f"https://ledger.example/{key}", "https://ledger.example/fair"
    assert pages == [page, page, fair]
    assert urls == [mill, page, fair]  # two rows cannot have one address; the one that was read last is found
    assert found is not None
    assert found.id == 2


@pytest.mark.slow
def test_stories_with_their_articles_are_kept(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0003")
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "story", id=1, lead_id=1)
        insert(connection, "article", id=1, source_id="ledger", url="https://ledger.example/raid", story_id=1)
        insert(connection, "verdict", article_id=1)
        for passage in (7, -7):
            insert(connection, "fingerprint", article_id=1, hash=passage)
    upgrade(engine)
    with engine.connect() as connection:
        stories = connection.execute(text("SELECT id, lead_id, by_hand, development, merged_into FROM story")).all()
        judged = connection.execute(text("SELECT article_id, kept_apart FROM verdict")).all()
        passages = connection.execute(text("SELECT hash, article_id FROM fingerprint ORDER BY hash")).all()
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()
    assert [tuple(row) for row in passages] == [(-7, 1), (7, 1)]
    assert [tuple(row) for row in stories] == [(1, 1, 0, "", None)]
    assert [tuple(row) for row in judged] == [(1, "[]")]


SENTENCES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("", "", {}),
    ("answered 404", "answered", {"status": 404}),
    ("ok; 2 items with an unreadable date", "as_written", {"text": "ok; 2 items with an unreadable date"}),
    ("robots.txt does not allow it", "robots_refused", {}),
    (
        "given up after 10 attempts: answered 404", "given_up",
        {"attempts": 10, "last": {"code": "answered", "args": {"status": 404}}},
    ),
    (
        "not about ICE (score 0.12; seen: “ICE”, “black ice”)", "about_none",
        {"score": 0.12, "seen": ["ICE", "black ice"]},
    ),
    ("not about ICE (score 0.00)", "about_none", {"score": 0.0, "seen": []}),
    ("something nobody knows any more", "as_written", {"text": "something nobody knows any more"}),
)  # fmt: skip


@pytest.mark.slow
def test_sentences_become_codes_and_what_no_code_fits_stays_as_written(empty_database_url: str) -> None:
    engine = open_database(empty_database_url)
    upgrade(engine, to="0009")
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "feed", id=1, source_id="ledger", url="https://ledger.example/feed", status="answered 503")
        for number, (sentence, _, _) in enumerate(SENTENCES, 1):
            insert(connection, "entry", id=number, feed_id=1, url=f"https://ledger.example/{number}", reason=sentence)
        insert(connection, "story", id=1, lead_id=1)
        insert(connection, "article", id=1, source_id="ledger", url="https://ledger.example/raid", story_id=1)
        apart = json.dumps([[4, "30 days apart"], [5, "Fresno, CA, not Waltham, MA"]])
        insert(connection, "verdict", article_id=1, grouped_because="the first report of this event that we know",
               kept_apart=apart)  # fmt: skip
        insert(connection, "subscriber", id=1, email="r@example.org", timezone="UTC", digest_at="07:00")
        insert(connection, "subscription", id=1, subscriber_id=1, query="x")
        terms = json.dumps(["waltham", "place Waltham, MA", "kind arrest"])
        insert(connection, "match", id=1, subscription_id=1, story_id=1, article_id=1, terms=terms)
    upgrade(engine)
    with Session(engine) as session:
        entries = session.exec(select(Entry).order_by(col(Entry.id))).all()
        assert [(e.reason, e.reason_args) for e in entries] == [(code, args) for _, code, args in SENTENCES]
        feed, verdict = session.exec(select(Feed)).one(), session.exec(select(Verdict)).one()
        match = session.exec(select(Match)).one()
        assert (feed.status, feed.status_args) == ("answered", {"status": 503})
        assert verdict.grouped_because == "first_report"
        assert verdict.kept_apart == [
            [4, {"code": "days_apart", "args": {"days": 30}}],
            [5, {"code": "as_written", "args": {"text": "Fresno, CA, not Waltham, MA"}}],
        ]
        assert [in_words(inner(term) or Why()) for term in match.terms] == [
            "waltham", "place Waltham, MA", "kind arrest",
        ]  # fmt: skip
    engine.dispose()


@pytest.mark.slow
def test_days_without_an_hour_are_told_from_times(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0007")
    midnight, later = "2026-03-09 00:00:00.000000", "2026-03-09 00:00:01.000000"
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "feed", id=1, source_id="ledger", url="https://ledger.example/feed")
        for number, (at, witness) in enumerate(
            [(midnight, "feed"), (later, "feed"), (later, "htmldate, day only"), (None, "")], 1
        ):
            facts = {"published_at": at} if at else {}
            said = f'{{"title": "h1", "published_at": "{witness}"}}'
            insert(connection, "entry", id=number, feed_id=1, url=f"https://ledger.example/{number}", **facts)
            insert(connection, "article", id=number, source_id="ledger", url=f"https://ledger.example/{number}",
                   witnesses=said, **facts)  # fmt: skip
    upgrade(engine)
    with engine.connect() as connection:
        told = {table: connection.execute(text(f"SELECT published_at, day_only FROM {table} ORDER BY id")).all()
                for table in ("entry", "article")}  # fmt: skip
    engine.dispose()
    assert [tuple(row) for row in told["entry"]] == [(midnight, 1), (later, 0), (later, 0), (None, 0)]
    assert [tuple(row) for row in told["article"]] == [(midnight, 1), (later, 0), (later, 1), (None, 0)]


def insert(connection: Connection, table: str, **facts: object) -> None:
    """A row as an older version wrote it: what is not given is empty."""
    moment = "2026-03-09 12:00:00.000000"
    empty = {"BOOLEAN": True, "INTEGER": 0, "FLOAT": 0.0, "JSON": "[]", "DATETIME": moment, "TIMESTAMP": moment}
    empty["DOUBLE PRECISION"] = 0.0
    row = {
        column["name"]: facts.get(column["name"], empty.get(str(column["type"]), ""))
        for column in inspect(connection).get_columns(table)
        if column["name"] in facts or not column["nullable"]
    }
    names = ", ".join(f'"{name}"' for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{n}' for n in row)})"), row)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/name", "mysql is not supported"),
        ("sqlite:///news.db?cache=shared", "cache=shared. has options after its"),
        ("not an address", "'not an address' is not a database address"),
        ("postgresql://icewire:s3c@ret@host:port/name", "'postgresql://…@host:port/name' is not a database address"),
    ],
)
def test_another_kind_of_database_is_refused_with_what_is_meant(url: str, said: str) -> None:
    with pytest.raises(IcewireError, match=said):
        open_database(url)


def test_sqlite_is_opened_for_many_readers_and_with_its_constraints(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "foreign_keys")}
    engine.dispose()
    assert found == {"journal_mode": "wal", "foreign_keys": 1}


@pytest.mark.slow
def test_what_was_old_when_it_was_found_is_told_from_news(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0010")
    dates = {1: "2020-07-15 12:00:00.000000", 2: "2026-03-08 12:00:00.000000", 3: None, 4: "2026-03-02 12:00:00.000000"}
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "story", id=1, opened_at="2026-03-09 12:00:00.000000")
        for number, at in dates.items():
            facts = {"published_at": at} if at else {}
            url = f"https://ledger.example/{number}"
            insert(connection, "article", id=number, source_id="ledger", story_id=1, url=url, **facts)
    upgrade(engine)
    with engine.connect() as connection:
        told = connection.execute(text("SELECT id FROM article WHERE old ORDER BY id")).scalars().all()
    engine.dispose()
    assert told == [1]


@pytest.mark.slow
def test_searches_keep_their_meaning_and_words_are_indexed_as_searches_know_them(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0013")
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "subscriber", id=1, email="reader@example.org")
        insert(connection, "subscription", id=1, subscriber_id=1, query="raid*")
        said = {"title": "U.S. agents in Hawai'i", "text": "A raid.", "folded": "u.s agents in hawai'i a raid"}
        insert(connection, "article", id=1, source_id="ledger", url="https://ledger.example/1", **said)
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT query, name FROM subscription")).one() == ("raid*", "")
        assert connection.execute(text("SELECT folded FROM article")).scalar_one() == "us agents in hawaii a raid"
        found = "SELECT rowid FROM article_search WHERE article_search MATCH 'hawaii'"
        assert connection.execute(text(found)).scalars().all() == [1]
    engine.dispose()


@pytest.mark.slow
def test_words_are_parted_at_spaces_and_what_is_too_long_is_found_from_now_on(empty_database_url: str) -> None:
    engine = open_database(empty_database_url)
    upgrade(engine, to="0017")
    kept = {1: "step ❶ of three", 2: f"read {'ab' * 1500} aloud", 3: ("in dover " * 40_000)[:300_000], 4: "a fair"}
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        for number, folded in kept.items():
            insert(connection, "story", id=number)
            insert(
                connection, "article", id=number, source_id="ledger", url=f"/{number}", folded=folded, story_id=number
            )
    upgrade(engine)
    store = Store(engine)
    try:
        assert sorted(store.search([["step ❶ of"]])) == [1, 3]  # what was cut is proposed for all
        assert sorted(store.search([[f"{'ab' * 1500} aloud"]])) == [2, 3]
        assert sorted(store.search([["fair"]])) == [3, 4]
        with engine.begin() as connection:
            connection.execute(text("UPDATE article SET folded = 'a raid' WHERE id = 3"))
            connection.execute(text("DELETE FROM article WHERE id = 4"))
        assert [store.search([["fair"]]), store.search([["raid"]])] == [[], [3]]
    finally:
        engine.dispose()


def test_who_was_subscribed_before_there_were_cadences_gets_a_digest_each_day(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    upgrade(engine, to="0018")
    with engine.begin() as connection:
        insert(connection, "subscriber", id=1, email="r@example.org", timezone="UTC", digest_at="07:00", state="active")
        insert(connection, "subscription", id=1, subscriber_id=1, query="raid", cadence="daily")
    upgrade(engine)
    [(person, [search])] = Members(engine).subscribers()
    engine.dispose()
    assert (person.weekday, person.paused_at, person.paused_until, person.pause_drops) == (0, None, None, False)
    assert (search.query, search.cadence, search.story_id) == ("raid", "daily", None)


@pytest.mark.slow
def test_what_was_told_and_queued_before_stays_so(empty_database_url: str) -> None:
    engine = open_database(empty_database_url)
    upgrade(engine, to="0018")
    with engine.begin() as connection:
        insert(connection, "source", id="ledger")
        insert(connection, "story", id=1)
        insert(connection, "article", id=1, source_id="ledger", url="/1", story_id=1)
        insert(connection, "subscriber", id=1, email="reader@example.org", state="active")
        insert(connection, "subscription", id=1, subscriber_id=1, query="raid")
        insert(connection, "digest", id=1, subscriber_id=1, local_date="2026-03-09")
        insert(connection, "match", id=1, subscription_id=1, story_id=1, article_id=1, digest_id=1)
        insert(connection, "delivery", id=1, subscriber_id=1, digest_id=1, message_id="<1@a>", state="queued")
    upgrade(engine)
    with Session(engine) as session:
        match, delivery, reader = (
            session.get_one(Match, 1),
            session.get_one(Delivery, 1),
            session.get_one(Subscriber, 1),
        )
    engine.dispose()
    assert (match.digest_id, match.update_digest_id, match.unwelcome, delivery.in_doubt) == (1, None, 0, False)
    assert (reader.state, reader.refusals, reader.returns, reader.bounced_because_args) == ("active", 0, 0, {})
