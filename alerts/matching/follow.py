"""Matches follow their stories when those are merged or split, so that nobody is told of one event twice.

Nor is anybody told of what a person put off topic.
"""

from sqlalchemy import Engine, delete, exists, or_
from sqlmodel import Session, col, select

from alerts.people import NEVER, Delivery, DigestRecord, Match, Matching, Muted, Told
from crawler.database import hold_lock
from crawler.model import Article, Ruling, Story

_LOCK = 7_235_401_118  # a number of our own


def follow_stories(engine: Engine) -> None:
    """Move the matches of merged stories to those that took their articles, and mark as told what was split off.

    To be called before stories are matched and before a digest is composed. One transaction.
    """
    with Session(engine) as session:
        hold_lock(session.connection(), _LOCK)  # two ticks may come to it at the same moment
        _follow_merged(session)
        _follow_split(session)
        _follow_off_topic(session)
        _follow_told(session)
        _follow_muted(session)
        session.commit()


def _follow_merged(session: Session) -> None:
    moved = select(Match, Story.merged_into).join(Story, col(Story.id) == Match.story_id)
    for match, into in session.exec(moved.where(col(Story.merged_into).is_not(None))).all():
        assert into is not None
        known = session.exec(
            select(Match).where(Match.subscription_id == match.subscription_id, Match.story_id == into)
        ).first()
        if known is None:
            match.story_id = into
        else:
            _join(known, match)
            session.delete(match)
        session.flush()


def _join(known: Match, other: Match) -> None:
    """One match holds what both were told: the event was mailed or posted, as one story or the other."""
    # The older digest: the newer one's mail may still be given up.
    known.digest_id = min((d for d in (known.digest_id, other.digest_id) if d is not None), default=None)
    known.delivery_id = known.delivery_id or other.delivery_id
    latest = max((known, other), key=lambda match: match.told_development_at or NEVER)
    known.told_development_at = latest.told_development_at
    known.update_digest_id, known.updated_from = latest.update_digest_id, latest.updated_from


def _follow_told(session: Session) -> None:
    """What was told by searches that are gone moves with merged stories, and holds for what was split off."""
    merged = select(Told, Story.merged_into).join(Story, col(Story.id) == Told.story_id)
    for told, into in session.exec(merged.where(col(Story.merged_into).is_not(None))).all():
        assert into is not None
        if session.get(Told, (into, told.subscriber_id)) is None:
            session.add(Told(**told.model_dump(exclude={"story_id"}), story_id=into))
        session.delete(told)
        session.flush()
    split = select(Told, Story.id).join(Story, col(Story.split_from) == Told.story_id)
    for told, off in session.exec(split.where(~exists().where(col(Matching.story_id) == col(Story.id)))).all():
        assert off is not None
        if session.get(Told, (off, told.subscriber_id)) is None:
            session.add(Told(**told.model_dump(exclude={"story_id"}), story_id=off))
            session.flush()


def _follow_muted(session: Session) -> None:
    """Who muted one of two merged stories muted both."""
    merged = select(Muted, Story.merged_into).join(Story, col(Story.id) == Muted.story_id)
    for muted, into in session.exec(merged.where(col(Story.merged_into).is_not(None))).all():
        assert into is not None
        session.merge(Muted(subscriber_id=muted.subscriber_id, story_id=into, muted_at=muted.muted_at))
        session.delete(muted)
        session.flush()


def _follow_split(session: Session) -> None:
    """Who was mailed or posted a story was told of what is split off from it, as far as it was stored by then.

    Who was not meets both stories anew.
    """
    mailed = select(Match).join(DigestRecord, col(DigestRecord.id) == Match.digest_id), col(DigestRecord.made_at)
    posted = select(Match).join(Delivery, col(Delivery.id) == Match.delivery_id), col(Delivery.queued_at)
    new = select(Story).where(
        col(Story.split_from).is_not(None), ~exists().where(col(Matching.story_id) == col(Story.id))
    )
    for story in session.exec(new).all():
        assert story.id is not None
        gone = select(Article.id).where(Article.story_id != story.split_from)
        for of_old, told_at in (mailed, posted):
            by_then = or_(col(Article.stored_at).is_(None), col(Article.stored_at) <= told_at)
            was_there = exists().where(col(Article.story_id) == story.id, by_then)
            for match in session.exec(of_old.where(col(Match.story_id) == story.split_from, was_there)).all():
                _hold_too(session, match, story.id)
        waiting = delete(Match).where(col(Match.story_id) == story.split_from, col(Match.digest_id).is_(None))
        waiting = waiting.where(col(Match.delivery_id).is_(None))
        session.exec(waiting.where(col(Match.article_id).in_(gone)))
        session.flush()


def _follow_off_topic(session: Session) -> None:
    """Of a story that was put off topic nothing is told any more, neither that it was met nor what developed."""
    off = select(Story.id).where(col(Story.lead_id).is_(None), col(Story.merged_into).is_(None))
    off = off.join(Ruling, col(Ruling.story_id) == Story.id).where(Ruling.what == "topic")
    untold = col(Match.digest_id).is_(None) & col(Match.delivery_id).is_(None)
    session.exec(delete(Match).where(col(Match.story_id).in_(off), untold))
    developed = select(Match, Story.developed_at).join(Story, col(Story.id) == Match.story_id)
    told = col(Match.told_development_at)
    behind = or_(told.is_(None), told < Story.developed_at)
    for match, at in session.exec(
        developed.where(col(Match.story_id).in_(off), col(Story.developed_at).is_not(None), behind)
    ):
        match.told_development_at = at
    session.flush()


def _hold_too(session: Session, match: Match, story_id: int) -> None:
    """A match that was told holds for another story as well."""
    held = select(Match.id).where(Match.subscription_id == match.subscription_id, Match.story_id == story_id)
    if session.exec(held).first() is None:
        facts = match.model_dump(exclude={"id", "story_id"})
        session.add(Match(**facts, story_id=story_id))
