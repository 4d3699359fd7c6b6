"""How many links an outlet may add: what is beyond is left where it is, and is asked about anew at the next reading.

So a feed that shows thousands of new links at each reading grows nothing, and one that shows a thousand after an outage
of a week loses none: what there was no room for is still in it when there is. Pure.
"""

from collections.abc import Container, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crawler.model import Feed, Why, because
from crawler.watch.attempts import FeedChange

if TYPE_CHECKING:
    from crawler.feeds import FeedItem

MOST_WAITING = 1500  # links of an outlet whose page is still to be had: no news sitemap shows more than 1,000
MOST_A_DAY = 3000  # links of an outlet that are kept in a day; the busiest newsrooms publish a thousand
ALWAYS = 25  # of a reading, the newest, however many wait: so that an outlet in a flood of its own is still heard
DAY = timedelta(days=1)
LASTS = timedelta(hours=6)  # so long after the last reading with too many links we speak of a flood

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def allowance(waiting: int, today: int) -> int:
    """How many links a reading may add, of an outlet of which so many wait and so many came within a day.

    >>> allowance(0, 0), allowance(1400, 0), allowance(1500, 0), allowance(0, 2990)
    (1500, 100, 25, 25)
    """
    return max(ALWAYS, min(MOST_WAITING - waiting, MOST_A_DAY - today))


def admitted(
    items: "Sequence[FeedItem]", own: Container[str], most: int, now: datetime, oldest: datetime
) -> "tuple[Sequence[FeedItem], int]":
    """The items for which there is room, in their order, and how many others are news: what is not too old, of the
    outlet's own site, and newest, goes first."""
    if len(items) <= most:
        return items, 0

    def weight(number: int) -> tuple[bool, bool, datetime, int]:
        item = items[number]
        dated = item.updated or item.published
        at = min(dated.at, now) if dated else _LONG_AGO
        return dated is None or dated.end >= oldest, item.url in own, at, -number

    ordered = sorted(range(len(items)), key=weight, reverse=True)
    return [items[number] for number in sorted(ordered[:most])], sum(weight(number)[0] for number in ordered[most:])


def noted(feed: Feed, left: int, status: Why, now: datetime) -> FeedChange:
    """What is remembered of a reading with so many links for which there was no room; {} when there was for all.

    Its validators would tell us at the next reading that nothing is new."""
    if not left:
        return {}
    goes_on = feed.left_at is not None and now - feed.left_at <= LASTS
    notes = [because("no_room_for", count=left).as_json(), *status.args.get("notes", ())][:3]
    return {
        "left": left,
        "left_at": now,
        "left_since": feed.left_since if goes_on and feed.left_since else now,
        "etag": "",
        "last_modified": "",
        "status_args": {**status.args, "notes": notes},
    }
