"""An address that anybody may read, and a connection that goes back to the pool and holds nothing."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crawler.database import address_of, open_database


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://icewire:s3cret@db.example/news", "postgresql://icewire@db.example/news"),
        (
            "postgresql+psycopg://icewire@db.example/news?sslmode=require",
            "postgresql://icewire@db.example/news?sslmode=require",
        ),
        ("sqlite:////var/lib/icewire/icewire.db", "sqlite:////var/lib/icewire/icewire.db"),
    ],
)
def test_an_address_is_shown_as_settings_may_say_it_and_without_its_password(url: str, shown: str) -> None:
    assert address_of(open_database(url)) == shown


def test_a_commit_that_fails_keeps_no_lock(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE other (one INTEGER REFERENCES one DEFERRABLE INITIALLY DEFERRED)"))
    with Session(engine) as session:
        session.execute(text("INSERT INTO other VALUES (7)"))
        with pytest.raises(IntegrityError):  # COMMIT refuses it, and stays in its transaction
            session.commit()
    beside = sqlite3.connect(tmp_path / "a.db", timeout=0)
    beside.execute("BEGIN IMMEDIATE")
    beside.close()
    engine.dispose()
