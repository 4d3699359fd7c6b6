"""What is left lying with addresses in it is named, with what it is called."""

from datetime import datetime, timedelta
from pathlib import Path

from scheduler.keeping.overdue import left_lying


def test_what_a_backup_took_the_place_of_is_named_after_a_week(tmp_path: Path, now: datetime) -> None:
    old = tmp_path / "icewire.db.before-20260301T120000Z"
    for file in (old, tmp_path / "icewire.db.before-20260308T120000Z", tmp_path / "icewire.db.before-mine"):
        file.touch()
    [said] = left_lying(tmp_path, now)
    assert said.startswith(f"a backup took the place of {old} more than 7 days ago")
    assert list(left_lying(tmp_path, now - timedelta(days=3))) == []


def test_what_was_cut_off_is_named(tmp_path: Path, now: datetime) -> None:
    (tmp_path / ".icewire-0123abcd.part").mkdir()
    [said] = left_lying(tmp_path, now)
    assert "a backup that was cut off" in said
