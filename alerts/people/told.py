"""What a subscriber was told: what an ended search told stays told, what no mail server took is still to be told."""

from sqlalchemy import ColumnElement, delete, null, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, or_, select

from alerts.people.subscriber import DigestRecord, Match, Subscription, Told

_MARKS = ("digest_id", "delivery_id", "told_development_at", "update_digest_id", "updated_from")


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


def put_back(session: Session, digest_id: int, subscriber_id: int, unwelcome: bool = False) -> None:
    """No server took the mail of this digest: what it carried is to be told as if it had never been made.

    `unwelcome`: for what it holds; one of its stories may be why.
    """
    if unwelcome:
        carried = or_(col(Match.digest_id) == digest_id, col(Match.update_digest_id) == digest_id)
        session.exec(update(Match).where(carried).values(unwelcome=Match.unwelcome + 1))
    untold = {name: null() for name in _MARKS if name != "delivery_id"}
    as_before = {"update_digest_id": null(), "updated_from": null()}
    session.exec(update(Match).where(col(Match.digest_id) == digest_id).values(untold))
    updated = update(Match).where(col(Match.update_digest_id) == digest_id)
    session.exec(updated.values(as_before | {"told_development_at": Match.updated_from}))
    unsaid = update(DigestRecord).where(col(DigestRecord.id) == digest_id)
    session.exec(unsaid.values(said=[], rest=[]))  # what it put right is still to be put right
    mine = col(Told.subscriber_id) == subscriber_id
    session.exec(delete(Told).where(mine, col(Told.digest_id) == digest_id))
    updated = update(Told).where(mine, col(Told.update_digest_id) == digest_id)
    session.exec(updated.values(as_before | {"told_development_at": Told.updated_from}))
