"""A story that was mailed comes back when something new happened: once, in its own section, in a source's words."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.digest.compose import Digest, SourcesRead
from alerts.digest.gather import Wanted
from alerts.digest.post import Post
from alerts.digest.queue import preview, queue_due_digests
from alerts.matching.catch_up import match_new_search, match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.settings import DigestSettings
from crawler.model.story import Article, Story
from crawler.places.gazetteer import Gazetteer
from crawler.store.regroup import merge_by_hand
from tests.makers.mailing import post_of
from tests.makers.making import article, keep, outlet, watch

pytestmark = pytest.mark.slow

READ = SourcesRead(3)
DAY = timedelta(days=1)
LINE = "Judge grants bond to two men held in Waltham"


@pytest.fixture
def post(sqlite_engine: Engine) -> Post:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"), outlet("radio", headline_only=True))
    return post_of(sqlite_engine, DigestSettings(when_empty="skip"))


@pytest.fixture
def told(post: Post, gazetteer: Gazetteer, now: datetime) -> datetime:
    """The morning on which somebody was told of a story."""
    join(post, now)
    keep(post.matches.engine, article())
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    morning = now.replace(hour=11) + DAY
    assert queue_due_digests(post, READ, morning) == 1
    return morning


def join(post: Post, now: datetime, query: str = "waltham") -> None:
    post.members.subscribe("r@example.org", query, now, "America/New_York", "07:00", active=True)


def develop(engine: Engine, when: datetime, line: str = LINE, story: int = 1) -> None:
    """What the store writes when a report says that something new happened."""
    with Session(engine) as session:
        stored = session.get_one(Story, story)
        stored.developed_at, stored.development, stored.version = when, line, stored.version + 1
        session.commit()


def report(engine: Engine, when: datetime, outlet_id: str = "gazette", line: str = LINE) -> None:
    """Another outlet tells it, and the story has developed."""
    keep(engine, article(f"bond-{when:%d%H}", outlet_id, title=line, text=f"{line}.", published_at=when), story=1)
    develop(engine, when, line)


def shown(post: Post, now: datetime) -> Digest:
    [(subscriber, searches)] = post.members.subscribers()
    return preview(post, Wanted(subscriber, searches, now.date()), READ, now)


def mail_of(post: Post) -> str:
    delivery = post.deliveries.latest_digest()
    assert delivery is not None
    return delivery.message.decode("utf-8").replace("=\r\n", "")


def test_it_comes_back_once_with_the_sources_words(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    report(sqlite_engine, told + timedelta(hours=3))
    digest = shown(post, told + DAY)
    [item] = digest.updates
    last = item.story.development
    assert last is not None
    assert (last.line, last.outlet, last.url) == (LINE, "The Gazette", f"https://gazette.example/bond-{told:%d}14")
    assert item.story.title.startswith("ICE detains two")
    assert (digest.stories, digest.subject) == (0, "ICE news, March 11: 1 update (Waltham)")
    assert queue_due_digests(post, READ, told + DAY) == 1
    assert LINE in mail_of(post)
    assert "Updates to stories you were told of" in mail_of(post)
    assert queue_due_digests(post, READ, told + 2 * DAY) == 0
    assert shown(post, told + 2 * DAY).updates == ()


def test_each_development_is_told_but_only_one_a_day(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    report(sqlite_engine, told + timedelta(hours=1))
    report(sqlite_engine, told + timedelta(hours=2), line="Two men from Waltham are released on bond")
    assert queue_due_digests(post, READ, told + DAY) == 1
    assert "released on bond" in mail_of(post)
    report(sqlite_engine, told + DAY + timedelta(minutes=1), line="Judge orders two Waltham men deported")
    assert queue_due_digests(post, READ, told + DAY + timedelta(hours=5)) == 0
    assert queue_due_digests(post, READ, told + 2 * DAY) == 1
    assert "two Waltham men deported" in mail_of(post)
    assert queue_due_digests(post, READ, told + 3 * DAY) == 0


def test_a_copy_or_another_report_without_a_development_brings_nothing_back(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, told: datetime
) -> None:
    keep(sqlite_engine, article("copy", "gazette"), story=1, copy_of=1)
    keep(sqlite_engine, article("own", "radio", title="Two held in Waltham"), story=1)
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, told)
    assert queue_due_digests(post, READ, told + DAY) == 0


def test_what_was_known_when_the_story_was_first_mailed_is_not_told_again(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, now)
    keep(sqlite_engine, article())
    report(sqlite_engine, now + timedelta(hours=1))
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now + timedelta(hours=2))
    morning = now.replace(hour=11) + DAY
    digest = shown(post, morning)
    [item] = digest.sections[0].items
    assert (digest.stories, digest.updates) == (1, ())
    assert item.latest is not None
    assert item.latest.line == LINE
    assert queue_due_digests(post, READ, morning) == 1
    assert "Latest: " in mail_of(post)
    assert queue_due_digests(post, READ, morning + DAY) == 0


def test_what_happens_after_a_digest_was_made_waits_for_the_next(
    post: Post, sqlite_engine: Engine, told: datetime
) -> None:
    report(sqlite_engine, told + timedelta(minutes=1))
    assert queue_due_digests(post, READ, told + timedelta(hours=1)) == 0
    assert queue_due_digests(post, READ, told + DAY) == 1


def test_a_late_digest_tells_what_happened_since_its_hour(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    report(sqlite_engine, told + DAY + timedelta(minutes=1))
    assert queue_due_digests(post, READ, told + DAY + timedelta(hours=1)) == 1
    assert queue_due_digests(post, READ, told + 2 * DAY) == 0


def test_who_was_away_for_days_is_told_the_last_development_once(
    post: Post, sqlite_engine: Engine, told: datetime
) -> None:
    report(sqlite_engine, told + timedelta(hours=1))
    report(sqlite_engine, told + 2 * DAY, line="Two men from Waltham are released on bond")
    assert queue_due_digests(post, READ, told + 4 * DAY) == 1
    assert "released on bond" in mail_of(post)


def test_who_left_is_told_nothing(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    report(sqlite_engine, told + timedelta(hours=1))
    post.members.leave(1, told + timedelta(hours=2))
    assert queue_due_digests(post, READ, told + DAY) == 0


def test_two_searches_that_met_the_story_tell_it_once(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    keep(sqlite_engine, article())
    join(post, now)
    join(post, now, "courthouse")
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    morning = now.replace(hour=11) + DAY
    queue_due_digests(post, READ, morning)
    report(sqlite_engine, morning + timedelta(hours=1))
    [item] = shown(post, morning + DAY).updates
    assert (item.story.search, item.also_met) == ("waltham", ("courthouse",))
    post.members.remove_search(1)
    [item] = shown(post, morning + DAY).updates
    assert item.story.search == "courthouse"
    queue_due_digests(post, READ, morning + DAY)
    assert queue_due_digests(post, READ, morning + 2 * DAY) == 0


def test_a_search_that_ended_brings_nothing_back(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    join(post, told, "worcester")
    post.members.remove_search(1)
    report(sqlite_engine, told + timedelta(hours=1))
    assert queue_due_digests(post, READ, told + DAY) == 0


def test_words_that_no_report_has_any_more_are_not_quoted(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    develop(sqlite_engine, told + timedelta(hours=1), "A line that its page withdrew")
    assert queue_due_digests(post, READ, told + DAY) == 0


def test_an_outlet_that_is_not_quoted_gives_its_headline(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    text = "A hearing was held on Tuesday.\nThe judge granted bond of $2,000 to each man, their lawyer said."
    keep(sqlite_engine, article("bond", "radio", title="Waltham men before judge", text=text), story=1)
    develop(
        sqlite_engine, told + timedelta(hours=1), "The judge granted bond of $2,000 to each man, their lawyer said."
    )
    last = shown(post, told + DAY).updates[0].story.development
    assert last is not None
    assert (last.line, last.outlet) == ("Waltham men before judge", "The Radio")


def test_a_revised_report_is_shown_with_the_time_of_its_change(
    post: Post, sqlite_engine: Engine, told: datetime
) -> None:
    changed = told + timedelta(hours=2)
    with Session(sqlite_engine) as session:
        stored = session.get_one(Article, 1)
        stored.text, stored.modified_at = f"{stored.text}\nA judge granted both men bond on Tuesday.", changed
        session.commit()
    develop(sqlite_engine, changed, "A judge granted both men bond on Tuesday.")
    last = shown(post, told + DAY).updates[0].story.development
    assert last is not None
    assert (last.outlet, last.reported_at) == ("The Ledger", changed)


def test_what_a_report_says_cannot_become_markup(post: Post, sqlite_engine: Engine, told: datetime) -> None:
    report(sqlite_engine, told + timedelta(hours=1), line='Judge grants bond <script>alert("x")</script> to two')
    queue_due_digests(post, READ, told + DAY)
    html = mail_of(post).partition("text/html")[2]
    assert "Judge grants bond" in html
    assert "<script" not in html


def test_what_was_told_before_stands_under_the_headline_it_had_then(
    post: Post, sqlite_engine: Engine, told: datetime
) -> None:
    line, later = "Judge grants bond to two men held in Waltham", told + timedelta(hours=3)
    page = article(title=line, text=f"{line}.")
    assert keep(sqlite_engine, page, now=later).change
    develop(sqlite_engine, later, line)
    [item] = shown(post, told + DAY).updates
    assert item.story.told_title.startswith("ICE detains two near Waltham courthouse")
    assert queue_due_digests(post, READ, told + DAY) == 1
    assert "Told before: ICE detains two" in mail_of(post)
    assert mail_of(post).split("Content-Type: text/html")[0].count(page.link) == 1


def test_a_search_said_in_other_words_does_not_tell_again_what_the_old_one_told(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, told: datetime
) -> None:
    post.members.remove_search(1)
    _, other = post.members.subscribe("r@example.org", "waltham courthouse", told, "America/New_York", "07:00", True)
    assert match_new_search(post.store, post.matches, other, gazetteer, told) == 1
    assert queue_due_digests(post, READ, told + DAY) == 0
    report(sqlite_engine, told + DAY + timedelta(hours=1))
    [item] = shown(post, told + 2 * DAY).updates
    assert item.story.search == "waltham courthouse"


def test_ending_a_search_brings_back_nothing_that_another_met_after_it_was_told(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, told: datetime
) -> None:
    join(post, told, "courthouse")
    match_new_search(post.store, post.matches, post.members.subscribers()[0][1][1], gazetteer, told)
    post.members.remove_search(1)
    assert queue_due_digests(post, READ, told + DAY) == 0


def test_what_an_ended_search_told_stays_told_when_its_story_is_merged_into_another(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, told: datetime
) -> None:
    post.members.remove_search(1)
    other = keep(sqlite_engine, article("vigil", "gazette"), now=told)
    merge_by_hand(sqlite_engine, other.story_id, [1], told + timedelta(hours=1))
    join(post, told, "waltham courthouse")
    match_unmatched(post.store, LiveSearches(sqlite_engine, gazetteer), post.matches, told + timedelta(hours=2))
    assert queue_due_digests(post, READ, told + DAY) == 0
