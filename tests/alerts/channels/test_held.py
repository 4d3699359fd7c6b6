"""A flood of one outlet fills no channel."""

import json
from datetime import timedelta

import pytest

from alerts.channels.chat import spoken
from tests.makers.channelling import Chan
from tests.makers.making import article, keep, outlet, watch
from tests.makers.receiving import Receiver

pytestmark = pytest.mark.slow
MOST = 10


def flood(chan: Chan, first: int, most: int, source: str = "ledger") -> None:
    for n in range(first, first + most):
        told = f"ICE agents detain {n} bakers in Waltham on street {n} after case {n}x"
        text = f"In case {n}x of street {n}, Waltham saw agents of ICE detain bakers number {n}."
        keep(chan.post.matches.engine, article(f"s{n}", source, title=told, text=text), now=chan.now)


def test_of_an_outlet_so_many_are_posted_a_day_and_then_once_that_there_are_more(
    chan: Chan, receiver: Receiver
) -> None:
    chan.route()
    watch(chan.post.matches.engine, outlet("ledger"), outlet("gazette"))
    flood(chan, 0, 15)
    chan.run()
    flood(chan, 100, 5)
    flood(chan, 200, 2, "gazette")
    chan.run(10)
    events = [json.loads(came.body) for came in receiver.came]
    outlets = [e["data"]["story"]["outlet"] for e in events if e["type"] == "story.matched"]
    held = [e["data"] for e in events if e["type"] == "outlet.held"]
    assert (len(outlets), len(set(outlets)), outlets.count(outlets[0])) == (MOST + 2, 2, MOST)
    assert held == [{"outlet": outlets[0], "posted": MOST}]
    title, text = spoken(next(e for e in events if e["type"] == "outlet.held"))
    assert (title, text.startswith("10 of its stories")) == (f"More from {outlets[0]}", True)
    assert chan.mail().stories == 0
    chan.now += timedelta(days=1)
    flood(chan, 300, 1)
    assert chan.run() == (1, 0)
