"""Where a list goes on: a story's place in the archive, as an address carries it. It stays good as stories are added.

>>> from datetime import UTC, datetime
>>> read_cursor(cursor(Mark(datetime(2026, 3, 9, 12, tzinfo=UTC), 7)))
Mark(dated_at=datetime.datetime(2026, 3, 9, 12, 0, tzinfo=datetime.timezone.utc), story_id=7)
"""

import re
from datetime import UTC, datetime, timedelta

from crawler.store import Mark

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SHAPE = re.compile(r"(-?[0-9a-f]{1,14})\.([0-9a-f]{1,8})", re.ASCII)
_MOST = 2**31 - 1  # as far as the databases count


def cursor(mark: Mark) -> str:
    """A mark as an address carries it."""
    return f"{(mark.dated_at - _EPOCH) // _MICROSECOND:x}.{mark.story_id:x}"


def read_cursor(written: str) -> Mark | None:
    """The mark; None of what is no cursor of ours."""
    read = _SHAPE.fullmatch(written)
    if read is None or int(read[2], 16) > _MOST:
        return None
    try:
        return Mark(_EPOCH + int(read[1], 16) * _MICROSECOND, int(read[2], 16))
    except OverflowError:
        return None
