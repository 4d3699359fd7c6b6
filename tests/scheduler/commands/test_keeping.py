"""icewire db, as a person types it."""

from pathlib import Path

from sqlalchemy import Engine, text

from scheduler.migrations import newest
from tests.makers.commanding import Command, _here, engine, icewire  # noqa: F401

READER = "reader@example.org"


def test_a_backup_is_made_looked_at_and_put_back(icewire: Command) -> None:  # noqa: F811
    icewire("subscribe", READER, "raid")
    made = icewire("db", "backup")
    [file] = Path("var/backups").iterdir()
    assert made.out.startswith(f"{file} ")
    assert "Not in it: icewire.toml and passwords." in made.out
    looked = icewire("db", "check", str(file))
    assert (looked.status, "1 subscriber" in looked.out) == (0, True)
    assert "whole, made 2026-03-09 12:0" in looked.out
    assert icewire("db", "check", "--json", str(file)).data["rows"]["subscriber"] == 1


def test_only_the_newest_stay(icewire: Command) -> None:  # noqa: F811
    Path("var/backups").mkdir()
    for day in ("0301", "0307", "0308"):
        Path(f"var/backups/icewire-2026{day}T120000Z.tar").touch()
    said = icewire("db", "backup", "--keep", "2").out
    assert [f"icewire-2026{day}T120000Z.tar deleted" in said for day in ("0301", "0307", "0308")] == [True, True, False]
    assert len(list(Path("var/backups").iterdir())) == 2


def test_the_database_in_use_is_looked_at(icewire: Command, engine: Engine) -> None:  # noqa: F811
    assert icewire("db", "check").out.endswith(f"whole, tables of version {newest()}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
    looked = icewire("db", "check")
    assert (looked.status, "newer icewire" in looked.err, "update icewire" in looked.err) == (1, True, True)


def test_who_left_by_command_is_listed_at_once(icewire: Command) -> None:  # noqa: F811
    icewire("subscribe", READER, "raid")
    icewire("unsubscribe", READER)
    assert '"1": ' in Path("var/left.json").read_text()


def test_what_cannot_be_is_said(icewire: Command) -> None:  # noqa: F811
    assert "nothing.tar: it cannot be read: No such file" in icewire("db", "restore", "nothing.tar").err
    assert "choose one" in icewire("db", "restore", "--moved", "--whoever-left", "x.tar").err
    assert "there is no such file" in icewire("db", "copy", "sqlite:///no.db", "sqlite:///new.db").err
    assert not Path("new.db").exists()


def test_a_backup_before_an_upgrade_is_of_the_old_tables(icewire: Command, engine: Engine) -> None:  # noqa: F811
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0040'"))
    assert icewire("db", "backup", "old.tar").status == 0
    assert icewire("db", "check", "old.tar").out.endswith("version 0040; it is brought up to date at the next start")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0040"
