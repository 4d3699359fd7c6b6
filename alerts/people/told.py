"""What a search that is ended told its subscriber of stays told, whatever other searches meet it."""

from sqlalchemy import ColumnElement, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, or_, select

from alerts.people.subscriber import Match, Subscription, Told

_MARKS = ("digest_id", "delivery_id", "told_development_at")


def keep_told(session: Session, subscription_id: int) -> None:
    """Keep what a search told, as it is about to end: also for the searches that met the same stories later."""
    told = or_(col(Match.digest_id).is_not(None), col(Match.delivery_id).is_not(None))
    query = select(Match, Subscription.subscriber_id).join(Subscription).where(Match.subscription_id == subscription_id)
    for match, subscriber_id in session.exec(query.where(told)).all():
        marks = {name: getattr(match, name) for name in _MARKS}
        session.merge(Told(story_id=match.story_id, subscriber_id=subscriber_id, **marks))
        session.flush()
        mark_told(session, col(Match.story_id) == match.story_id)


def mark_told(session: Session, which: ColumnElement[bool]) -> None:
    """Mark these matches as told where their subscriber was told of the story by a search that is gone."""
    told = (
        sa_select(Told)
        .join(Subscription, col(Subscription.subscriber_id) == Told.subscriber_id)
        .where(col(Told.story_id) == Match.story_id, col(Subscription.id) == Match.subscription_id)
        .correlate(Match)
    )
    marks = {name: told.with_only_columns(getattr(Told, name)).scalar_subquery() for name in _MARKS}
    new = (which, col(Match.digest_id).is_(None), col(Match.delivery_id).is_(None))
    session.connection().execute(update(Match).where(*new, told.exists()).values(marks))
