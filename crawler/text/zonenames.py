"""Time zones by the names that feeds and pages give them."""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler.text.data import read_data
from crawler.text.tokens import fold

_FILE = Path(__file__).with_name("zonenames.toml")
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?\s*([+-])(\d{1,2}):?(\d\d)?", re.I)


@cache
def _offsets() -> dict[str, timedelta]:
    hours = read_data(_FILE).only("offsets", "regions").table("offsets")
    return {name: timedelta(hours=hours.number(name)) for name in hours.keys}


@cache
def _regions() -> dict[str, str]:
    """Zones that keep their name all year, by name."""
    names = read_data(_FILE).table("regions")
    return {name: names.text(name) for name in names.keys}


@lru_cache(maxsize=256)
def named_zone(name: str) -> tzinfo | None:
    """The zone of a name or a distance; None when it is none, or unknown."""
    known = " ".join(fold(name).replace(".", "").split())
    try:
        if offset := _OFFSET.fullmatch(name):
            size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            return timezone(size if offset[1] == "+" else -size)
        if known in _offsets():
            return timezone(_offsets()[known])
        return ZoneInfo(_regions().get(known) or (name if "/" in name else ""))
    except (ValueError, KeyError, OSError):
        return None


def meant(name: str, local: datetime, own: tzinfo) -> tzinfo | None:
    """The zone of a time that a person wrote with this name on a page from the zone `own`.

    People write "EST" in July and "EDT" in December, and mean the clock on their wall; so either of the names of `own`
    means that, and every other name what it says: "10 a.m. ET" is no time of Chicago. A program that writes RFC 822
    means what it says.
    """
    written = fold(name).replace(".", "").strip()
    walls = (datetime(local.year, month, 15, tzinfo=own).tzname() or "" for month in (1, 7))
    return own if written in map(fold, walls) else named_zone(name)
