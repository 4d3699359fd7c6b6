"""What a crawl is at, in a word or two for whoever watches it; and what is done when it stood still there."""

import contextlib
from collections.abc import Iterable

from sqlalchemy.exc import NoResultFound

from crawler.manners import back_off
from crawler.model import because
from crawler.spiders.context import Records
from crawler.spiders.feed_answers import SOFT
from crawler.watch import Outcome

HELD_UP = because("held_up_the_crawl")


def at_feed(feed_id: int | None) -> str:
    """A feed's answer is read."""
    return f"feed {feed_id}"


def at_page(entry_ids: Iterable[int], article_id: int | None) -> str:
    """A page is read that these entries lead to, or that is a stored article."""
    ids = " ".join(map(str, entry_ids))
    return f"entries {ids}" if ids else f"article {article_id}" if article_id else ""


def back_off_from(records: Records, at: str) -> None:
    """The last crawl ended by force while it was at this: it is read again later, so that not all wait for it again."""
    kind, *numbers = at.split() or [""]
    ids, now = [int(number) for number in numbers if number.isdecimal()], records.clock()
    if not ids:
        return
    with contextlib.suppress(NoResultFound):  # removed meanwhile
        if kind == "feed":
            records.watchlist.record_feed_failure(ids[0], HELD_UP, SOFT, now, records.limits)
        elif kind == "entries":
            records.watchlist.record_outcome(ids, Outcome("failed", HELD_UP, now + back_off(1)))
        elif kind == "article":
            records.store.record_recheck(ids[0], now, records.recheck_for)
