"""Somebody follows a story from its page: the mail asks first, and the page shows nobody's data."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts.people.choices import StoryChoices
from alerts.people.subscriber import Subscriber, Subscription
from crawler.store.regroup import merge_by_hand
from tests.makers.making import article, keep, outlet, watch
from tests.makers.visiting import Fields, Visitor, hidden, said, visit

FOLLOW = "/stories/1/follow"
WHEN: Fields = {"at": "06:30", "timezone": "America/New_York", "language": "en"}
READER: Fields = {**WHEN, "email": "reader@example.org"}


@pytest.fixture
def visitor(sqlite_engine: Engine, now: datetime) -> Iterator[Visitor]:
    watch(sqlite_engine, outlet(), outlet("gazette"))
    keep(sqlite_engine, article())
    visitor = visit(sqlite_engine, now)
    yield visitor
    visitor.afterwards.wait()


def followed(visitor: Visitor, email: str = "reader@example.org") -> tuple[Subscriber, list[Subscription]]:
    known = visitor.pages.members.subscriber(email)
    assert known
    return known


def pending(visitor: Visitor, *numbers: int) -> list[int]:
    """The stories that are still to be told to somebody by these searches."""
    matches = visitor.pages.reception().post.matches
    who, _ = followed(visitor)
    return [
        match.story_id for match, _ in matches.pending_matches([who.id or 0], visitor.clock(), visitor.clock(), numbers)
    ]


def test_the_page_of_a_story_leads_to_the_form_and_the_mail_asks(visitor: Visitor) -> None:
    assert f'href="{FOLLOW}"' in visitor.get("/stories/1")
    form = visitor.get(FOLLOW)
    assert "ICE detains two near Waltham courthouse" in form
    assert '<option value="America/New_York" selected>' in form  # where it happened
    assert "Check your mail" in visitor.post(FOLLOW, READER)
    [mail] = visitor.mails()
    assert "what is new in the story “ICE detains two near Waltham courthouse" in " ".join(mail.split())
    who, [search] = followed(visitor)
    assert (who.state, who.digest_at, search.story_id) == ("pending", "06:30", 1)
    assert pending(visitor, search.id or 0) == []
    asked = visitor.get(visitor.link())
    assert "what is new in the story" in said(asked)
    visitor.post(visitor.link())
    who, [search] = followed(visitor)
    assert (who.state, search.asked_at) == ("active", None)
    assert pending(visitor, search.id or 0) == [1]


def test_it_is_told_in_spanish(visitor: Visitor) -> None:
    form = visitor.get(f"{FOLLOW}?lang=es")
    assert "Seguir esta noticia" in form
    assert 'value="es" checked' in form
    visitor.post(f"{FOLLOW}?lang=es", {**READER, "language": "es"})
    assert "lo nuevo en la noticia “ICE detains" in " ".join(visitor.mails()[0].split())


def test_every_address_gets_the_same_answer(visitor: Visitor) -> None:
    members = visitor.pages.members
    members.subscribe("known@example.org", "raid", visitor.clock(), "UTC", "07:00", active=True)
    pages = [visitor.post(FOLLOW, {**WHEN, "email": who}) for who in ("known@example.org", "new@example.org")]
    assert pages[0] == pages[1]
    assert "example.org" not in pages[0]


def test_who_follows_it_already_gets_no_second_question(visitor: Visitor) -> None:
    visitor.post(FOLLOW, READER)
    visitor.post(visitor.link())
    visitor.clock.now += timedelta(days=2)
    visitor.post(FOLLOW, READER)
    assert len(visitor.mails()) == 1
    assert len(followed(visitor)[1]) == 1


def test_a_stranger_s_question_leaves_a_muted_story_muted_and_a_yes_does_not(visitor: Visitor) -> None:
    members, choices = visitor.pages.members, StoryChoices(visitor.pages.members.engine)
    who, _ = members.subscribe("reader@example.org", "raid", visitor.clock(), "UTC", "07:00", active=True)
    choices.mute(who.id or 0, 1, visitor.clock())
    visitor.post(FOLLOW, READER)
    visitor.mails()
    assert choices.muted(who.id or 0) == [1]
    visitor.post(visitor.link())
    assert choices.muted(who.id or 0) == []


def test_a_mistake_is_told_beside_its_field(visitor: Visitor) -> None:
    page = visitor.post(FOLLOW, {**READER, "email": "reader@", "at": "25:00"})
    assert visitor.status == 400
    assert '<a href="#email">Write an e-mail address like name@example.org.</a>' in page
    assert '<a href="#at">' in page
    assert visitor.mails() == []


def test_a_program_that_fills_every_field_is_asked_nothing(visitor: Visitor) -> None:
    assert "Check your mail" in visitor.post(FOLLOW, {**READER, "website": "x"})
    assert visitor.mails() == []


def test_a_form_from_elsewhere_is_refused(visitor: Visitor) -> None:
    visitor.post(FOLLOW, READER, sec_fetch_site="cross-site")
    assert visitor.status == 403


def test_a_merged_story_is_followed_under_its_new_number(visitor: Visitor, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article("two", "gazette"))
    merge_by_hand(sqlite_engine, 1, [2], visitor.clock())
    visitor.get("/stories/2/follow?lang=es")
    assert (visitor.status, visitor.headers["location"]) == (303, "/stories/1/follow?lang=es")


@pytest.mark.parametrize("number", ["99", "0", "9" * 30])
def test_no_story_is_no_form(visitor: Visitor, number: str) -> None:
    visitor.get(f"/stories/{number}/follow")
    assert visitor.status == 404


def test_who_follows_it_ends_that_on_their_own_page(visitor: Visitor) -> None:
    visitor.post(FOLLOW, READER)
    visitor.post(visitor.link())
    page = visitor.sign_in("reader@example.org")
    assert "Stories that you follow" in page
    visitor.post("/manage/story/1", {"do": "unfollow", **hidden(page)})
    assert followed(visitor)[1] == []
