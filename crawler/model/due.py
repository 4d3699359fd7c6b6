"""When a stored time has come, one rule for values and for columns.

A clock that ran ahead leaves times in the tables that may be weeks away when it is set right. Each kind of time has a
longest wait, which whoever plans it never exceeds; one that is further ahead was planned by such a clock, and is due.
"""

from datetime import datetime, timedelta
from typing import Any, overload

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped

ADJUSTED = timedelta(minutes=10)  # a clock that is put right by so little ends no wait
AT_ONCE = timedelta(minutes=1)  # the longest wait of what only notes the present: clocks of two machines may differ


@overload
def is_due(at: datetime, now: datetime, longest_wait: timedelta) -> bool: ...
@overload
def is_due(at: Mapped[Any], now: datetime, longest_wait: timedelta) -> ColumnElement[bool]: ...
def is_due(at: Any, now: datetime, longest_wait: timedelta) -> Any:
    """Whether a time has come, or is further ahead than it ever waits; of a column, the same in SQL.

    >>> from datetime import UTC
    >>> noon, hour = datetime(2026, 3, 9, 12, tzinfo=UTC), timedelta(hours=1)
    >>> is_due(noon, noon, hour), is_due(noon + hour, noon, hour), is_due(noon + 2 * hour, noon, hour)
    (True, False, True)
    """
    return (at <= now) | (at > now + longest_wait + ADJUSTED)


@overload
def is_ahead(at: datetime, now: datetime) -> bool: ...
@overload
def is_ahead(at: Mapped[Any], now: datetime) -> ColumnElement[bool]: ...
def is_ahead(at: Any, now: datetime) -> Any:
    """Whether something was noted by a clock that ran ahead: what has happened cannot be still to come."""
    return at > now + AT_ONCE
