"""The other ways out, as a person sets them up."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from alerts.channels.webhook import signed_headers
from alerts.people.channels import Channels
from crawler.model import because
from tests.makers.commanding import Command, Said, _here, engine, icewire
from tests.makers.making import NOON, article, keep, outlet, watch
from tests.makers.receiving import Receiver, receiving

pytestmark = pytest.mark.slow

__all__ = ["_here", "engine", "icewire"]  # fixtures

READER = "reader@example.org"


def test_a_search_says_where_its_feed_is(icewire: Command) -> None:
    said = icewire("search", 'raid place:"Waltham, MA"', "--feed")
    query = "raid%20place%3A%22Waltham%2C%20MA%22"
    assert said.printed.splitlines() == [
        f"http://127.0.0.1:8080/feed.atom?q={query}",
        f"http://127.0.0.1:8080/feed.json?q={query}",
    ]
    assert "set web.public_url" in said.err


def test_with_a_public_address_it_is_that_one(icewire: Command) -> None:
    with open("icewire.toml", "a") as settings:
        settings.write('[web]\npublic_url = "https://alerts.example.org/"\n')
    said = icewire("search", "kind:raid", "--feed", "--json")
    assert said.data == {
        "atom": "https://alerts.example.org/feed.atom?q=kind%3Araid",
        "json": "https://alerts.example.org/feed.json?q=kind%3Araid",
    }


def test_words_alone_have_no_feed(icewire: Command) -> None:
    said = icewire("search", "ferreira", "--feed")
    assert said.status == 1
    assert "A feed needs a place, a kind or an outlet" in said.err
    assert "Try: (ferreira) state:MA, or (ferreira) kind:arrest" in said.err


def test_where_the_page_shows_no_feeds_a_search_has_none(icewire: Command) -> None:
    with open("icewire.toml", "a") as settings:
        settings.write("[web]\nfeeds = false\n")
    assert "web.feeds is false" in icewire("search", "kind:raid", "--feed").err


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def add(icewire: Command, receiver: Receiver) -> tuple[str, Said]:
    """A reader with a search and a channel; its secret."""
    assert icewire("subscribe", READER, "waltham").status == 0
    said = icewire("channels", "add", READER, "webhook", receiver.url)
    assert said.status == 0
    return re.findall(r"whsec_\S+", said.out)[0], said


def test_a_channel_is_added_tested_used_and_removed(icewire: Command, engine: Engine, receiver: Receiver) -> None:
    secret, said = add(icewire, receiver)
    assert "channel 1: webhook 127.0.0.1, for reader@example.org" in said.out
    assert icewire("channels", "test", "1").out == "channel 1 (webhook 127.0.0.1) took a test event."
    [came] = receiver.came
    assert json.loads(came.body) == {"type": "channel.test", "timestamp": "2026-03-09T12:00:00Z", "data": {}}
    moment = datetime.fromtimestamp(int(came.headers["webhook-timestamp"]), UTC)
    assert came.headers["webhook-signature"] == signed_headers(secret, came.id, came.body, moment)["webhook-signature"]
    said = icewire("subscribe", READER, "waltham", "--channel", "1")
    assert said.out == "waltham: goes to channel 1, webhook 127.0.0.1 from now on."
    said = icewire("subscribe", READER, "raid kind:arrest", "--channel", "1", "--name", "Raids")
    assert "Its stories go to channel 1" in said.out
    assert icewire("channels", "list", "--json").data == [
        {
            "id": 1,
            "channel": "webhook 127.0.0.1",
            "email": READER,
            "state": "on",
            "why": "",
            "searches": ["waltham", "raid kind:arrest"],
        }
    ]
    shown = icewire("subscribers").printed.splitlines()
    assert shown[1:] == ["  waltham  → channel 1", "  raid kind:arrest (“Raids”)  → channel 1"]
    assert icewire("subscribe", READER, "waltham", "--channel", "mail").out == "waltham: goes to the mail from now on."
    assert "its searches come by mail" in icewire("channels", "remove", "1").out
    assert icewire("subscribers", "--json").data[0]["channels"] == [None, None]
    assert "No channel yet" in icewire("channels", "list").out


def test_neither_the_secret_nor_the_whole_address_is_shown_again(
    icewire: Command, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret, added = add(icewire, receiver)
    assert receiver.url not in added.printed
    receiver.answer = lambda: 500
    commands = (
        "channels list",
        "channels list --json",
        "channels test 1",
        "subscribers",
        "subscribers --json",
        "doctor",
    )
    shown = "".join(said.printed + said.complained for said in (icewire(*words.split()) for words in commands))
    assert "channel 1 (webhook 127.0.0.1) did not take it: answered 500" in " ".join(shown.split())
    for hidden in (secret, "/hook", "for=us"):
        assert hidden not in shown
        assert hidden not in caplog.text


def test_an_address_may_be_read_from_the_input(
    icewire: Command, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    icewire("subscribe", READER, "waltham")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{receiver.url}\n"))
    assert icewire("channels", "add", READER, "webhook", "-").status == 0
    assert icewire("channels", "test", "1").status == 0


def test_a_chat_is_added_and_tested(icewire: Command, receiver: Receiver) -> None:
    pytest.importorskip("apprise", reason="an optional extra")
    receiver.answer = lambda: 200
    icewire("subscribe", READER, "waltham")
    token = "3ccdd113474722377935511fc85d3dd4"
    said = icewire("channels", "add", READER, "chat", f"mmost://{receiver.base.removeprefix('http://')}/{token}")
    assert "channel 1: chat mmost, for reader@example.org" in said.out
    assert token not in said.out
    assert "secret" not in said.out
    assert icewire("channels", "test", "1").out == "channel 1 (chat mmost) took a test event."
    assert "this is no address of a chat" in icewire("channels", "add", READER, "chat", "json://paper.example").err


def test_what_is_wrong_with_a_channel_is_said(icewire: Command, receiver: Receiver) -> None:
    assert (
        "nobody@example.org is not subscribed" in icewire("channels", "add", "nobody@example.org", "webhook", "x").err
    )
    add(icewire, receiver)
    said = icewire("channels", "add", READER, "webhook", "ftp://paper.example/secret")
    assert "this is no address to post to" in said.err
    assert "secret" not in said.err
    assert "is no kind of channel" in icewire("channels", "add", READER, "fax", receiver.url).err
    assert "there is no channel 9" in icewire("channels", "test", "9").err
    icewire("subscribe", "other@example.org", "waltham")
    for who, number in (("other@example.org", "1"), (READER, "9"), (READER, "one"), ("new@example.org", "1")):
        assert f"{who} has no channel '{number}'" in icewire("subscribe", who, "raid", "--channel", number).err
    assert icewire("subscribers", "--json").data[1]["searches"] == ["waltham"]


def test_one_that_is_off_says_why_and_a_test_switches_it_on(
    icewire: Command, engine: Engine, receiver: Receiver
) -> None:
    add(icewire, receiver)
    icewire("subscribe", READER, "waltham", "--channel", "1")
    Channels(engine).switch_off(1, because("answered", status=410), NOON)
    assert "1 webhook 127.0.0.1, for reader@example.org: off (answered 410)" in icewire("channels", "list").out
    assert "channel 1 is off: answered 410" in icewire("doctor").out
    assert "icewire channels test 1" in icewire("subscribe", READER, "waltham", "--channel", "1").err
    assert "It is on again" in icewire("channels", "test", "1").out
    assert icewire("subscribe", READER, "waltham", "--channel", "1").status == 0


def test_a_digest_is_for_who_has_a_search_by_mail(icewire: Command, engine: Engine, receiver: Receiver) -> None:
    watch(engine, outlet("ledger"))
    keep(engine, article())
    add(icewire, receiver)
    icewire("subscribe", READER, "waltham", "--channel", "1")
    assert "There is no subscriber yet" in icewire("digest").out
    assert "nobody yet" in icewire("doctor").out
    icewire("subscribe", READER, "clerk")
    assert "1 story" in icewire("digest", "--preview", "--json").data["digests"][0]["subject"]
