"""A story goes to a channel once, whatever happens, and what goes there does not go into the mail."""

import json
import logging
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from alerts.locale import in_words
from alerts.mail.handing import RETRY_AFTER
from alerts.people.subscriber import Delivery
from crawler.model import Why
from crawler.store.regroup import merge_by_hand, split_by_hand
from tests.makers.channelling import Chan, chan_of
from tests.makers.mailing import claim, post_of
from tests.makers.making import LEDE, article, keep, watch
from tests.makers.receiving import Receiver

pytestmark = pytest.mark.slow


def die(*_: object) -> None:
    """The process ends here."""
    raise SystemExit


def test_a_story_is_posted_once_and_not_mailed(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    assert chan.run() == (1, 0)
    assert chan.run(60) == (0, 0)
    [came] = receiver.came
    event = json.loads(came.body)
    assert (event["type"], event["timestamp"]) == ("story.matched", "2026-03-09T12:00:00Z")
    story = event["data"]["story"]
    assert (story["id"], story["headline"], story["url"]) == (1, article().title, article().link)
    assert (story["outlet"], story["place"], story["kind"]) == ("The Ledger", "Waltham, MA", "arrest")
    assert story["kinds"] == ["arrest"]
    assert story["published_at"] == "2026-03-09T11:00:00Z"
    assert 0 < len(story["excerpt"].split()) <= 25
    assert LEDE not in came.body.decode()
    assert event["data"]["searches"] == [{"query": "waltham", "name": "", "because": ["waltham"]}]
    assert chan.mail().stories == 0


def test_both_databases_post_once_and_leave_to_the_mail_what_is_not_taken(
    engine: Engine, receiver: Receiver, now: datetime
) -> None:
    watch(engine)
    chan = chan_of(post_of(engine), receiver.url, now)
    chan.route()
    keep(engine, article())
    assert (chan.run(), chan.run(1)) == ((1, 0), (0, 0))
    receiver.answer = lambda: 410
    keep(engine, article("gone"))
    assert chan.run(1) == (0, 1)
    assert [item.story.title for section in chan.mail().sections for item in section.items] == [article("gone").title]
    chan.channels.switch_on(chan.channel_id)
    assert chan.channels.switch_off_dead(chan.now) == []
    chan.channels.remove(chan.channel_id)
    assert chan.mail().stories == 1


def test_nothing_is_quoted_where_nothing_may_be(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article(outlet_id="radio"))
    keep(chan.post.matches.engine, article("other", opt_out="noai"))
    assert chan.run() == (2, 0)
    assert [json.loads(came.body)["data"]["story"]["excerpt"] for came in receiver.came] == ["", ""]


def test_a_story_that_two_searches_of_a_channel_met_is_posted_once_with_both(chan: Chan, receiver: Receiver) -> None:
    chan.search("clerk")
    chan.route("waltham")
    chan.route("clerk")
    keep(chan.post.matches.engine, article())
    assert chan.run() == (1, 0)
    [came] = receiver.came
    assert [met["query"] for met in json.loads(came.body)["data"]["searches"]] == ["waltham", "clerk"]


def test_a_search_that_meets_it_later_does_not_post_it_again(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    chan.run()
    chan.search("gazette")
    chan.route("gazette")
    keep(chan.post.matches.engine, article("later", "gazette", title="A gazette report of Waltham"), story=1)
    assert chan.run(5) == (0, 0)
    chan.channels.remove(chan.channel_id)
    assert chan.mail().stories == 0
    assert len(receiver.came) == 1


def test_a_search_by_mail_and_one_by_a_channel_tell_it_each_its_own_way(chan: Chan, receiver: Receiver) -> None:
    chan.search("clerk")
    chan.route("clerk")
    keep(chan.post.matches.engine, article())
    assert chan.run() == (1, 0)
    assert [section.search for section in chan.mail().sections if section.items] == ["waltham"]


def test_what_was_mailed_is_not_posted_when_its_search_moves_to_a_channel(chan: Chan, receiver: Receiver) -> None:
    from alerts.digest.compose import SourcesRead
    from alerts.digest.queue import queue_due_digests

    keep(chan.post.matches.engine, article())
    chan.match()
    assert queue_due_digests(chan.post, SourcesRead(1), chan.now + timedelta(days=1)) == 1
    chan.route()
    assert chan.run(1) == (0, 0)
    chan.route(channel_id=None)
    chan.run(1)
    assert (receiver.came, chan.mail().stories) == ([], 0)


def test_what_was_posted_is_not_mailed_when_its_search_moves_to_the_mail(chan: Chan) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    chan.run()
    chan.route(channel_id=None)
    keep(chan.post.matches.engine, article("new"))
    chan.match()
    assert [item.story.title for section in chan.mail().sections for item in section.items] == [article("new").title]


def test_a_search_that_is_ended_and_begun_anew_posts_nothing_again(chan: Chan, receiver: Receiver) -> None:
    from alerts.matching.catch_up import match_new_search
    from tests.makers.searching import NoPlaces

    chan.route()
    keep(chan.post.matches.engine, article())
    chan.run()
    chan.post.members.remove_search(1)
    chan.search("waltham")
    chan.route()
    match_new_search(chan.post.store, chan.post.matches, chan.searches()[0], NoPlaces(), chan.now)
    assert chan.run(1) == (0, 0)
    assert len(receiver.came) == 1


def test_a_retry_is_the_same_posting_signed_anew(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    statuses = iter([500, 429, 200])
    receiver.answer = lambda: next(statuses)
    assert [chan.run(), chan.run(1), chan.run(5), chan.run(60)] == [(0, 1), (0, 1), (1, 0), (0, 0)]
    first, *others = receiver.came
    assert {(came.id, came.body) for came in others} == {(first.id, first.body)}
    assert len({came.headers["webhook-timestamp"] for came in receiver.came}) == 3
    assert len({came.headers["webhook-signature"] for came in receiver.came}) == 3


def test_a_crash_between_posting_and_noting_it_repeats_that_one_with_its_id(
    chan: Chan, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    chan.route()
    for path in ("one", "two"):
        keep(chan.post.matches.engine, article(path))

    chan.queue()
    poster = chan.poster
    with monkeypatch.context() as patch:
        patch.setattr(poster.deliveries, "record_sent", die)
        with pytest.raises(SystemExit):
            poster.deliver()
    assert chan.run() == (2, 0)
    first, *others = receiver.ids
    assert others.count(first) == 1
    assert len(set(receiver.ids)) == 2


def test_a_crash_while_it_is_queued_leaves_it_to_the_next_tick(
    chan: Chan, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    chan.match()
    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", die)
        with pytest.raises(SystemExit):
            chan.queue()
    chan.run()
    assert len(receiver.came) == 1


@pytest.mark.slow
def test_one_that_answers_410_is_switched_off_and_the_mail_tells_what_it_did_not_take(
    chan: Chan, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    chan.route()
    keep(chan.post.matches.engine, article("taken"))
    chan.run()
    receiver.answer = lambda: 410
    for path in ("gone", "waiting"):
        keep(chan.post.matches.engine, article(path))
    with caplog.at_level(logging.WARNING):
        assert chan.run(1) == (0, 1)
    assert "is gone and switched off: answered status=410" in caplog.text
    assert in_words(Why(chan.channel.off_because, chan.channel.off_because_args)) == "answered 410"
    told = {item.story.title for section in chan.mail().sections for item in section.items}
    assert told == {article("gone").title, article("waiting").title}
    keep(chan.post.matches.engine, article("later"))
    assert chan.run(1) == (0, 0)
    assert chan.mail().stories == 3


@pytest.mark.slow
def test_one_that_takes_nothing_for_a_day_is_switched_off(
    chan: Chan, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    receiver.answer = lambda: 503
    chan.run()
    for wait in RETRY_AFTER:
        assert chan.channel.off_at is None
        chan.run(wait.total_seconds() / 60)
    assert len(set(receiver.ids)) == 1
    assert len(receiver.came) == 8
    why = Why(chan.channel.off_because, chan.channel.off_because_args)
    assert in_words(why) == "given up after 8 attempts: answered 503"
    assert chan.mail().stories == 1
    assert receiver.url not in caplog.text
    assert chan.channel.secret not in caplog.text


def test_one_posting_that_is_never_taken_does_not_switch_off_who_takes_others(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article("bad"))
    receiver.answer = lambda: 400 if b"courthouse: bad" in receiver.came[-1].body else 200
    chan.run()
    keep(chan.post.matches.engine, article("good"))
    chan.run(0.5)
    for wait in RETRY_AFTER:
        chan.run(wait.total_seconds() / 60)
    assert chan.channel.off_at is None
    assert chan.post.deliveries.delivery_counts() == {"sent": 1, "failed": 1}


def test_one_that_is_down_does_not_keep_the_others_waiting(chan: Chan, receiver: Receiver) -> None:
    down = chan.channels.add(1, "webhook", "http://127.0.0.1:1/", chan.channel.secret, chan.now)
    chan.search("clerk")
    chan.route("clerk", down.id)
    chan.route("waltham")
    for path in ("one", "two", "three"):
        keep(chan.post.matches.engine, article(path))
    assert chan.run() == (3, 1)
    assert len(receiver.came) == 3


def test_one_that_is_removed_leaves_what_it_did_not_take_to_the_mail(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article("taken"))
    chan.run()
    receiver.answer = lambda: 500
    keep(chan.post.matches.engine, article("waiting"))
    chan.run(1)
    chan.channels.remove(chan.channel_id)
    assert [item.story.title for section in chan.mail().sections for item in section.items] == [
        article("waiting").title
    ]
    assert chan.run(60) == (0, 0)


def test_who_has_not_said_yes_or_has_left_is_posted_nothing(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    chan.queue()
    chan.post.members.leave(1, chan.now)
    assert chan.run() == (0, 0)
    assert receiver.came == []
    pending, _ = chan.post.members.subscribe("reader@example.org", "waltham", chan.now, "UTC", "07:00", active=False)
    assert chan.channels.everybodys() == []  # who comes back begins anew
    channel = chan.channels.add(pending.id or 0, "webhook", receiver.url, "whsec_AAAA", chan.now)
    chan.route(channel_id=channel.id)
    keep(chan.post.matches.engine, article("new"))
    assert chan.run() == (0, 0)


@pytest.mark.parametrize("order", [(1, [2]), (2, [1])], ids=["into what was posted", "into the other"])
def test_a_merged_story_is_not_posted_again(chan: Chan, receiver: Receiver, order: tuple[int, list[int]]) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    chan.run()
    chan.search("gazette")
    chan.route("gazette")
    keep(chan.post.matches.engine, article("vigil", "gazette", title="gazette: a vigil in Waltham"))
    merge_by_hand(chan.post.matches.engine, *order, chan.now + timedelta(hours=1))
    assert chan.run(120) == (0, 0)
    assert chan.run(1) == (0, 0)
    assert len(receiver.came) == 1


def test_what_is_split_off_a_posted_story_is_not_posted_again(chan: Chan, receiver: Receiver) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    second = keep(chan.post.matches.engine, article("vigil", "gazette"), story=1)
    chan.run()
    split_by_hand(chan.post.matches.engine, 1, [second.article_id], chan.now + timedelta(hours=1))
    assert chan.run(120) == (0, 0)
    assert len(receiver.came) == 1


def test_the_queue_knows_the_bytes_and_not_the_address(chan: Chan) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    chan.queue()
    with Session(chan.post.matches.engine) as session:
        [delivery] = session.exec(select(Delivery)).all()
    assert (delivery.kind, delivery.recipient) == ("webhook", "webhook 127.0.0.1")
    assert delivery.message_id.startswith("msg_")


def test_the_mails_sender_takes_no_posting_and_the_other_way_round(chan: Chan) -> None:
    chan.route()
    keep(chan.post.matches.engine, article())
    chan.queue()
    assert claim(chan.post.deliveries, chan.now) is None
