"""One story that somebody follows, or wants to hear nothing more of; each method is one transaction."""

from datetime import datetime

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from alerts.people.subscriber import Match, Muted, Subscription
from alerts.people.told import keep_told, mark_told
from crawler.model import because


class StoryChoices:
    """What people decided of single stories. Both go with a story that is merged into another."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def follow(self, subscriber_id: int, story_id: int, article_id: int, name: str, now: datetime) -> None:
        """Tell what develops in it, whatever becomes of their searches; and itself, if they were not told of it yet.

        A subscription of its own that has met this story and meets no other. Asked twice it is one.
        """
        with Session(self.engine) as session:
            session.exec(_muted(subscriber_id, story_id))
            if _following(session, subscriber_id, story_id) is None:
                mail = Subscription(subscriber_id=subscriber_id, query=f"story:{story_id}", name=name, created_at=now)
                mail.story_id = story_id
                session.add(mail)
                session.flush()
                _meet(session, mail, story_id, article_id, now)
            session.commit()

    def meet(self, following: Subscription, article_id: int, now: datetime) -> None:
        """Let a subscription that follows a story meet it, and nothing else. Asked twice it has met it once."""
        assert following.story_id is not None
        with Session(self.engine) as session:
            if _following(session, following.subscriber_id, following.story_id) is None:
                _meet(session, following, following.story_id, article_id, now)
            session.commit()

    def unfollow(self, subscriber_id: int, story_id: int) -> bool:
        """Follow it no longer; False when they did not."""
        with Session(self.engine) as session:
            following = _following(session, subscriber_id, story_id)
            if following and following.id:
                keep_told(session, following.id)
                session.exec(delete(Subscription).where(col(Subscription.id) == following.id))
                session.commit()
            return following is not None

    def mute(self, subscriber_id: int, story_id: int, now: datetime) -> None:
        """Tell nothing more of it, whichever search meets it."""
        self.unfollow(subscriber_id, story_id)
        with Session(self.engine) as session:
            session.merge(Muted(subscriber_id=subscriber_id, story_id=story_id, muted_at=now))
            session.commit()

    def unmute(self, subscriber_id: int, story_id: int) -> bool:
        """Tell of it again, also what was found meanwhile; False when it was not muted."""
        with Session(self.engine) as session:
            gone = session.exec(_muted(subscriber_id, story_id)).rowcount
            session.commit()
            return bool(gone)

    def muted(self, subscriber_id: int) -> list[int]:
        """The stories of which they want to hear nothing more."""
        with Session(self.engine) as session:
            query = select(Muted.story_id).where(Muted.subscriber_id == subscriber_id).order_by(col(Muted.story_id))
            return list(session.exec(query))


def _meet(session: Session, following: Subscription, story_id: int, article_id: int, now: datetime) -> None:
    """What they were told of it already is not told again."""
    match = Match(subscription_id=following.id or 0, story_id=story_id, article_id=article_id, matched_at=now)
    match.terms = [because("followed").as_json()]
    if told := _told(session, following.subscriber_id, story_id):
        match.digest_id, match.told_development_at = told.digest_id, told.told_development_at
    session.add(match)
    session.flush()
    mark_told(session, col(Match.id) == match.id)


def _muted(subscriber_id: int, story_id: int):  # type: ignore[no-untyped-def]  # SQLModel's types are not nameable
    return delete(Muted).where(col(Muted.subscriber_id) == subscriber_id, col(Muted.story_id) == story_id)


def _following(session: Session, subscriber_id: int, story_id: int) -> Subscription | None:
    """The subscription that follows a story, perhaps since before another was merged into it."""
    query = select(Subscription).join(Match, col(Match.subscription_id) == Subscription.id)
    mine = (Subscription.subscriber_id == subscriber_id, col(Subscription.story_id).is_not(None))
    return session.exec(query.where(*mine, Match.story_id == story_id)).first()


def _told(session: Session, subscriber_id: int, story_id: int) -> Match | None:
    """The match by which they were last mailed of it."""
    query = select(Match).join(Subscription, col(Subscription.id) == Match.subscription_id)
    query = query.where(Subscription.subscriber_id == subscriber_id, Match.story_id == story_id)
    told = session.exec(query.where(col(Match.digest_id).is_not(None))).all()
    return max(told, key=lambda m: (m.told_development_at is not None, m.told_development_at), default=None)
