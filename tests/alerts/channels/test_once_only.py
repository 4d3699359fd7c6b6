"""Whatever happens in whatever order, each story is told once each way, and nothing is lost."""

import json
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from alerts.digest.compose import SourcesRead
from alerts.digest.queue import queue_due_digests
from alerts.mail.carriers import DeliveryDelayed
from alerts.people.subscriber import Channel, Delivery, Match
from alerts.settings import DigestSettings
from tests.makers.channelling import Chan, chan_of
from tests.makers.mailing import post_of
from tests.makers.making import NOON, article, keep, outlet, watch
from tests.makers.storing import engine_on

STEPS = ("story", "clerk to channel", "clerk to mail", "waltham to channel", "waltham to mail", "tick", "crash",
         "refuse", "digest", "restart")  # fmt: skip


class World:
    """A reader with two searches, of which each story meets both, and a receiver in memory."""

    def __init__(self, chan: Chan) -> None:
        self.chan, self.numbers = chan, count()
        self.taken: list[tuple[str, bytes]] = []  # what the receiver took, in order
        self.crashes = 0
        chan.search("clerk")

    def step(self, step: str) -> None:
        self.chan.now += timedelta(hours=7)
        match step.split():
            case ["story"]:
                keep(self.chan.post.matches.engine, article(f"n{next(self.numbers)}", text=f"{step}.\nA clerk saw it."))
            case [query, "to", way]:
                self.chan.route(query, self.chan.channel_id if way == "channel" else None)
            case ["digest"]:
                self.chan.match()
                queue_due_digests(self.chan.post, SourcesRead(1), self.chan.now)
            case ["restart"]:
                self.chan.post.deliveries.reclaim(self.chan.now)
            case [outcome]:
                self.tick(outcome)

    def tick(self, outcome: str) -> None:
        """Queue and hand over; "refuse": the receiver does not take it; "crash": nobody notes that it did."""
        self.chan.queue()
        poster = self.chan.poster

        def receive(channel: Channel, event_id: str, body: bytes) -> None:
            if outcome == "refuse":
                raise DeliveryDelayed("not now")
            self.taken.append((event_id, body))
            if outcome == "crash":
                self.crashes += 1
                raise SystemExit

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("alerts.channels.postings.Poster._post", lambda _, *given: receive(*given))
            try:
                poster.deliver()
            except SystemExit:
                assert outcome == "crash"


@pytest.mark.slow
@given(st.lists(st.sampled_from(STEPS), min_size=3, max_size=14))
@settings(max_examples=25)
def test_each_story_is_told_once_each_way(sqlite_template: Path, steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as here, engine_on(Path(shutil.copy(sqlite_template, f"{here}/a.db"))) as engine:
        watch(engine, outlet("ledger"))
        world = World(chan_of(post_of(engine, DigestSettings(when_empty="skip")), "https://paper.example/", NOON))
        for step in [*steps, "restart", "tick", "tick", "digest", "digest", "digest", "digest"]:
            world.step(step)
        with Session(engine) as session:
            deliveries = session.exec(select(Delivery)).all()
            matches = session.exec(select(Match)).all()
    bodies = dict(world.taken)
    assert set(world.taken) == set(bodies.items())  # an id is one posting, to the byte
    assert sum(Counter(event_id for event_id, _ in world.taken).values()) - len(bodies) <= world.crashes
    posted = Counter(json.loads(body)["data"]["story"]["id"] for body in bodies.values())
    assert set(posted.values()) <= {1}
    assert {d.message_id for d in deliveries if d.kind == "webhook"} == set(bodies)
    assert {m.story_id for m in matches if m.delivery_id} == set(posted)
    assert not [m for m in matches if m.digest_id and m.delivery_id]  # one way each
    told = {m.story_id for m in matches if m.digest_id or m.delivery_id}
    assert told == {m.story_id for m in matches}  # and nothing is lost
