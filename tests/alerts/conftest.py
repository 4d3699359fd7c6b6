"""What tests of digests and mails begin with; a file that needs another has its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from alerts.digest.post import Post
from scheduler.demo.sink import Sink
from tests.makers.mailing import post_of
from tests.makers.making import outlet, watch


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server on loopback."""
    with Sink() as sink:
        yield sink


@pytest.fixture
def post(sqlite_engine: Engine) -> Post:
    """Three outlets are watched, one of which wants headlines only."""
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"), outlet("radio", headline_only=True))
    return post_of(sqlite_engine)
