"""Whatever servers answer and whenever we die: each story stands in one digest that was accepted, or still waits."""

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from alerts.digest.compose import SourcesRead
from alerts.digest.queue import queue_due_digests
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, Mailer
from alerts.mail.sending import deliver
from alerts.matching.catch_up import match_new_search, match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.people.subscriber import Delivery, DigestRecord, Match
from alerts.people.unreached import Unreached
from alerts.settings import DigestSettings
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import MAIL, join, parts, post_of
from tests.makers.making import NOON, article, keep, outlet, watch
from tests.makers.storing import engine_on

OUTCOMES = ("accept", "later", "no server", "no mail", "nobody", "die before", "die after", "no answer",
            "taken and no answer")  # fmt: skip
DAY = st.tuples(
    st.sampled_from((["story"], ["story"], [], ["story", "other words"])),
    st.just(["morning"]),
    st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=1),
    st.lists(st.sampled_from(("hour", "restart", "story", *OUTCOMES)), max_size=2),
)
FINAL = ("no mail", "nobody")


class Dead(SystemExit):
    """Our process ended."""


class World(Mailer):
    """A reader whose search meets each story, and a mail server that answers as each step says."""

    def __init__(self, engine: Engine, places: Gazetteer) -> None:
        watch(engine, outlet("ledger"))
        self.post, self.now, self.numbers = post_of(engine, DigestSettings(when_empty="skip")), NOON, count()
        self.places, self.live = places, LiveSearches(engine, places)
        self.reader = join(self.post, NOON, query="clerk")
        self.taken: dict[str, str] = {}  # text by Message-ID
        self.pages: dict[str, str] = {}
        self.outcome = "accept"

    def step(self, step: str) -> None:
        self.now += timedelta(minutes=1)
        if step == "story":
            number = next(self.numbers)
            keep(self.post.matches.engine, article(f"n{number}", text="A clerk saw it.", title=f"It-{number}-happened"))
            match_unmatched(self.post.store, self.live, self.post.matches, self.now)
        elif step == "morning":
            self.now = (self.now + timedelta(days=1)).replace(hour=11, minute=0)
            queue_due_digests(self.post, SourcesRead(1), self.now)
        elif step == "hour":
            self.now += timedelta(hours=1)
        elif step == "restart":
            self.post.deliveries.reclaim(self.now)
        elif step == "other words":
            self.say_it_otherwise()
        else:
            self.deliver(step)

    def say_it_otherwise(self) -> None:
        """The search ends, and another one has met the stories of the last day."""
        [(_, [old])] = self.post.members.subscribers()
        query = "clerk" if old.query != "clerk" else "clerk OR sheriff"
        if self.reader_state() == "active":
            self.post.members.subscribe(self.reader.email, query, self.now, "America/New_York", "07:00", active=True)
            [(_, searches)] = self.post.members.subscribers()
            [new] = [s for s in searches if s.id != old.id]
            match_new_search(self.post.store, self.post.matches, new, self.places, self.now)
            self.post.members.remove_search(old.id or 0)

    def page_of(self, message_id: str) -> str:
        """What a mail only counts, and its page shows."""
        with Session(self.post.matches.engine) as session:
            query = select(DigestRecord.rest).join(Delivery, col(Delivery.digest_id) == col(DigestRecord.id))
            return str(session.exec(query.where(Delivery.message_id == message_id)).first() or "")

    def reader_state(self) -> str:
        return self.post.members.subscribers()[0][0].state

    def deliver(self, outcome: str) -> None:
        self.outcome = outcome
        try:
            deliver(self.post.deliveries, self, MAIL, lambda: self.now)
        except Dead:
            assert outcome.startswith("die")

    def send(self, recipient: str, message: bytes) -> None:
        mail = message_from_bytes(message, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        number, text = str(mail["Message-ID"]), parts(mail)[0]
        outcome = "later" if self.outcome in FINAL and number in self.taken else self.outcome
        if outcome == "die before":
            raise Dead
        if outcome in ("accept", "die after", "taken and no answer"):
            assert self.taken.setdefault(number, text) == text  # the same mail under the same name
            self.pages.setdefault(number, self.page_of(number))
        if outcome == "die after":
            raise Dead
        if outcome in FINAL:
            raise DeliveryRefused("552 5.3.4 too big", nobody=outcome == "nobody")
        if outcome.endswith("no answer"):
            raise DeliveryDelayed("timed out", "server", in_doubt=True)
        if outcome in ("later", "no server"):
            raise DeliveryDelayed("not now", "recipient" if outcome == "later" else "server")


@pytest.mark.slow
@given(st.lists(DAY, min_size=2, max_size=6))
@settings(max_examples=40)
def test_each_story_stands_in_one_accepted_digest(
    sqlite_template: Path, gazetteer: Gazetteer, days: list[tuple[list[str], ...]]
) -> None:
    with tempfile.TemporaryDirectory() as here, engine_on(Path(shutil.copy(sqlite_template, f"{here}/a.db"))) as engine:
        world = World(engine, gazetteer)
        for step in (step for day in days for part in day for step in part):
            world.step(step)
        if world.reader_state() == "bounced":
            Unreached(world.post.members.engine).reactivate(world.reader.id or 0)
        for step in ("restart", *("morning", "accept", "hour", "accept") * 3):
            world.step(step)
        with Session(engine) as session:
            states = {d.state for d in session.exec(select(Delivery))}
            matched = {m.story_id: m for m in session.exec(select(Match))}
    read = [text + world.pages[number] for number, text in world.taken.items()]
    told = Counter(n for text in read for n in range(next(world.numbers)) if f"It-{n}-happened" in text)
    assert set(told.values()) <= {1}
    assert states <= {"sent", "failed", "replaced"}
    assert all(m.digest_id for m in matched.values())  # nothing waits any more
    assert len(told) >= len(matched)
