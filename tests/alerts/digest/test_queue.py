"""From matches to a mail that was taken: real SMTP on loopback."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.mail.carriers import SmtpMailer
from alerts.mail.sending import deliver
from alerts.matching.catch_up import match_unmatched
from alerts.matching.matches import Found
from alerts.matching.searches import LiveSearches
from alerts.people.subscriber import Delivery, DigestRecord, Match, Subscription
from alerts.settings import DigestSettings
from crawler.model import as_written, because
from crawler.places.gazetteer import Gazetteer
from scheduler.demo.sink import Sink
from tests.makers.mailing import MAIL, READER, join_and_meet, mailed, morning_after, parts, smtp
from tests.makers.making import LEDE, article, keep, verdict


@pytest.mark.slow
def test_a_match_reaches_the_inbox_the_next_morning_once(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, sink: Sink, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article())
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    mailer, morning = SmtpMailer(smtp(sink)), morning_after(now)
    assert queue_due_digests(post, SourcesRead(3), morning - timedelta(minutes=1)) == 0
    assert queue_due_digests(post, SourcesRead(3), morning) == 1
    assert queue_due_digests(post, SourcesRead(3), morning + timedelta(minutes=1)) == 0
    assert deliver(post.deliveries, mailer, MAIL, lambda: morning) == (1, 0)
    assert deliver(post.deliveries, mailer, MAIL, lambda: morning) == (0, 0)
    [mail] = sink.to(READER)
    assert "ICE detains two near Waltham courthouse" in parts(mail)[0]
    assert queue_due_digests(post, SourcesRead(3), morning + timedelta(days=1)) == 1
    assert "nothing found" in mailed(post)["Subject"]


def test_the_mail_has_what_receivers_and_readers_need(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, 'detain* place:"Waltham, MA"', gazetteer, now)
    first = keep(sqlite_engine, article())
    keep(sqlite_engine, article("other", "gazette", title="Two held"), story=first.story_id)
    keep(sqlite_engine, article("copy", "radio"), story=first.story_id, copy_of=first.article_id)
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    queue_due_digests(post, SourcesRead(3, (("The Radio", because("answered", status=503)),)), morning_after(now))
    mail = mailed(post)
    plain, rich = parts(mail)
    for text in (plain, rich):
        assert "Waltham, MA" in text
        assert "Also reported by The Gazette" in re.sub("<a [^>]*>|</a>", "", text)
        assert "; 1 copy elsewhere" in text
        assert "The Radio: answered 503" in text
        assert "Stories that mention detain…, in Waltham, MA" in text
        assert "Why it is here" not in text  # nothing that the heading does not say
        assert "1 Main St, Waltham, MA" in text
        assert LEDE not in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<https://alerts.icewire.example/unsubscribe/")
    assert mail["List-Id"] == "icewire digest <digest.icewire.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@icewire.example>")


def test_what_a_page_says_cannot_become_markup_or_a_header(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "", gazetteer, now)
    evil = 'ICE <script>alert("x")</script> & more'
    keep(sqlite_engine, article(title=evil), of=verdict(places=[]))
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    queue_due_digests(post, SourcesRead(1, (("A <b>bad</b>\nname", as_written("why")),)), morning_after(now))
    rich = parts(mailed(post))[1]
    assert "<script" not in rich
    assert "<b>bad" not in rich


def test_one_mail_stands_for_all_days_that_were_missed_and_says_so(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article())
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    back = morning_after(now) + timedelta(days=3)
    assert queue_due_digests(post, SourcesRead(3), back) == 1
    assert post.records.made_dates(1, now.date()) == {back.date()}
    for text in parts(mailed(post)):
        assert "No digest could be made for some days: this one stands for March 10 to March 13." in text
        assert "ICE detains two near Waltham courthouse" in text
    assert queue_due_digests(post, SourcesRead(3), back + timedelta(days=1)) == 1
    assert "stands for" not in parts(mailed(post))[0]


def test_after_missed_days_the_newest_digest_holds_all_that_came_since(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    late = morning_after(now) + timedelta(days=3, hours=2)  # the computer is started at nine
    for name, found_at in (("first", now), ("second", late - timedelta(minutes=1))):
        keep(sqlite_engine, article(name), now=found_at)
        match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, found_at)
    assert queue_due_digests(post, SourcesRead(3), late) == 1
    assert post.records.made_dates(1, now.date()) == {late.date()}
    text = parts(mailed(post))[0]
    assert "first" in text
    assert "second" in text


def test_another_zone_brings_no_digest_of_a_day_before_the_last_one(
    post: Post, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 1
    post.members.change_hour(1, None, "Pacific/Pago_Pago")  # where it is one in the morning
    soon = morning_after(now) + timedelta(hours=1)
    assert queue_due_digests(post, SourcesRead(3), soon) == 0
    assert queue_due_digests(post, SourcesRead(3), soon + timedelta(hours=6)) == 0  # today's was sent
    assert queue_due_digests(post, SourcesRead(3), soon + timedelta(hours=30)) == 1


def test_with_when_empty_skip_an_empty_day_is_silent(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    quiet = replace(post, digest=DigestSettings(when_empty="skip"))
    assert queue_due_digests(quiet, SourcesRead(3), morning_after(now)) == 0


def test_a_digest_shows_exactly_the_matches_it_carries(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article("first"))
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    asked = post.matches.pending_matches

    def then_another_comes(ids: Sequence[int], until: datetime, *rest: Any) -> list[tuple[Match, Subscription]]:
        found = asked(ids, until, *rest)
        keep(sqlite_engine, article("second"))
        match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
        return found

    monkeypatch.setattr(post.matches, "pending_matches", then_another_comes)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 1
    text = parts(mailed(post))[0]
    assert ("first" in text, "second" in text) == (True, False)
    assert [m.story_id for m, _ in asked([1], now)] == [2]


def test_a_digest_that_cannot_be_made_stops_no_other(
    post: Post, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    post.members.subscribe("a\nb@example.org", "x", now, "UTC", "07:00", active=True)  # no header can hold it
    post.members.subscribe("b@example.org", "x", now, "UTC", "07:00", active=True)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 1
    assert "the digest of subscriber 1 cannot be made" in caplog.text
    caplog.clear()
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 0
    assert "the digest of subscriber 1 cannot be made" in caplog.text  # it is tried again


def test_a_time_zone_that_is_known_no_more_stops_no_other(
    post: Post, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    post.members.subscribe("a@example.org", "x", now, "Mars/Olympus", "07:00", active=True)
    post.members.subscribe("b@example.org", "x", now, "UTC", "07:00", active=True)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 1
    assert "no digest can be made at 07:00 Mars/Olympus" in caplog.text


def test_what_nobody_sees_never_reaches_a_mail(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    keep(sqlite_engine, article("odd", title="\x1b[31mICE\x07 raid \u202ein Wal\xadtham\u200b: <b>four</b> held"))
    join_and_meet(post, "", gazetteer, now)
    queue_due_digests(
        post, SourcesRead(3, (("The Radio", as_written("answered \x1b]0;owned\x07 503")),)), morning_after(now)
    )
    for part in parts(mailed(post)):
        assert not set(part) & set("\x1b\x07\u202e\xad\u200b")
        assert "ICE raid in Waltham: " in part
    assert "&lt;b&gt;four&lt;/b&gt; held" in parts(mailed(post))[1]


def test_of_many_digests_made_together_each_tells_its_reader_alone(post: Post, now: datetime) -> None:
    for number in range(1, 8):
        post.members.subscribe(f"r{number}@example.org", "x", now, "America/New_York", "07:00", active=True)
    added = keep(post.matches.engine, article())
    [story] = post.matches.unmatched()
    post.matches.record_matches(story, [Found([2, 4, 6], added.article_id, [])], now)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 7
    with Session(post.matches.engine) as session:
        mails = session.exec(select(Delivery).order_by(col(Delivery.subscriber_id))).all()
        told = session.exec(select(Match.subscription_id, Match.digest_id).order_by(col(Match.subscription_id))).all()
        records = {one.id: one.subscriber_id for one in session.exec(select(DigestRecord))}
    assert [mail.recipient for mail in mails] == [f"r{number}@example.org" for number in range(1, 8)]
    assert [article().title.encode() in mail.message for mail in mails] == [
        False,
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    assert [records[mail.digest_id] for mail in mails] == list(range(1, 8))
    assert [(search, records[digest_id or 0]) for search, digest_id in told] == [(2, 2), (4, 4), (6, 6)]
    links = [message_from_bytes(mail.message)["List-Unsubscribe"] for mail in mails]
    assert len(set(links)) == 7
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 0


def test_one_that_cannot_be_made_keeps_no_other_of_its_batch(post: Post, now: datetime) -> None:
    for name in ("a", "b", "c", "d\ne", "f"):
        post.members.subscribe(f"{name}@example.org", "x", now, "UTC", "07:00", active=True)
    assert queue_due_digests(post, SourcesRead(3), morning_after(now)) == 4
    assert post.deliveries.delivery_counts() == {"queued": 4}
