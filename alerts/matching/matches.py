"""Every query on which story met which search; each method is one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Engine,
    Executable,
    Integer,
    String,
    bindparam,
    delete,
    func,
    literal,
    or_,
    update,
)
from sqlalchemy import select as sa_select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from alerts.people import WANTED, Match, Matching, Muted, Subscriber, Subscription, mark_told
from crawler.database import reading
from crawler.model import Story, UTCDateTime, is_ahead

_BY_MAIL = col(Subscription.channel_id).is_(None) & WANTED  # and not through a channel
_OTHER, _THEIRS = aliased(Match), aliased(Subscription)
# Not by its indexes: at seven nearly all of the newest matches are untold, and only some readers' are looked for.
_UNTOLD = (col(Match.digest_id) + 0).is_(None) & (col(Match.delivery_id) + 0).is_(None)


@dataclass(frozen=True, slots=True)
class Found:
    """Why a story meets some searches that ask the same."""

    subscription_ids: Sequence[int]
    article_id: int  # the one that met them
    terms: list[dict[str, Any]]  # each a Why: what of the search was found
    window: str = ""


class Matches:
    """What the searches met, and what of that is still to be told."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def unmatched(self, limit: int = 200) -> list[Story]:
        """Stories that are new, or changed since they met the subscriptions; oldest first."""
        with Session(self._reading) as session:
            query = (
                select(Story)
                .join(Matching, col(Matching.story_id) == Story.id, isouter=True)
                .where(or_(col(Matching.version).is_(None), col(Matching.version) < Story.version))
                .order_by(col(Story.id))
                .limit(limit)
            )
            return list(session.exec(query))

    def record_matches(self, story: Story, found: Sequence[Found], now: datetime) -> int:
        """Store a story's matches and that it was matched at this version; returns how many are new."""
        assert story.id is not None
        with Session(self.engine) as session:
            new = _add(session, story.id, found, now)
            session.merge(Matching(story_id=story.id, version=story.version))
            try:
                session.commit()
            except IntegrityError:  # another process matched it at the same moment
                return 0
            return new

    def set_aside(self, story: Story) -> None:
        """Matching it failed: it waits until it changes, or until somebody calls `take_up`."""
        with Session(self.engine) as session:
            session.merge(Matching(story_id=story.id or 0, version=story.version, set_aside=True))
            session.commit()

    def set_aside_stories(self) -> list[int]:
        """Which stories were set aside."""
        with Session(self._reading) as session:
            aside = select(Matching.story_id).where(col(Matching.set_aside))
            return list(session.exec(aside.order_by(col(Matching.story_id))))

    def take_up(self) -> None:
        """Let what was set aside be matched again: by another version of icewire, perhaps, that can."""
        with Session(self.engine) as session:
            session.exec(delete(Matching).where(col(Matching.set_aside)))
            session.commit()

    def add_matches(self, found: Mapping[int, Sequence[Found]], now: datetime) -> int:
        """Store matches with stories, by id, that had met the other searches already; returns how many are new."""
        with Session(self.engine) as session:
            new = sum(_add(session, story_id, those, now) for story_id, those in found.items())
            session.commit()
            return new

    def meet_anew(self, story_id: int) -> None:
        """Forget which searches met a story as far as nobody was told: it is judged otherwise, and meets them again."""
        with Session(self.engine) as session:
            session.exec(delete(Match).where(col(Match.story_id) == story_id, _UNTOLD))
            session.exec(update(Matching).where(col(Matching.story_id) == story_id).values(version=0))
            session.commit()

    def have_news(self, subscriber_ids: Sequence[int]) -> set[int]:
        """Those of these who may have something to be told: all others have no pending and no developed match.

        One query for many, as on most days most have nothing.
        """
        told, developed = col(Match.told_development_at), col(Story.developed_at)
        with Session(self._reading) as session:
            query = (
                select(Subscription.subscriber_id)
                .join(Match, col(Match.subscription_id) == Subscription.id)
                .join(Story, col(Story.id) == Match.story_id)
                .where(col(Subscription.subscriber_id).in_(subscriber_ids))
                .where(_BY_MAIL)
                .where(or_(_UNTOLD, told < developed, told.is_(None) & developed.is_not(None)))
            )
            return set(session.exec(query.distinct()))

    def bursting(self, since: datetime, until: datetime, now: datetime) -> list[int]:
        """Whose searches that tell at once met a story in that time, or one that they told has developed in it.

        What was met before is left to the digest of the day.
        """

        def in_time(at: Any) -> Any:
            return at.between(since, until) | is_ahead(at, now)

        told, developed = col(Match.told_development_at), col(Story.developed_at)
        behind = col(Match.digest_id).is_not(None) & or_(told.is_(None), told < developed)
        with Session(self._reading) as session:
            query = (
                select(Subscription.subscriber_id)
                .join(Subscriber, col(Subscriber.id) == Subscription.subscriber_id)
                .join(Match, col(Match.subscription_id) == Subscription.id)
                .join(Story, col(Story.id) == Match.story_id)
                .where(Subscription.cadence == "instant", Subscriber.state == "active", _BY_MAIL)
                .where(or_(_UNTOLD & in_time(col(Match.matched_at)), behind & in_time(developed)))
            )
            return sorted(session.exec(query.distinct()))

    def pending_matches(
        self,
        subscriber_ids: Sequence[int],
        until: datetime,
        now: datetime | None = None,
        searches: Sequence[int] | None = None,
    ) -> list[tuple[Match, Subscription]]:
        """Matches found by then whose story no digest has told their subscriber, in the order of the searches.

        Of these searches, or of all. A story that they muted is left out. One that was found later than `now` was so by
        a clock that ran ahead: it waits no longer.
        """
        told = _same_story().where(col(_OTHER.digest_id).is_not(None))
        with Session(self._reading) as session:
            query = (
                select(Match, Subscription)
                .join(Subscription, col(Subscription.id) == Match.subscription_id)
                .where(
                    col(Subscription.subscriber_id).in_(subscriber_ids),
                    _BY_MAIL,
                    _UNTOLD,
                    ~told.exists(),
                    _wanted(searches),
                    _came(col(Match.matched_at), until, now),
                )
                .order_by(col(Subscription.id), col(Match.matched_at).desc(), col(Match.id))
            )
            return list(session.exec(query))

    def developed_matches(
        self,
        subscriber_ids: Sequence[int],
        until: datetime,
        now: datetime | None = None,
        searches: Sequence[int] | None = None,
    ) -> list[tuple[Match, Subscription]]:
        """Matches that a digest told, whose story has developed since and by then, in the order of the searches.

        One that was told of by any of the subscriber's searches with its last development is up to date.
        """
        told, developed = col(Match.told_development_at), col(Story.developed_at)
        up_to_date = _same_story().where(col(_OTHER.told_development_at) >= developed)
        with Session(self._reading) as session:
            query = (
                select(Match, Subscription)
                .join(Subscription, col(Subscription.id) == Match.subscription_id)
                .join(Story, col(Story.id) == Match.story_id)
                .where(
                    col(Subscription.subscriber_id).in_(subscriber_ids),
                    _BY_MAIL,
                    col(Match.digest_id).is_not(None),
                    or_(told.is_(None), told < developed),
                    _came(developed, until, now),
                    ~up_to_date.exists(),
                    _wanted(searches),
                )
                .order_by(col(Subscription.id), col(Match.id))
            )
            return list(session.exec(query))

    def matches_of(self, story_id: int) -> list[tuple[Match, Subscription]]:
        """The searches that met a story."""
        with Session(self._reading) as session:
            query = (
                select(Match, Subscription)
                .join(Subscription, col(Subscription.id) == Match.subscription_id)
                .where(Match.story_id == story_id)
            )
            return list(session.exec(query))


