"""What is told at once: the stories of some minutes in one mail, so many mails a day; the rest comes with the day's."""

from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.digest.cadence import AT_ONCE_FOR, BURST, at_once, pause_ended
from alerts.digest.due import is_known
from alerts.digest.gather import Wanted
from alerts.digest.post import Post
from alerts.people import Pauses, Subscriber, is_paused
from crawler.model import is_ahead


def due_bursts(post: Post, now: datetime) -> list[Wanted]:
    """Whose searches that tell at once met something some minutes ago, and what their mail is to be of."""
    bursting = post.matches.bursting(now - AT_ONCE_FOR, now - BURST, now)
    found = []
    for subscriber, searches in post.members.confirmed(bursting) if bursting else ():
        if not is_known(subscriber.timezone):
            continue
        today = now.astimezone(ZoneInfo(subscriber.timezone)).date()
        told = post.records.told_at_once(subscriber.id or 0, today)
        counted = sum(not is_ahead(at, now) for at in told)
        if is_paused(subscriber, today) or counted >= post.digest.instant_most:
            continue
        drop_paused(post, subscriber, now)
        mailed = [search for search in at_once(searches) if search.channel_id is None]
        found.append(Wanted(subscriber, mailed, today, cadence=f"instant {len(told) + 1}"))
    return found


def drop_paused(post: Post, subscriber: Subscriber, now: datetime) -> None:
    """What was found in a pause that is over is told by no digest, when that was asked for."""
    if subscriber.paused_at and subscriber.paused_until and subscriber.pause_drops:
        Pauses(post.members.engine).drop(subscriber, pause_ended(subscriber), now)
