"""What icewire keeps is its owner's alone, also when it was not so before."""

import os
import stat
from pathlib import Path

import pytest

from scheduler.deployment import open_deployment
from scheduler.private import make_private
from scheduler.settings import Settings
from tests.makers.commanding import Command, _here, icewire  # noqa: F401  fixtures

WIDE = (
    "icewire.db",
    "icewire.db-wal",
    "icewire.db-shm",
    "secret.key",
    "daemon.log",
    "outbox/a.eml",
    "sources/mine.toml",
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def widened(folder: Path) -> Path:
    """A data folder that everybody can look into."""
    data = folder / "var"
    for name in WIDE:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
        (data / name).chmod(0o644)
    for inner in (data, data / "outbox", data / "sources"):
        inner.chmod(0o755)
    return data


def test_what_was_open_to_others_is_closed(tmp_path: Path) -> None:
    data = widened(tmp_path)
    found = make_private(Settings(data=data))
    assert {mode(data / name) for name in WIDE} == {0o600}
    assert {mode(data / inner) for inner in ("", "outbox", "sources")} == {0o700}
    assert {*found.closed} == {data, data / "outbox", data / "sources", *(data / name for name in WIDE)}
    assert found.open == make_private(Settings(data=data)).closed == []


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    data, elsewhere = widened(tmp_path), tmp_path / "elsewhere"
    elsewhere.write_text("somebody's")
    elsewhere.chmod(0o644)
    (data / "outbox" / "link.eml").symlink_to(elsewhere)
    (data / "notes.txt").touch()
    (data / "notes.txt").chmod(0o644)
    make_private(Settings(data=data))
    assert (mode(elsewhere), mode(data / "notes.txt")) == (0o644, 0o644)


@pytest.mark.parametrize("where", ["a home", "here", "everybody's"])
def test_a_folder_that_is_shared_is_told_and_not_closed(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = widened(tmp_path)
    if where == "a home":
        monkeypatch.setenv("HOME", str(data))
    elif where == "here":
        monkeypatch.chdir(data)
    else:
        data.chmod(0o1777)
    before = mode(data)
    found = make_private(Settings(data=data))
    assert (mode(data), found.open) == (before, [data])
    assert mode(data / "icewire.db") == 0o600


def test_a_new_deployment_is_its_owners_alone_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.umask(0)
    made = open_deployment()
    assert made.links.key
    (tmp_path / "var/outbox").mkdir()
    (tmp_path / "var/outbox/export.eml").touch()
    modes = {mode(path) for path in Path("var").rglob("*") if path.is_file()}
    assert (mode(Path("var")), mode(Path("var/outbox")), modes) == (0o700, 0o700, {0o600})
    assert {path.name for path in Path("var").iterdir()} > {"icewire.db", "icewire.db-wal", "secret.key"}
    made.engine.dispose()


def test_doctor_tells_what_it_closed_and_of_a_key_that_is_none(icewire: Command) -> None:  # noqa: F811
    Path("var/secret.key").write_bytes(b"\0" * 64)
    Path("var/secret.key").chmod(0o640)
    said = icewire("doctor")
    assert said.status == 1
    assert "privacy" in said.out
    assert "var/secret.key" in said.out.partition("who could read it until now:")[2]
    assert "the key that signs the links in mails is damaged: 64 bytes, of which 1 differ" in said.out
    assert mode(Path("var/secret.key")) == 0o600
    Path("var/secret.key").unlink()
    assert "privacy" not in icewire("doctor").out
