"""A log keeps no address, whatever a mail server repeats of it."""

import logging

import pytest

from alerts.digest.post import Post
from alerts.mail.answers import masked
from alerts.mail.carriers import SmtpMailer
from alerts.mail.sending import deliver
from scheduler.demo.sink import Sink
from tests.makers.mailing import MAIL, ask, smtp
from tests.makers.making import NOON

WHO = "ann.lee+ice@paper.example"


@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 <ann.lee+ice@paper.example>: Recipient address rejected",
        "550 5.1.1 ANN.LEE+ICE@PAPER.EXAMPLE unknown",
        "550 no such user ann.lee+ice here",
        "450 4.2.0 <bounce-ann.lee+ice=paper.example@lists.example> greylisted",
        "550 see https://help.example/?to=ann.lee%2Bice%40paper.example",
        "550 mailbox 'ann.lee+ice'@'paper.example' is full",
        "550 ann.lee+ice at paper.example",
        "550 alias of desk@other.example",
    ],
)
def test_no_dress_of_an_address_is_logged(said: str) -> None:
    shown = masked(said, WHO).lower()
    assert "ann" not in shown
    assert "desk" not in shown
    assert shown.startswith(said[:4])


def test_what_is_no_address_stays() -> None:
    said = "the mail server answered 451 4.7.1 try again in 5 minutes (mx1.paper.example)"
    assert masked(said, "in@paper.example") == masked(said, "") == said


@pytest.mark.slow
@pytest.mark.parametrize("code", ["550 5.1.1", "450 4.2.1"])
def test_what_a_server_echoes_is_not_logged(
    code: str, post: Post, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    ask(post, NOON, WHO)
    sink.answer = lambda: f"{code} <{WHO}>: {WHO.upper()} refused"
    with caplog.at_level(logging.INFO, "alerts"):
        assert deliver(post.deliveries, SmtpMailer(smtp(sink)), MAIL, lambda: NOON) == (0, 1)
    [told] = [record.getMessage() for record in caplog.records if record.name.startswith("alerts")]
    assert code.partition(" ")[2] in told
    assert "ann.lee" not in told.lower()
