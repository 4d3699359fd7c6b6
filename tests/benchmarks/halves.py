"""Two halves of labelled items by outlet: rules and word lists are written in view of one and judged on the other.

Without that, a rule learns the items by heart: on 2026-11-23 topic F1 was .979 on the items in view and .924 on others.
All items of an outlet fall into the same half, since an outlet's style and its running stories repeat.
"""

import hashlib
from typing import Any, Literal, get_args

Half = Literal["written", "judged"]
HALVES: tuple[Half, ...] = get_args(Half)


def half_of(item: dict[str, Any]) -> Half:
    """The half that an item belongs to, by its outlet's name; by its own id where no outlet is known."""
    outlet = str(item.get("source") or item["id"]).lower().removeprefix("www.")
    return _half(outlet)


def half_of_event(event: str) -> Half:
    """The half of an event, or of a group of copies: whatever outlet tells it, it is one thing to learn by heart."""
    return _half(event)


def _half(name: str) -> Half:
    return "judged" if hashlib.sha256(name.encode()).digest()[0] % 2 else "written"
