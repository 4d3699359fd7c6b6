"""A mail that no server takes: its stories stand in the next digest, once; in both databases."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.locale import in_words
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, Mailer
from alerts.mail.sending import RETRY_MAIL_AFTER, deliver
from alerts.matching.catch_up import match_new_search
from alerts.matching.matches import Found
from alerts.people.bounces import is_gone
from alerts.people.subscriber import Delivery, Match, Subscriber
from alerts.people.unreached import Unreached
from alerts.settings import DigestSettings
from crawler.model import IcewireError, Why
from crawler.places.gazetteer import Gazetteer
from crawler.store.regroup import merge_by_hand
from tests.alerts.digest.test_told_again import develop
from tests.makers.mailing import MAIL, READER, after_a_crash, claim, join, mailed, morning_after, parts, post_of
from tests.makers.making import article, keep, outlet, watch

pytestmark = pytest.mark.slow  # many days of mail each

READ = SourcesRead(1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Server(Mailer):
    """A mail server that answers as the test says."""

    def __init__(self) -> None:
        self.answer: IcewireError | None = None
        self.asked = 0

    def send(self, recipient: str, message: bytes) -> None:
        self.asked += 1
        if self.answer:
            raise self.answer


LATER, DOWN = DeliveryDelayed("452 4.2.2 mailbox full"), DeliveryDelayed("nobody answers", "server")
US = DeliveryDelayed("550 5.7.1 blocked", "us")
NOBODY = DeliveryRefused("550 5.1.1 no such user")


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine, outlet("ledger"), outlet("gazette"))
    return post_of(engine)


@pytest.fixture
def server() -> Server:
    return Server()


def meet(post: Post, name: str, at: datetime) -> int:
    """A story that the first search met."""
    added = keep(post.matches.engine, article(name), now=at)
    [story] = post.matches.unmatched()
    post.matches.record_matches(story, [Found([1], added.article_id, [])], at)
    return added.story_id


def send(post: Post, server: Server, now: datetime, answer: IcewireError | None = None) -> tuple[int, int]:
    server.answer = answer
    return deliver(post.deliveries, server, MAIL, lambda: now)


def states(post: Post) -> list[str]:
    with Session(post.matches.engine) as session:
        return list(session.exec(select(Delivery.state).order_by(col(Delivery.id))))


def reader(post: Post) -> Subscriber:
    return post.members.subscribers()[0][0]


def untold(post: Post) -> Sequence[int]:
    with Session(post.matches.engine) as session:
        return session.exec(select(Match.story_id).where(col(Match.digest_id).is_(None))).all()


@pytest.mark.parametrize("answer", [LATER, DOWN, US, DeliveryRefused("552 5.3.4 too big"), NOBODY], ids=str)
def test_what_was_not_taken_stands_in_the_next_digest_once(
    post: Post, server: Server, now: datetime, answer: IcewireError
) -> None:
    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    assert send(post, server, morning, answer) == (0, 1)
    meet(post, "second", morning + HOUR)
    assert queue_due_digests(post, READ, morning + DAY) == 1
    assert send(post, server, morning + DAY) == (1, 0)
    text = parts(mailed(post))[0]
    for_its_content = isinstance(answer, DeliveryRefused) and not answer.nobody  # then it is only counted, on a page
    assert ("first" in text, "/digest/" in text, "second" in text) == (not for_its_content, for_its_content, True)
    assert states(post)[0] in ("replaced", "failed")
    queue_due_digests(post, READ, morning + 2 * DAY)
    assert "nothing found" in mailed(post)["Subject"]
    assert send(post, server, morning + 9 * DAY)[0] <= 1  # nothing of the first is sent any more


def test_what_waits_to_be_sent_for_the_first_time_stays_in_its_digest(
    post: Post, server: Server, now: datetime
) -> None:
    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    queue_due_digests(post, READ, morning + DAY)
    assert "nothing found" in mailed(post)["Subject"]
    assert states(post) == ["queued", "queued"]


@pytest.mark.parametrize("crash", [True, False])
def test_what_may_have_been_taken_is_only_sent_as_the_same_mail(
    post: Post, server: Server, now: datetime, crash: bool
) -> None:
    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    if crash:
        claim(post.deliveries, morning)
        assert after_a_crash(post.deliveries, morning) == 1
    else:
        send(post, server, morning, DeliveryDelayed("timed out", "server", in_doubt=True))
    queue_due_digests(post, READ, morning + DAY)
    assert "nothing found" in mailed(post)["Subject"]
    assert send(post, server, morning + DAY) == (2, 0)
    assert states(post) == ["sent", "sent"]


def test_a_mail_is_offered_for_five_days_when_no_newer_one_comes(post: Post, server: Server, now: datetime) -> None:
    join(post, now)
    story = meet(post, "first", now)
    at = morning_after(now)
    queue_due_digests(post, READ, at)
    for wait in RETRY_MAIL_AFTER:
        assert send(post, server, at, LATER) == (0, 1)
        at += wait
    assert at - morning_after(now) >= 5 * DAY
    assert untold(post) == []
    send(post, server, at, LATER)
    assert states(post) == ["failed"]
    assert untold(post) == [story]


def test_a_newer_mail_that_nothing_was_found_takes_the_older_ones_place(
    post: Post, server: Server, now: datetime
) -> None:
    join(post, now)
    for day in range(7):
        queue_due_digests(post, READ, morning_after(now) + day * DAY)
    assert states(post) == ["replaced"] * 6 + ["queued"]
    assert send(post, server, morning_after(now) + 6 * DAY) == (1, 0)


def test_after_days_off_an_old_mail_that_nothing_was_found_is_not_sent(
    post: Post, server: Server, now: datetime
) -> None:
    join(post, now)
    queue_due_digests(post, READ, morning_after(now))
    assert send(post, server, morning_after(now) + 3 * DAY) == (0, 0)
    assert states(post) == ["replaced"]


@pytest.mark.parametrize(("late", "sent"), [(2 * DAY, 1), (4 * DAY, 0)])
def test_one_that_comes_once_a_week_waits_longer_for_a_server(
    post: Post, server: Server, now: datetime, late: timedelta, sent: int
) -> None:
    zone, at = "America/New_York", "07:00"
    story = keep(post.matches.engine, article("first"), now=now).story_id
    post.members.subscribe(READER, "waltham", now, zone, at, active=True, cadence="weekly")
    post.members.subscribe(READER, "story:1", now, zone, at, active=True, story_id=story)
    monday = morning_after(now) + 6 * DAY
    assert queue_due_digests(post, READ, monday) == 1
    assert send(post, server, monday + late) == (sent, 0)


def test_a_development_goes_back_to_what_was_told_before_it(post: Post, server: Server, now: datetime) -> None:
    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    send(post, server, morning)
    line = "Judge grants bond to two men held in Waltham"
    later = morning + 2 * HOUR
    keep(post.matches.engine, article("bond", "gazette", title=line, text=f"{line}.", published_at=later), story=1)
    develop(post.matches.engine, later, line)
    for day, answer in ((1, DeliveryRefused("552 5.3.4 too big")), (2, None)):
        queue_due_digests(post, READ, morning + day * DAY)
        assert "1 update" in mailed(post)["Subject"]
        send(post, server, morning + day * DAY, answer)
    queue_due_digests(post, READ, morning + 3 * DAY)
    assert "nothing found" in mailed(post)["Subject"]


def test_what_an_ended_search_carried_is_told_by_the_one_in_its_place(
    post: Post, server: Server, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    send(post, server, morning, LATER)
    other = post.members.subscribe(READER, "courthouse", morning, "America/New_York", "07:00", active=True)[1]
    match_new_search(post.store, post.matches, other, gazetteer, morning)
    post.members.remove_search(1)
    assert untold(post) == []
    queue_due_digests(post, READ, morning + DAY)
    assert "first" in parts(mailed(post))[0]


def test_a_merged_story_counts_as_told_by_the_digest_that_was_taken(post: Post, server: Server, now: datetime) -> None:
    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    send(post, server, morning)
    second = meet(post, "second", morning + HOUR)
    queue_due_digests(post, READ, morning + DAY)
    merge_by_hand(post.matches.engine, second, [1], morning + DAY)
    send(post, server, morning + DAY, LATER)
    queue_due_digests(post, READ, morning + 2 * DAY)
    assert "nothing found" in mailed(post)["Subject"]


def test_asking_for_a_digest_that_was_made_takes_back_nothing(post: Post, server: Server, now: datetime) -> None:
    from alerts.digest.gather import Wanted
    from alerts.digest.queue import queue_digest

    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    send(post, server, morning, LATER)
    [(subscriber, searches)] = post.members.subscribers()
    assert queue_digest(post, Wanted(subscriber, searches, morning.date()), READ, morning + HOUR, True) == "wait"
    assert send(post, server, morning + HOUR) == (1, 0)


def test_a_server_that_takes_nothing_ends_the_batch(post: Post, server: Server, now: datetime) -> None:
    for n in range(30):
        join(post, now, f"r{n}@example.org")
    queue_due_digests(post, READ, morning_after(now))
    assert send(post, server, morning_after(now), DOWN) == (0, 2)
    assert send(post, server, morning_after(now), US) == (0, 10)
    assert send(post, server, morning_after(now), LATER) == (0, 18)
    assert send(post, server, morning_after(now) + HOUR) == (30, 0)


def test_an_address_that_nobody_has_is_left_alone_and_may_come_back(post: Post, server: Server, now: datetime) -> None:
    join(post, now)
    morning = morning_after(now)
    for day in range(5):
        queue_due_digests(post, READ, morning + day * DAY)
        send(post, server, morning + day * DAY, NOBODY)
    assert server.asked == 3
    gone = reader(post)
    assert (gone.state, gone.bounced_at) == ("bounced", morning + 2 * DAY)
    assert in_words(Why(gone.bounced_because, gone.bounced_because_args)) == "550 5.1.1 no such user"
    assert Unreached(post.members.engine).bounced() == [gone]
    assert Unreached(post.members.engine).bounced(since=morning + 2 * DAY) == []
    Unreached(post.members.engine).reactivate(1)
    assert reader(post).state == "active"
    with pytest.raises(IcewireError, match="is active"):
        Unreached(post.members.engine).reactivate(1)
    queue_due_digests(post, READ, morning + 5 * DAY)
    assert send(post, server, morning + 5 * DAY, NOBODY) == (0, 1)
    assert reader(post).refusals == 1  # it begins anew


def test_who_is_there_now_and_then_is_not_gone_and_nobody_is_because_of_us(
    post: Post, server: Server, now: datetime
) -> None:
    join(post, now)
    answers = [NOBODY, NOBODY, None, NOBODY, NOBODY, US, US, US, DOWN, None, NOBODY, NOBODY]
    for day, answer in enumerate(answers):
        queue_due_digests(post, READ, morning_after(now) + day * DAY)
        send(post, server, morning_after(now) + day * DAY, answer)
    assert reader(post).state == "active"


def test_who_comes_back_by_themselves_begins_anew(post: Post, server: Server, now: datetime) -> None:
    join(post, now)
    for day in range(3):
        queue_due_digests(post, READ, morning_after(now) + day * DAY)
        send(post, server, morning_after(now) + day * DAY, NOBODY)
    join(post, now + 9 * DAY, query="courthouse")
    known = reader(post)
    assert (known.state, known.refusals, known.bounced_because) == ("active", 0, "")


@pytest.mark.parametrize(
    ("refusals", "after", "gone"), [(1, 9 * DAY, False), (2, 9 * DAY, False), (3, HOUR, False), (3, 2 * DAY, True)]
)
def test_a_few_hours_of_refusals_are_not_enough(refusals: int, after: timedelta, gone: bool, now: datetime) -> None:
    assert is_gone(refusals, now, now + after) is gone


def test_a_day_without_a_digest_leaves_the_mail_that_waits(engine: Engine, server: Server, now: datetime) -> None:
    post = post_of(engine, DigestSettings(when_empty="skip"))
    watch(engine, outlet("ledger"))
    join(post, now)
    meet(post, "first", now)
    morning = morning_after(now)
    queue_due_digests(post, READ, morning)
    send(post, server, morning, LATER)
    assert queue_due_digests(post, READ, morning + DAY) == 0
    assert send(post, server, morning + DAY) == (1, 0)
