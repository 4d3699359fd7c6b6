"""Posts to chats through Apprise, over loopback: only to chats, as text, and ringing nobody."""

import json
import logging
from datetime import datetime
from typing import Any

import pytest

from alerts.channels.chat import chat_address, post_chat, spoken
from alerts.channels.event import channel_test
from alerts.locale import in_words
from alerts.mail.carriers import DeliveryDelayed
from alerts.people.subscriber import Channel
from crawler.model import IcewireError
from crawler.settings import CrawlSettings
from tests.makers.channelling import HERE, Chan
from tests.makers.making import NOON, article, keep
from tests.makers.receiving import Receiver

pytestmark = pytest.mark.slow

pytest.importorskip("apprise", reason="an optional extra")

TOKEN = "3ccdd113474722377935511fc85d3dd4"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
DISCORD = f"discord://4174216298/{TOKEN}{TOKEN}"


def mattermost(receiver: Receiver) -> str:
    return f"mmost://{receiver.base.removeprefix('http://')}/{TOKEN}"


def channel(url: str) -> Channel:
    return Channel(id=1, subscriber_id=1, kind="chat", url=url, created_at=NOON)


def event(**facts: Any) -> dict[str, Any]:
    story = {"outlet": "The Ledger", "place": "Waltham, MA", "kind": "arrest", "excerpt": "", "also_reported_by": [],
             "headline": "Two held", "url": "https://ledger.example/raid", **facts}  # fmt: skip
    return {"type": "story.matched", "data": {"story": story, "searches": [{"query": "waltham", "name": ""}]}}


@pytest.mark.slow
def test_a_story_that_a_search_met_is_posted_to_mattermost_once(chan: Chan, receiver: Receiver) -> None:
    receiver.answer = lambda: 200
    chat = chan.channels.add(1, "chat", mattermost(receiver), "", chan.now)
    chan.route(channel_id=chat.id)
    keep(chan.post.matches.engine, article())
    assert (chan.run(), chan.run(1)) == ((1, 0), (0, 0))
    [came] = receiver.came
    assert came.path == f"/hooks/{TOKEN}"
    said = json.loads(came.body)["text"]
    assert article().title in said
    assert "The Ledger · Waltham, MA · arrest" in said
    assert "Search: waltham" in said
    assert article().link in said
    assert chan.mail().stories == 0


def test_what_is_not_taken_is_tried_again(chan: Chan, receiver: Receiver) -> None:
    statuses = iter([500, 200])
    receiver.answer = lambda: next(statuses)
    chat = chan.channels.add(1, "chat", mattermost(receiver), "", chan.now)
    chan.route(channel_id=chat.id)
    keep(chan.post.matches.engine, article())
    assert (chan.run(), chan.run(1)) == ((0, 1), (1, 0))


@pytest.mark.parametrize(
    ("service", "attribute", "url", "field"),
    [
        ("slack.NotifySlack", "webhook_url", SLACK, "attachments"),
        ("discord.NotifyDiscord", "notify_url", DISCORD, "content"),
    ],
    ids=["Slack", "Discord"],
)
def test_slack_and_discord_are_posted_to_where_they_live(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, service: str, attribute: str, url: str, field: str
) -> None:
    receiver.answer = lambda: 200
    receiver.body = b"ok"  # as Slack says it
    assert chat_address(url, CrawlSettings())
    monkeypatch.setattr(f"apprise.plugins.{service}.{attribute}", receiver.base)
    post_chat(channel(url), json.dumps(event()).encode(), CrawlSettings())
    [came] = receiver.came
    assert "Two held" in json.dumps(json.loads(came.body)[field])


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = lambda: 302
    receiver.headers = {"Location": f"{receiver.base}/inside"}
    with pytest.raises(DeliveryDelayed) as raised:
        post_chat(channel(mattermost(receiver)), channel_test(NOON), HERE)
    assert in_words(raised.value.why) == "the chat did not take it"
    assert len(receiver.came) == 1


@pytest.mark.parametrize(
    "url",
    [
        "json://paper.example/",
        "mailto://user:word@paper.example",
        "https://hooks.slack.com/services/T/A/B",
        "mmost://paper.example/" + TOKEN,  # without TLS
        f"mmosts://paper.example/{TOKEN}?verify=no",
        f"mmosts://paper.example/{TOKEN}?redirect=yes",
        f"{DISCORD}?template=/etc/passwd",
        f"{SLACK},json://10.0.0.1/",
        f"{SLACK} json://10.0.0.1/",
        f"{SLACK};json://10.0.0.1/",
        "slack://",
        "discord://4174216298",
        "SLACK://T1JJ3T3L2",
        f"mmosts://paper.example/{TOKEN}\n",
        "discord://" + "x" * 2000,
    ],
)
def test_what_is_no_chat_is_refused_when_it_is_added(url: str) -> None:
    with pytest.raises(IcewireError, match="this is no address of a chat"):
        chat_address(url, CrawlSettings())


def test_the_three_chats_are_taken() -> None:
    for url in (SLACK, f"{SLACK}/#news", DISCORD, f"mmosts://chat.paper.example/{TOKEN}"):
        assert chat_address(url, CrawlSettings()) == url


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254"])
def test_a_chat_on_a_private_network_is_not_asked(host: str) -> None:
    with pytest.raises(DeliveryDelayed) as raised:
        post_chat(channel(f"mmosts://{host}/{TOKEN}"), channel_test(NOON), CrawlSettings())
    assert raised.value.why.code == "private_address"


def test_neither_the_log_nor_a_list_shows_the_address(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.answer = lambda: 500
    with pytest.raises(DeliveryDelayed):
        post_chat(channel(mattermost(receiver)), channel_test(NOON), HERE)
    assert TOKEN not in caplog.text
    assert [channel(url).called for url in (SLACK, DISCORD)] == ["chat slack", "chat discord"]


def test_a_headline_rings_nobody() -> None:
    title, text = spoken(
        event(headline="@everyone <!channel> <@U123> @here", outlet="<@&99>", url="https://a.example/@me")
    )
    shown = title + text
    assert not [bell for bell in ("@everyone", "<!", "<@", "@here", "@me") if bell in shown]
    assert shown.replace("\u200b", "").startswith("@everyone <!channel> <@U123> @here")


def test_a_search_is_called_by_its_name() -> None:
    told = event(excerpt="a clerk saw it", also_reported_by=["The Gazette"])
    told["data"]["searches"] = [{"query": "waltham", "name": "Home"}, {"query": "", "name": ""}]
    assert spoken(told)[1].splitlines() == [
        "The Ledger · Waltham, MA · arrest",
        "“a clerk saw it”",
        "Also reported by The Gazette",
        "Search: Home, every story",
        "https://ledger.example/raid",
    ]


def test_a_test_is_a_line(receiver: Receiver, now: datetime) -> None:
    receiver.answer = lambda: 200
    post_chat(channel(mattermost(receiver)), channel_test(now), HERE)
    assert "A test: this channel works." in json.loads(receiver.came[0].body)["text"]
