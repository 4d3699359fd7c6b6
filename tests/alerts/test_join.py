"""Every way to save a search passes here: what could not be an alert is not kept."""

from typing import Any

import pytest

from alerts.digest import Post
from alerts.join import add_search, read_search
from alerts.query import NamedPlaces, QueryError, SearchIndex
from tests.makers.making import NOON


@pytest.fixture
def broken_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that cannot run what it is given."""

    def put(self: SearchIndex, number: int, query: Any) -> None:
        raise ValueError(f"{query.text} is looked up by nothing")

    monkeypatch.setattr(SearchIndex, "put", put)


@pytest.mark.usefixtures("broken_index")
def test_a_search_that_the_index_cannot_run_is_not_saved(post: Post) -> None:
    with pytest.raises(QueryError, match="cannot be kept as an alert: raid is looked up by nothing"):
        add_search(post, NamedPlaces(), "reader@example.org", "raid", "07:00", "UTC", True, NOON)
    assert post.members.subscribers() == []


def test_what_it_can_run_is_read_as_it_is_written() -> None:
    assert read_search('raid -hockey place:"Waltham, MA"', NamedPlaces()).text == 'raid -hockey place:"Waltham, MA"'
    assert read_search("", NamedPlaces()).text == ""


def test_what_cannot_be_read_says_where() -> None:
    with pytest.raises(QueryError, match="column 6"):
        read_search("raid (", NamedPlaces())
