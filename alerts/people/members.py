"""Who wants what: joining, changing, leaving and looking people up; each method is one transaction.

Who is served when is in rounds.py, whom no mail reaches in unreached.py.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from alerts.people.asking import ask, forget_unanswered, gets_mail
from alerts.people.bounces import begin_anew, let_go
from alerts.people.searches import note_searches, note_searches_of
from alerts.people.subscriber import NEVER, Cadence, Channel, Match, Subscriber, Subscription
from alerts.people.told import keep_told
from crawler.database import reading
from crawler.model import IcewireError

Member = tuple[Subscriber, list[Subscription]]


class Members:
    """Who wants what: joining, leaving, being forgotten."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def subscribe(
        self,
        email: str,
        query: str,
        now: datetime,
        timezone: str,
        digest_at: str,
        active: bool,
        name: str = "",
        most: int | None = None,
        cadence: Cadence = "daily",
        language: str = "",
        story_id: int | None = None,
    ) -> tuple[Subscriber, Subscription]:
        """Add a search for an address; hour and zone are for a new one. A language is what they read from now on.

        With `story_id` it follows that story, and its query is "story:" with the number.

        Unless `active` it waits for a yes (`Consents`), of somebody who has others, too. An address that left may come
        back; it begins anew, without its old searches and channels. A search that waits may be asked for again, by
        another name. Raises IcewireError when the address has it already, or is not to be asked so soon.
        """
        address = email.strip().lower()
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.exec(select(Subscriber).where(Subscriber.email == address)).first()
            if subscriber is None:
                subscriber = Subscriber(email=address, timezone=timezone, digest_at=digest_at, created_at=now)
            elif subscriber.state in ("left", "bounced"):
                subscriber.timezone, subscriber.digest_at = timezone, digest_at
                _begin_anew(session, subscriber)
            known = subscriber.state == "active"
            if not known or active:
                subscriber.language = language or subscriber.language
            if not known:
                subscriber.created_at = now  # the time to confirm begins with the last question
            if not known or (active and not gets_mail(session, subscriber)):
                subscriber.served_until = now  # what was due before this search is not late
            session.add(subscriber)
            session.flush()
            assert subscriber.id is not None
            same = (Subscription.subscriber_id == subscriber.id, Subscription.query == query)
            subscription = session.exec(select(Subscription).where(*same)).first()
            if subscription and known and subscription.asked_at is None:
                raise IcewireError(f"{address} already has the search “{query or 'every story'}”")
            subscription = subscription or Subscription(subscriber_id=subscriber.id, query=query, created_at=now)
            subscription.name, subscription.cadence = name.strip() or subscription.name, cadence
            subscription.most, subscription.story_id = most or subscription.most, story_id
            if active:
                subscription.asked_at = None
                subscriber.state, subscriber.confirmed_at = "active", subscriber.confirmed_at or now
            else:
                ask(session, subscriber, subscription, now)
            session.add(subscription)
            session.flush()
            note_searches(session, [subscription.id])
            session.commit()
            return subscriber, subscription

    def change_hour(
        self, subscriber_id: int, digest_at: str | None, timezone: str | None, weekday: int | None = None
    ) -> Subscriber:
        """Another hour or zone for somebody's digest, or day for what comes weekly; None leaves it."""
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.get_one(Subscriber, subscriber_id)
            subscriber.digest_at = digest_at or subscriber.digest_at
            subscriber.timezone = timezone or subscriber.timezone
            subscriber.weekday = subscriber.weekday if weekday is None else weekday
            if digest_at or timezone:
                subscriber.served_until = NEVER
            session.commit()
            return subscriber

    def change_language(self, subscriber_id: int, language: str) -> None:
        """What they read from now on."""
        with Session(self.engine) as session:
            session.get_one(Subscriber, subscriber_id).language = language
            session.commit()

    def rename_search(self, subscription_id: int, name: str) -> None:
        """Another name for one search; "" = it is said in words."""
        with Session(self.engine) as session:
            session.get_one(Subscription, subscription_id).name = name.strip()
            session.commit()

    def change_query(self, subscription_id: int, query: str) -> None:
        """Other words for one search. What the old ones met and nobody told goes; the caller lets it meet stories anew.

        Raises IcewireError when they have that search already.
        """
        with Session(self.engine) as session:
            search = session.get_one(Subscription, subscription_id)
            same = (Subscription.subscriber_id == search.subscriber_id, Subscription.query == query)
            if session.exec(select(Subscription.id).where(*same, Subscription.id != subscription_id)).first():
                raise IcewireError(f"there is the search “{query}” already")
            search.query = query
            untold = (col(Match.digest_id).is_(None), col(Match.delivery_id).is_(None))
            session.exec(delete(Match).where(col(Match.subscription_id) == subscription_id, *untold))
            note_searches(session, [subscription_id])
            session.commit()

    def order_searches(self, subscriber_id: int, subscription_ids: Sequence[int]) -> None:
        """In which order their searches stand in a mail; others of theirs come behind."""
        positions = {number: place for place, number in enumerate(subscription_ids)}
        with Session(self.engine) as session:
            for search in session.exec(select(Subscription).where(Subscription.subscriber_id == subscriber_id)):
                search.position = positions.get(search.id or 0, len(positions))
            session.commit()

    def change_address(self, subscriber_id: int, email: str) -> bool:
        """Their mails go there from now on, and what was refused before counts no more; False when it is another's."""
        address = email.strip().lower()
        with Session(self.engine) as session:
            other = session.exec(select(Subscriber).where(Subscriber.email == address)).first()
            if other is not None and other.id != subscriber_id:
                if other.state == "active":
                    return False
                note_searches_of(session, col(Subscriber.id) == other.id)
                session.exec(delete(Subscriber).where(col(Subscriber.id) == other.id))  # who left, or never said yes
            subscriber = session.get_one(Subscriber, subscriber_id)
            subscriber.email = address
            begin_anew(subscriber)
            session.commit()
            return True

    def change_cadence(self, subscription_id: int, cadence: Cadence) -> None:
        """How often one search comes from now on."""
        with Session(self.engine) as session:
            session.get_one(Subscription, subscription_id).cadence = cadence
            session.commit()

    def limit_search(self, subscription_id: int, most: int | None) -> None:
        """How many of its stories a mail shows; None = as many as of a new one."""
        with Session(self.engine) as session:
            session.get_one(Subscription, subscription_id).most = most
            session.commit()

    def pause_search(self, subscription_id: int, now: datetime) -> None:
        """Let one search rest: what it finds from now on waits."""
        with Session(self.engine) as session:
            session.get_one(Subscription, subscription_id).paused_at = now
            session.commit()

    def resume_search(self, subscription_id: int, now: datetime) -> None:
        """Let it go on: the next mail tells what waits."""
        with Session(self.engine) as session:
            search = session.get_one(Subscription, subscription_id)
            subscriber = session.get_one(Subscriber, search.subscriber_id)
            if not gets_mail(session, subscriber):
                subscriber.served_until = now  # what was due while all of theirs rested is not late
            search.paused_at = None
            session.commit()

    def remove_search(self, subscription_id: int) -> None:
        """End one search; its matches go with it, but not that the subscriber was told of them."""
        with Session(self.engine) as session:
            keep_told(session, subscription_id)
            session.exec(delete(Subscription).where(col(Subscription.id) == subscription_id))
            note_searches(session, [subscription_id])
            session.commit()

    def language(self, subscriber_id: int) -> str | None:
        """What a subscriber reads; None when there is no such one."""
        with Session(self._reading) as session:
            return session.exec(select(Subscriber.language).where(Subscriber.id == subscriber_id)).first()

    def leave(self, subscriber_id: int, now: datetime) -> Subscriber | None:
        """The address wants no more: nothing is sent from now on, and `forget` erases it."""
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.get(Subscriber, subscriber_id)
            if subscriber and subscriber.state != "left":
                let_go(session, subscriber, now)
                session.commit()
            return subscriber

    def forget(self, left_before: datetime) -> None:
        """Erase who left, or was asked and never confirmed, before then, with all they had."""
        with Session(self.engine) as session:
            left = (col(Subscriber.state) == "left") & (col(Subscriber.left_at) <= left_before)
            never_confirmed = (col(Subscriber.state) == "pending") & (col(Subscriber.created_at) <= left_before)
            note_searches_of(session, left | never_confirmed)
            session.exec(delete(Subscriber).where(left | never_confirmed))
            forget_unanswered(session, left_before)
            session.commit()

    def addresses(self) -> set[str]:
        """Every address that is kept, also of those who left and are not erased yet."""
        with Session(self._reading) as session:
            return set(session.exec(select(Subscriber.email)))

    def subscribers(self) -> list[Member]:
        """Everybody who has not left, with their searches: for commands that list them, never for a tick or a page."""
        with Session(self._reading) as session:
            people = session.exec(select(Subscriber).where(Subscriber.state != "left").order_by(Subscriber.email)).all()
            return _with_searches(people, session.exec(select(Subscription).order_by(col(Subscription.id))).all())

    def subscriber(self, email: str) -> Member | None:
        """Who has this address and has not left, with their searches."""
        address = email.strip().lower()
        with Session(self._reading) as session:
            known = (Subscriber.email == address, Subscriber.state != "left")
            people = session.exec(select(Subscriber).where(*known)).all()
            return next(iter(_with_searches(people, _searches_of(session, [p.id for p in people]))), None)

    def confirmed(self, subscriber_ids: Sequence[int]) -> list[Member]:
        """Those of these who want a digest now, with the searches that they said yes to, in the order of their ids."""
        return [(who, [s for s in searches if s.is_wanted]) for who, searches in self.members(subscriber_ids)]

    def members(self, subscriber_ids: Sequence[int]) -> list[Member]:
        """Those of these who want mail, with all their searches, also those that wait for a yes."""
        with Session(self._reading) as session:
            wanted = (col(Subscriber.id).in_(subscriber_ids), Subscriber.state == "active")
            people = session.exec(select(Subscriber).where(*wanted).order_by(col(Subscriber.id))).all()
            return _with_searches(people, _searches_of(session, subscriber_ids))


def _begin_anew(session: Session, subscriber: Subscriber) -> None:
    """Who left, or could not be reached, is asked as if they were new."""
    note_searches_of(session, col(Subscriber.id) == subscriber.id)
    session.exec(delete(Subscription).where(col(Subscription.subscriber_id) == subscriber.id))
    session.exec(delete(Channel).where(col(Channel.subscriber_id) == subscriber.id))
    subscriber.state, subscriber.left_at, subscriber.confirmed_at = "pending", None, None
    subscriber.paused_at = None
    begin_anew(subscriber)


def _searches_of(session: Session, subscriber_ids: Sequence[int | None]) -> Sequence[Subscription]:
    query = select(Subscription).where(col(Subscription.subscriber_id).in_(subscriber_ids))
    return session.exec(query.order_by(col(Subscription.position), col(Subscription.id))).all()


def _with_searches(people: Sequence[Subscriber], searches: Sequence[Subscription]) -> list[Member]:
    """Each person with their own of the searches, in one pass over both."""
    by_person: dict[int | None, list[Subscription]] = {}
    for search in searches:
        by_person.setdefault(search.subscriber_id, []).append(search)
    return [(person, by_person.get(person.id, [])) for person in people]
