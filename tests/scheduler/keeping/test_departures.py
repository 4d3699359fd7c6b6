"""Who left is known beside the database, by number, for as long as a backup may be put back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.model import IcewireError
from scheduler.keeping.departures import KEPT, Departures
from tests.makers.mailing import join, post_of

DAY = timedelta(days=1)


def test_who_left_is_listed_by_number_until_no_backup_can_bring_them_back(
    engine: Engine, tmp_path: Path, now: datetime
) -> None:
    post, departures = post_of(engine), Departures(tmp_path)
    departures.begin(now - DAY)
    ada = join(post, now)
    post.members.leave(ada.id or 0, now)
    departures.note(engine, now)
    assert departures.read() == (now - DAY, {ada.id: now})
    assert "example" not in (tmp_path / "left.json").read_text()
    post.members.forget(now + 7 * DAY)
    departures.note(engine, now + 7 * DAY)
    assert departures.read()[1] == {ada.id: now}
    departures.note(engine, now + KEPT)
    assert departures.read() == (now, {})


def test_who_comes_back_is_struck_out(engine: Engine, tmp_path: Path, now: datetime) -> None:
    post, departures = post_of(engine), Departures(tmp_path)
    ada = join(post, now)
    post.members.leave(ada.id or 0, now)
    departures.note(engine, now)
    join(post, now + DAY)
    departures.note(engine, now + DAY)
    assert departures.read() == (now, {})


def test_nothing_is_written_when_nothing_changed(engine: Engine, tmp_path: Path, now: datetime) -> None:
    departures = Departures(tmp_path)
    departures.note(engine, now)
    before = (tmp_path / "left.json").stat().st_ino
    departures.note(engine, now + DAY)
    assert (tmp_path / "left.json").stat().st_ino == before


@pytest.mark.parametrize("said", ["", "[]", '{"since": "x"}', '{"since": "2026-03-09T12:00:00+00:00", "left": [1]}'])
def test_a_damaged_list_is_told(tmp_path: Path, said: str) -> None:
    (tmp_path / "left.json").write_text(said)
    with pytest.raises(IcewireError, match="who left cannot be read"):
        Departures(tmp_path).read()
