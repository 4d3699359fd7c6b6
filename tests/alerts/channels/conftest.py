"""A reader with a channel, and who is posted to."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from alerts.digest.post import Post
from tests.makers.channelling import Chan, chan_of
from tests.makers.receiving import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def chan(post: Post, receiver: Receiver, now: datetime) -> Chan:
    """A reader, who looks for Waltham, and has a webhook that no search uses yet."""
    return chan_of(post, receiver.url, now)
