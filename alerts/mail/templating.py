"""A room's templates, in its folder `templates/`, become text."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alerts.locale import in_words

if TYPE_CHECKING:
    from jinja2 import Environment


def render(room: str, template: str, **shown: Any) -> str:
    """A template of a room (a package, e.g. "alerts.digest") with its values; HTML is escaped, text is not."""
    return _environment(room).get_template(template).render(shown)


@cache
def _environment(room: str) -> "Environment":
    # Slow to load, and a day on which nobody is written to needs none.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader(room),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["in_words"] = in_words
    environment.filters["local"] = _local
    environment.filters["day"] = lambda d: f"{d:%A, %B} {d.day}, {d.year}"
    return environment


def _local(when: datetime | None, timezone: str, day_only: bool = False) -> str:
    """A time for a reader: "Mon, Mar 9, 2:05 PM", or "Mon, Mar 9", the same in every zone, of a day."""
    if when is None:
        return "no date given"
    if day_only:
        return f"{when:%a, %b} {when.day}"
    there = when.astimezone(ZoneInfo(timezone))
    return f"{there:%a, %b} {there.day}, {there.hour % 12 or 12}:{there:%M %p}"
