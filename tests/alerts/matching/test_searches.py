"""The searches in memory are those of the database, whatever people and other processes did meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete
from sqlmodel import Session, col

from alerts.digest.post import Post
from alerts.matching.searches import LiveSearches
from alerts.people.searches import Searches
from alerts.people.subscriber import SearchChange
from alerts.query.index import SearchIndex
from tests.makers.mailing import join, post_of
from tests.makers.searching import NoPlaces, document


@pytest.fixture
def post(engine: Engine) -> Post:
    return post_of(engine)


@pytest.fixture
def live(engine: Engine) -> LiveSearches:
    return LiveSearches(engine, NoPlaces())


def met(index: SearchIndex, text: str) -> list[int]:
    return sorted(number for search in index.met_by(document(text)) for number in search.ids)


def test_what_people_do_is_known_at_the_next_look(post: Post, live: LiveSearches, now: datetime) -> None:
    join(post, now, "a@example.org", "waltham")
    join(post, now, "b@example.org", "courthouse")
    assert met(live.index(), "Waltham courthouse") == [1, 2]
    join(post, now, "b@example.org", "van")
    post.members.remove_search(1)
    assert met(live.index(), "A van at the Waltham courthouse") == [2, 3]
    post.members.leave(2, now)
    assert met(live.index(), "A van at the Waltham courthouse") == []
    post.members.subscribe("b@example.org", "van", now, "UTC", "07:00", active=False)
    assert met(live.index(), "A van at the Waltham courthouse") != []


def test_who_is_erased_is_gone_from_memory_too(post: Post, live: LiveSearches, now: datetime) -> None:
    post.members.subscribe("a@example.org", "waltham", now, "UTC", "07:00", active=False)
    assert len(live.index()) == 1
    post.members.forget(left_before=now + timedelta(days=1))
    assert len(live.index()) == 0


def test_nothing_is_read_anew_when_nothing_changed(post: Post, live: LiveSearches, now: datetime) -> None:
    join(post, now)
    index = live.index()
    assert live.index() is index
    join(post, now, "b@example.org")
    assert live.index() is index
    assert (len(index), index.distinct) == (2, 1)


def test_who_fell_behind_reads_all_anew(post: Post, engine: Engine, live: LiveSearches, now: datetime) -> None:
    join(post, now)
    index = live.index()
    for name in "bcd":
        join(post, now, f"{name}@example.org")
    with Session(engine) as session:
        session.exec(delete(SearchChange).where(col(SearchChange.id) < 4))
        session.commit()
    assert live.index() is not index
    assert len(live.index()) == 4


def test_a_search_that_cannot_be_read_any_more_leaves_the_others(
    post: Post, live: LiveSearches, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    join(post, now, query='place:"Nowhere, ZZ"')
    join(post, now, query="waltham")
    assert met(live.index(), "Waltham") == [2]
    assert "Nowhere, ZZ" in caplog.text
    caplog.clear()
    assert met(live.index(), "Waltham") == [2]
    assert caplog.text == ""


def test_a_database_that_fails_while_all_are_read_leaves_none_out(
    post: Post, live: LiveSearches, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(post, now, "a@example.org", "waltham")
    join(post, now, "b@example.org", "courthouse")

    def fails_midway(searches: Searches) -> Iterator[tuple[int, str]]:
        yield 1, "waltham"
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(Searches, "all", fails_midway)
        with pytest.raises(OSError, match="disk"):
            live.index()
    assert met(live.index(), "Waltham courthouse") == [1, 2]
