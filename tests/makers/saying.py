"""Errors are told by the words that a person reads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from alerts.locale import worded


@contextmanager
def saying(error: type[Exception], words: str) -> Iterator[None]:
    """The block raises such an error, and in it the regular expression is found, as it is shown to a person."""
    with pytest.raises(error) as raised:
        yield
    assert re.search(words, worded(raised.value))