def _came(at: Mapped[Any], until: datetime, now: datetime | None) -> ColumnElement[bool]:
    """By then; or later than now, which a clock that ran ahead has noted."""
    return or_(at <= until, is_ahead(at, now)) if now else at <= until


def _same_story() -> Any:
    """Every match of the same subscriber with the same story, for each match of a query."""
    mine = sa_select(col(_THEIRS.id)).where(col(_THEIRS.subscriber_id) == col(Subscription.subscriber_id))
    return (
        sa_select(col(_OTHER.id))
        .where(
            col(_OTHER.story_id) == col(Match.story_id), col(_OTHER.subscription_id).in_(mine.correlate(Subscription))
        )
        .correlate(Match, Subscription, Story)
    )


def _wanted(searches: Sequence[int] | None) -> ColumnElement[bool]:
    """A match of one of these searches, whose story is not muted."""
    muted = sa_select(col(Muted.story_id)).where(
        col(Muted.subscriber_id) == col(Subscription.subscriber_id), col(Muted.story_id) == col(Match.story_id)
    )
    heard: ColumnElement[bool] = ~muted.correlate(Match, Subscription).exists()
    return heard if searches is None else heard & col(Match.subscription_id).in_(searches)


def _add(session: Session, story_id: int, found: Sequence[Found], now: datetime) -> int:
    """Add the matches that are not known yet, of searches that are still there; returns how many those are."""
    rows = [
        {"number": number, "article": one.article_id, "terms": one.terms, "window": one.window}
        for one in found
        for number in one.subscription_ids
    ]
    if not rows:
        return 0
    connection = session.connection()
    of_story = select(func.count()).select_from(Match).where(Match.story_id == story_id)
    before = session.exec(of_story).one()
    connection.execute(_insertion(connection.dialect.name, story_id, now), rows)
    mark_told(session, col(Match.story_id) == story_id)
    return session.exec(of_story).one() - before


def _insertion(dialect: str, story_id: int, now: datetime) -> Executable:
    """That another process stores the same match, or a person ends their search, at the same moment is no error."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    values = {
        "subscription_id": col(Subscription.id),
        "story_id": literal(story_id),
        "article_id": bindparam("article", type_=Integer),
        "terms": bindparam("terms", type_=JSON),
        "window": bindparam("window", type_=String),
        "matched_at": literal(now, UTCDateTime),
    }
    rows = sa_select(*values.values()).where(col(Subscription.id) == bindparam("number", type_=Integer))
    return insert(Match).from_select(list(values), rows).on_conflict_do_nothing()
