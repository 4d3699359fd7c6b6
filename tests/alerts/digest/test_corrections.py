"""What was told wrongly is put right in the next mail to who got it, once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.digest.compose import Digest, SourcesRead
from alerts.digest.gather import Wanted
from alerts.digest.post import Post
from alerts.digest.queue import preview, queue_due_digests
from alerts.digest.story import Correction
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.people.told import put_back
from alerts.settings import DigestSettings
from crawler.model.story import Story, Verdict
from crawler.places.gazetteer import Gazetteer
from crawler.store.regroup import merge_by_hand, split_by_hand
from tests.makers.mailing import mailed, parts, post_of
from tests.makers.making import BODY, WALTHAM, article, keep, outlet, watch

pytestmark = pytest.mark.slow  # many days of mail each

READ = SourcesRead(3)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LYNN = WALTHAM | {"name": "Lynn", "county": "Essex County", "sentence": "It happened in Lynn."}
COUNTY = WALTHAM | {"name": "Middlesex County", "kind": "county", "county": ""}
ESSEX = COUNTY | {"name": "Essex County"}
STATE = WALTHAM | {"name": "Massachusetts", "kind": "state", "county": ""}


@pytest.fixture(params=["skip", "send"])
def post(request: pytest.FixtureRequest, sqlite_engine: Engine) -> Post:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"), outlet("radio"))
    return post_of(sqlite_engine, DigestSettings(when_empty=request.param))


def match(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)


@pytest.fixture
def told(post: Post, gazetteer: Gazetteer, now: datetime) -> datetime:
    """The morning on which a reader was told of two stories in Waltham: one of two reports, one of one."""
    post.members.subscribe("r@example.org", "waltham OR kind:arrest", now, "America/New_York", "07:00", active=True)
    keep(post.matches.engine, article("raid", title="Two held in Waltham"))
    keep(post.matches.engine, article("van", "gazette", f"{BODY}\nA bus was late.", "A van in Waltham"), story=1)
    keep(post.matches.engine, article("mill", "radio", f"{BODY}\nThe mill closed.", "Mill raid in Waltham"))
    match(post, gazetteer, now)
    morning = now.replace(hour=11) + DAY
    assert queue_due_digests(post, READ, morning) == 1
    return morning


def judged(engine: Engine, when: datetime, story: int = 1, articles: tuple[int, ...] = (1, 2), **facts: object) -> None:
    """Its reports are judged anew, as when their pages were changed."""
    with Session(engine) as session:
        for article_id in articles:
            verdict = session.get_one(Verdict, article_id)
            for name, value in facts.items():
                setattr(verdict, name, value)
        session.get_one(Story, story).changed_at = when
        session.commit()


def shown(post: Post, now: datetime) -> Digest:
    [(subscriber, searches)] = post.members.subscribers()
    return preview(post, Wanted(subscriber, searches, now.date()), READ, now)


def corrections(post: Post, now: datetime) -> dict[int, Correction | None]:
    """What the next mail puts right, by story, made twice to see that it does so once."""
    found = {item.story.story_id: item.story.correction for item in shown(post, now).updates}
    assert queue_due_digests(post, READ, now) == (1 if found or post.digest.when_empty == "send" else 0)
    assert shown(post, now + DAY).updates == ()
    return found


def test_a_place_that_was_wrong_is_put_right_once(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, places=[LYNN])
    assert corrections(post, told + DAY) == {1: Correction(told.date(), place="Waltham, MA")}
    for part in parts(mailed(post)):
        assert "Correction: this happened in Lynn, MA. On Tue, Mar 10 we said Waltham, MA." in part
    assert "1 update" in mailed(post)["Subject"]


def test_a_place_that_nobody_says_any_more_is_taken_back(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, places=[])
    assert set(corrections(post, told + DAY)) == {1}
    assert "Correction: we do not know where this happened." in parts(mailed(post))[0]


@pytest.mark.parametrize("places", [[WALTHAM], [LYNN, WALTHAM], [COUNTY], [STATE], [LYNN, COUNTY]])
def test_a_place_said_more_widely_or_beside_another_was_not_wrong(
    post: Post, sqlite_engine: Engine, told: datetime, places: list[object]
) -> None:
    judged(sqlite_engine, told + HOUR, places=places)
    assert corrections(post, told + DAY) == {}


def test_a_place_said_more_closely_was_not_wrong(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, places=[ESSEX])
    assert corrections(post, told + DAY) == {1: Correction(told.date(), place="Waltham, MA")}
    judged(sqlite_engine, told + DAY + HOUR, places=[LYNN])
    assert corrections(post, told + 2 * DAY) == {}


def test_one_report_that_still_says_it_is_enough(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, articles=(1,), places=[LYNN], kind="protest")
    assert corrections(post, told + DAY) == {}


def test_a_kind_is_put_right_for_who_asked_for_kinds(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, kind="protest")
    assert corrections(post, told + DAY) == {1: Correction(told.date(), kind="arrest")}
    assert "Correction: this is about protests. On Tue, Mar 10 we said arrests." in parts(mailed(post))[0]


def test_what_became_the_second_kind_was_not_told_wrongly(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, kind="protest", second_kind="arrest")
    assert corrections(post, told + DAY) == {}


def test_a_second_mistake_is_put_right_too(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, places=[LYNN])
    assert corrections(post, told + DAY) == {1: Correction(told.date(), place="Waltham, MA")}
    judged(sqlite_engine, told + DAY + HOUR, places=[WALTHAM])
    assert corrections(post, told + 2 * DAY) == {1: Correction((told + DAY).date(), place="Lynn, MA")}


def test_two_events_told_as_one_are_two(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, told: datetime
) -> None:
    new = split_by_hand(sqlite_engine, 1, [2], told + HOUR)
    match(post, gazetteer, told + 2 * HOUR)
    assert corrections(post, told + DAY) == {new: Correction(told.date(), apart="Two held in Waltham")}
    said = parts(mailed(post))[0]
    assert "on Tue, Mar 10 we told this as one story with “Two held in Waltham”. They are two." in said


def test_one_event_told_as_two_is_one(post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, told: datetime) -> None:
    merge_by_hand(sqlite_engine, 1, [2], told + HOUR)
    match(post, gazetteer, told + 2 * HOUR)
    wanted = Correction(told.date(), joined="Mill raid in Waltham", joined_id=2)
    assert corrections(post, told + DAY) == {1: wanted}


def test_who_was_not_told_of_it_hears_nothing(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, told: datetime
) -> None:
    post.members.subscribe("new@example.org", "waltham", told + HOUR, "America/New_York", "07:00", active=True)
    judged(sqlite_engine, told + HOUR, places=[LYNN])
    [(subscriber, searches)] = [one for one in post.members.subscribers() if one[0].email == "new@example.org"]
    assert preview(post, Wanted(subscriber, searches, told.date()), READ, told + DAY).updates == ()


def test_what_was_told_a_month_ago_is_left(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, places=[LYNN])
    assert shown(post, told + 31 * DAY).updates == ()


def test_what_no_server_took_is_put_right_in_the_next_mail(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    judged(sqlite_engine, told + HOUR, places=[LYNN])
    assert queue_due_digests(post, READ, told + DAY) == 1
    with Session(sqlite_engine) as session:
        put_back(session, 2, 1)
        session.commit()
    assert corrections(post, told + 2 * DAY) == {1: Correction(told.date(), place="Waltham, MA")}
