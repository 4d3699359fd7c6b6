"""`kind:` takes the kinds of the topic, and no others."""

import pytest

from alerts.query.fields import kinds
from alerts.query.query import parse
from alerts.query.tokens import QueryError
from crawler.places.place import Place
from crawler.topic.choice import chosen


class NoPlaces:
    """A gazetteer that knows nothing."""

    def look_up(self, name: str) -> Place | None:
        """No place."""
        return None

    def suggest(self, name: str) -> tuple[str, ...]:
        """No name."""
        return ()


def test_a_kind_that_the_topic_does_not_know_is_answered_with_those_it_knows() -> None:
    with pytest.raises(QueryError, match="No kind is called “arrested”; there are 287g, arrest, ") as caught:
        parse("kind:arrested", NoPlaces())
    assert "kind:arrest" in str(caught.value)


def test_the_kinds_of_a_query_are_those_of_the_topic() -> None:
    assert list(kinds()) == sorted(kind.name for kind in chosen().kinds.all)
