"""Errors and reasons are told by the words that a person reads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from alerts.locale import in_words, worded
from crawler.model import Entry, Feed, Why


@contextmanager
def saying(error: type[Exception], words: str) -> Iterator[None]:
    """The block raises such an error, and in it the regular expression is found, as it is shown to a person."""
    with pytest.raises(error) as raised:
        yield
    assert re.search(words, worded(raised.value))


def reason(entry: Entry) -> str:
    """Why an entry is off topic, failed or refused."""
    return in_words(Why(entry.reason, entry.reason_args))


def status(feed: Feed) -> str:
    """What happened when a feed was read last."""
    return in_words(Why(feed.status, feed.status_args))
