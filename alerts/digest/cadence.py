"""Which digest somebody is due, of which of their searches. Pure: what was made comes in, nothing is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.digest.due import Stretch, due_span, holds_weekday, instant
from alerts.people import NEVER, Subscriber, Subscription, is_paused
from crawler.model import is_ahead

BURST = timedelta(minutes=5)  # what is found so soon after one another comes in one mail
AT_ONCE_FOR = timedelta(days=1)  # what was found earlier is left to the digest of the day


@dataclass(frozen=True, slots=True)
class Made:
    """A digest of a day that stands in the database."""

    id: int
    day: date
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """The one digest that somebody is due."""

    span: Stretch
    at: datetime
    held: frozenset[int | None]  # searches whose day it is not
    held_until: datetime | None  # their last day
    missed: bool  # it stands for earlier days as well, on which none could be made
    paused: bool  # it is the first one after a pause
    may_be_empty: bool
    instead_of: int | None  # the digest of that day which a clock that ran ahead had made


def due_digest(
    subscriber: Subscriber, searches: Sequence[Subscription], made: Sequence[Made], now: datetime
) -> Due | None:
    """The digest to be made now, with all that was missed; None while nothing is due or somebody is away.

    What a clock that ran ahead had made counts for nothing when its day really comes. When it may have come already,
    as nothing was made since, the digest is made only if there is something to tell.
    """
    hour, zone = subscriber.digest_at, subscriber.timezone
    early = {one.day: one for one in made if _is_early(one, made, now)}
    days = {one.day for one in made} - early.keys()
    span = due_span(now, hour, zone, _since(subscriber, now), days)
    if span is None or is_paused(subscriber, span.last):
        return None
    today = now.astimezone(ZoneInfo(zone)).date()
    if any(span.last < day <= today for day in days):  # as when the zone was changed
        return None
    weekly = holds_weekday(span, subscriber.weekday, hour, zone)
    held, held_until = (frozenset[int | None](), None) if weekly else held_back(subscriber, searches, span.last)
    instead_of = early.get(span.last)
    doubtful = instead_of is not None and not _is_followed(instead_of, made)
    until = subscriber.paused_until
    paused = bool(subscriber.paused_at and until and span.first <= until <= span.last)
    missed = span.first < span.last and subscriber.served_until != NEVER and not paused
    even_empty = not doubtful and any(
        s.cadence != "instant" and s.story_id is None and s.id not in held for s in searches
    )
    number = instead_of.id if instead_of else None
    return Due(span, instant(span.last, hour, zone), held, held_until, missed, paused, even_empty, number)


def _is_early(one: Made, made: Sequence[Made], now: datetime) -> bool:
    """Whether a clock that ran ahead had it made."""
    return is_ahead(one.made_at, now) or _is_followed(one, made)


def _is_followed(one: Made, made: Sequence[Made]) -> bool:
    """Whether an earlier day's was made after it: its own day cannot have come by then."""
    return any(other.id > one.id and other.day < one.day for other in made)


def held_back(
    subscriber: Subscriber, searches: Sequence[Subscription], day: date
) -> tuple[frozenset[int | None], datetime]:
    """The searches that wait for their day of the week, and when that last was: what they found by then is late."""
    back = (day.weekday() - subscriber.weekday) % 7
    last = instant(day - timedelta(days=back), subscriber.digest_at, subscriber.timezone)
    return frozenset(one.id for one in searches if one.cadence == "weekly"), last


def at_once(searches: Sequence[Subscription]) -> list[Subscription]:
    """Those that tell at once."""
    return [one for one in searches if one.cadence == "instant"]


def pause_ended(subscriber: Subscriber) -> datetime:
    """Up to when what a pause drops was found: the digest of its last day would have told it."""
    assert subscriber.paused_until is not None
    return instant(subscriber.paused_until - timedelta(days=1), subscriber.digest_at, subscriber.timezone)


def _since(subscriber: Subscriber, now: datetime) -> datetime:
    """Nothing that was due by then is still to be made; what a clock that ran ahead noted says nothing of it."""
    noted = (subscriber.confirmed_at, subscriber.served_until)
    return max((at for at in noted if at and at <= now), default=NEVER)
