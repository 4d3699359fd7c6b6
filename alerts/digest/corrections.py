"""What an earlier digest told wrongly: a place, a kind, two events as one, one as two, or what is off topic.

Who got it is told, once.

Each digest keeps what it said of its stories (`DigestRecord.said`); the last that told a story counts, so a correction
that was told is none any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from alerts.digest.compose import Digest
from alerts.digest.story import Correction
from alerts.people import DigestRecord, Match, Subscription
from crawler.database import reading
from crawler.model import Story
from crawler.store import StoryView

if TYPE_CHECKING:
    from crawler.places import Place

REACHES_BACK = timedelta(days=30)  # what was told longer ago is corrected no more

SaidRow = list[Any]  # story, place, kind, headline; all "" when there is nothing left to correct of it


@dataclass(frozen=True, slots=True)
class Said:
    """What was last told of a story."""

    story_id: int
    told_on: date
    made_at: datetime
    place: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A story of which something may have been told wrongly."""

    said: Said
    joined: Said | None = None  # another story that it is one with
    apart: Said | None = None  # the story of which it was told as a part


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The same, with why its subscriber was told of it."""

    match: Match
    subscription: Subscription
    doubt: Doubt


def said_rows(digest: Digest) -> list[SaidRow]:
    """What a digest says of its stories, shown or counted; of one that was joined to another nothing is left to say."""
    stories = [item.story for item in (*digest.shown, *digest.hidden)]
    gone = [story.correction.joined_id for story in stories if story.correction and story.correction.joined_id]
    gone += [story.story_id for story in stories if story.correction and story.correction.off]
    return [
        *([story.story_id, story.place, story.kind, story.title] for story in stories if story.story_id not in gone),
        *([story_id, "", "", ""] for story_id in gone),
    ]


def correction_of(doubt: Doubt, asks_kinds: bool, view: StoryView) -> Correction | None:
    """What is to be corrected; None when all that was told is right. A kind is told only to who asks for kinds."""
    if view.story.lead_id is None:
        return Correction(doubt.said.told_on, off=True)
    if doubt.apart:
        return Correction(doubt.apart.told_on, apart=doubt.apart.title)
    place = _wrong_place(doubt.said.place, view)
    kind = doubt.said.kind if asks_kinds and _is_wrong_kind(doubt.said.kind, view) else ""
    if doubt.joined:
        joined = doubt.joined
        return Correction(joined.told_on, place, kind, joined=joined.title, joined_id=joined.story_id)
    return Correction(doubt.said.told_on, place, kind) if place or kind else None


def _wrong_place(told: str, view: StoryView) -> str:
    """The place that was told, when no report says it any more, nor one that lies in it or around it."""
    if any(told in _around(place) for place in (p for report in view.reports for p in report.places)):
        return ""
    from crawler.places import shipped  # few stories are told wrongly

    place = shipped().look_up(told) if told else None
    around = _around(place) if place else ()
    return "" if any(str(p) in around for report in view.reports for p in report.places) else told


def _around(place: "Place") -> Sequence[str]:
    """A place and what it lies in, as a digest calls them."""
    from crawler.places import STATES

    return str(place), f"{place.county}, {place.state}", STATES.get(place.state, "")


def _is_wrong_kind(told: str, view: StoryView) -> bool:
    return bool(told) and not any(told in report.verdict.kinds for report in view.reports)


def doubtful(engine: Engine, subscriber_ids: Sequence[int], now: datetime) -> dict[int, list[Doubtful]]:
    """By subscriber, the stories told to them that changed, were joined or parted since, each once."""
    with Session(reading(engine)) as session:
        said = _last_said(session, subscriber_ids, now)
        told = {story_id for mine in said.values() for story_id in mine}
        if not told:
            return {}
        touched = or_(col(Story.id).in_(told), col(Story.split_from).in_(told))
        by_told: dict[int | None, list[Story]] = {}
        for story in session.exec(select(Story).where(touched).order_by(col(Story.id))):
            for known in {story.id, story.split_from}:
                by_told.setdefault(known, []).append(story)
        doubts = {person: doubts_of(_of(mine, by_told), mine) for person, mine in said.items()}
        query = (
            select(Match, Subscription)
            .join(Subscription, col(Subscription.id) == Match.subscription_id)
            .where(col(Subscription.subscriber_id).in_(said), col(Subscription.channel_id).is_(None))
            .where(col(Match.digest_id).is_not(None))
            .where(col(Match.story_id).in_({story_id for mine in doubts.values() for story_id in mine}))
            .order_by(col(Subscription.id))
        )
        found: dict[int, list[Doubtful]] = {}
        for match, search in session.exec(query):
            if doubt := doubts[search.subscriber_id].get(match.story_id):
                found.setdefault(search.subscriber_id, []).append(Doubtful(match, search, doubt))
        return found


def _of(said: Iterable[int], by_told: Mapping[int | None, Sequence[Story]]) -> Sequence[Story]:
    """Those of the stories that touch what somebody was told, each once, in their order."""
    mine = {story.id or 0: story for story_id in said for story in by_told.get(story_id, ())}
    return [mine[story_id] for story_id in sorted(mine)]


def doubts_of(stories: Iterable[Story], said: Mapping[int, Said]) -> dict[int, Doubt]:
    """By story, what to look at; `said` by story."""
    doubts: dict[int, Doubt] = {}
    for story in stories:
        assert story.id is not None
        told, from_told = said.get(story.id), said.get(story.split_from or 0)
        if told and story.merged_into and told.title:
            into = said.get(story.merged_into)
            doubts[story.merged_into] = Doubt(into, joined=told) if into and into.title else Doubt(told)
        elif told and told.title and story.changed_at > told.made_at:
            doubts.setdefault(story.id, Doubt(told))
        elif from_told and not told and from_told.title and story.changed_at > from_told.made_at:
            doubts[story.id] = Doubt(from_told, apart=from_told)
    return doubts


def _last_said(session: Session, subscriber_ids: Sequence[int], now: datetime) -> dict[int, dict[int, Said]]:
    """By subscriber, what they were last told of each story."""
    query = (
        select(
            col(DigestRecord.subscriber_id),
            col(DigestRecord.local_date),
            col(DigestRecord.made_at),
            col(DigestRecord.said),
        )
        .where(col(DigestRecord.subscriber_id).in_(subscriber_ids), DigestRecord.made_at > now - REACHES_BACK)
        .order_by(col(DigestRecord.made_at))
    )
    said: dict[int, dict[int, Said]] = {}
    for person, day, made_at, rows in session.exec(query):
        said.setdefault(person, {}).update({row[0]: Said(row[0], day, made_at, *row[1:]) for row in rows})
    return said
