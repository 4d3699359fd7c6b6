"""Who is signed in changes what they have, and only that."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.people.choices import StoryChoices
from alerts.people.rounds import Rounds
from alerts.people.subscriber import Subscriber, Subscription
from crawler.model import as_written
from crawler.places.gazetteer import shipped
from tests.makers.mailing import READER
from tests.makers.making import HALF_HOURLY, article, keep, watch
from tests.makers.visiting import Fields, Visitor, said, visit

WALTHAM = 'raid OR courthouse place:"Waltham, MA"'


@pytest.fixture
def visitor(sqlite_engine: Engine, now: datetime) -> Iterator[Visitor]:
    """A reader with two searches, signed in; somebody else has another."""
    watch(sqlite_engine)
    keep(sqlite_engine, article())
    visitor = visit(sqlite_engine, now)
    join = visitor.pages.members.subscribe
    join("other@example.org", "lowell", now, "UTC", "07:00", active=True)
    for query in (WALTHAM, "detain* -hockey"):
        join(READER, query, now, "America/New_York", "07:00", active=True)
    visitor.sign_in(READER)
    yield visitor
    visitor.afterwards.wait()


def mine(visitor: Visitor) -> tuple[Subscriber, list[Subscription]]:
    """The reader and their searches, as they are kept now."""
    return visitor.pages.members.members([2])[0]


def test_each_search_stands_there_in_plain_words(visitor: Visitor) -> None:
    page = said(visitor.get("/manage"))
    assert "stories that mention raid (raids, raided, raiding) or courthouse (courthouses), in Waltham, MA" in page
    assert "words that begin with detain, but not hockey" in page
    assert "lowell" not in page


def test_a_search_gets_a_name_another_cadence_and_a_cap(visitor: Visitor) -> None:
    visitor.send("/manage/search/2", {"name": " Near  home ", "cadence": "weekly", "most": "5"})
    search = mine(visitor)[1][0]
    assert (search.name, search.cadence, search.most) == ("Near home", "weekly", 5)
    visitor.send("/manage/search/2", {"name": "Near home", "cadence": "weekly", "most": ""})
    assert mine(visitor)[1][0].most is None


@pytest.mark.parametrize("most", ["0", "81", "-1", "many", "٣", "9" * 5000])
def test_a_cap_that_is_none_is_told(visitor: Visitor, most: str) -> None:
    assert "Write a number from 1 to 80." in visitor.send("/manage/search/2", {"most": most})
    assert mine(visitor)[1][0].most is None


def test_another_persons_search_is_none(visitor: Visitor) -> None:
    for path in ("/manage/search/1", "/manage/search/1/words", "/manage/search/1/end", "/manage/search/1/checkup"):
        visitor.get(path)
        assert visitor.status == 404
    visitor.send("/manage/search/1/end")
    assert visitor.status == 404
    assert visitor.pages.members.subscriber("other@example.org")


def test_other_words_are_looked_at_before_they_are_saved_and_need_no_mail(visitor: Visitor) -> None:
    page = visitor.get("/manage/search/2/words")
    assert "raid OR courthouse place:&#34;Waltham, MA&#34;</textarea>" in page
    page = visitor.send("/manage/search/2/words", {"query": "waltham", "do": "check"})
    assert "1 story" in said(page)
    assert mine(visitor)[1][0].query == WALTHAM
    visitor.send("/manage/search/2/words", {"query": "waltham", "do": "save"})
    assert (mine(visitor)[1][0].query, mine(visitor)[1][0].asked_at) == ("waltham", None)
    assert len(visitor.mails()) == 1  # the link that signed in


def test_a_search_that_was_changed_tells_nothing_that_only_its_old_words_met(visitor: Visitor) -> None:
    visitor.send("/manage/search/2/words", {"query": "waltham", "do": "save"})
    assert "ICE detains two" in said(visitor.get("/manage/preview"))
    visitor.send("/manage/search/2/words", {"query": "hockey", "do": "save"})
    visitor.send("/manage/search/3/end")
    assert "ICE detains two" not in said(visitor.get("/manage/preview"))


def test_a_search_that_one_has_is_not_added_again(visitor: Visitor) -> None:
    assert "You have this search already." in visitor.send("/manage/add", {"query": WALTHAM, "do": "save"})
    assert "You have this search already." in visitor.send("/manage/search/3/words", {"query": WALTHAM, "do": "save"})
    visitor.send("/manage/add", {"words": "protest", "do": "save"})
    assert [search.query for search in mine(visitor)[1]] == [WALTHAM, "detain* -hockey", "protest"]


def test_the_order_is_that_of_the_mail(visitor: Visitor) -> None:
    visitor.send("/manage/order", {"up": "3"})
    assert [search.id for search in mine(visitor)[1]] == [3, 2]
    visitor.send("/manage/order", {"up": "1"})  # another's
    assert [search.id for search in mine(visitor)[1]] == [3, 2]


def test_a_search_is_ended_after_a_question(visitor: Visitor) -> None:
    assert "End this search?" in visitor.get("/manage/search/2/end")
    visitor.send("/manage/search/2/end")
    assert [search.id for search in mine(visitor)[1]] == [3]


def test_hour_zone_weekday_and_language_change(visitor: Visitor) -> None:
    form: Fields = {"at": "06:15", "timezone": "America/Denver", "weekday": "4", "language": "es"}
    assert '<html lang="es">' in visitor.send("/manage/when", form)
    reader, _ = mine(visitor)
    kept = (reader.digest_at, reader.timezone, reader.weekday, reader.language)
    assert kept == ("06:15", "America/Denver", 4, "es")
    assert 'href="#at"' in visitor.send("/manage/when", form | {"at": "6 o'clock"})
    assert 'href="#at"' in visitor.send("/manage/when", form | {"at": "07:0\N{ARABIC-INDIC DIGIT ZERO}"})
    assert 'href="#timezone"' in visitor.send("/manage/when", form | {"timezone": "Mars/Base"})


def test_a_pause_begins_and_ends(visitor: Visitor) -> None:
    visitor.send("/manage/pause", {"until": "2026-04-01", "drops": "yes"})
    reader, _ = mine(visitor)
    assert (reader.paused_until, reader.pause_drops) == (date(2026, 4, 1), True)
    assert "You get no mails until Wednesday, April 1, 2026." in said(visitor.get("/manage"))
    assert "You get no mails" not in said(visitor.send("/manage/resume"))
    visitor.send("/manage/pause")
    assert "You get no mails until you say so." in said(visitor.get("/manage"))


@pytest.mark.parametrize("until", ["2026-03-09", "2020-01-01", "9999-12-31", "soon"])
def test_a_pause_until_no_day_to_come_is_none(visitor: Visitor, until: str) -> None:
    assert 'href="#until"' in visitor.send("/manage/pause", {"until": until})
    assert mine(visitor)[0].paused_at is None


def test_a_story_that_was_muted_is_heard_of_again(visitor: Visitor, now: datetime) -> None:
    choices = StoryChoices(visitor.pages.members.engine)
    choices.mute(2, 1, now)
    assert "ICE detains two near Waltham courthouse" in said(visitor.get("/manage"))
    visitor.send("/manage/story/1", {"do": "unmute"})
    assert choices.muted(2) == []


def test_a_story_of_a_number_that_none_has_is_none(visitor: Visitor) -> None:
    visitor.send(f"/manage/story/{10**30}", {"do": "unmute"})
    assert visitor.status == 404


def test_the_next_mail_is_shown_and_none_is_made(visitor: Visitor) -> None:
    visitor.get("/manage/preview")
    assert visitor.status == 200
    assert visitor.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert visitor.headers["cache-control"] == "no-store"
    assert visitor.pages.deliveries.latest_digest() is None


def test_a_checkup_says_what_each_part_did_what_overlaps_and_what_cannot_be_read(
    visitor: Visitor, now: datetime
) -> None:
    visitor.pages.watchlist.record_feed_failure(1, as_written("answered 503"), 0.25, now, HALF_HOURLY)
    visitor.send("/manage/add", {"words": "waltham", "do": "save"})
    page = said(visitor.get("/manage/search/2/checkup"))
    assert "stories that mention raid 1 " in page
    assert "stories that mention courthouse 1 " in page
    assert "Stories that mention waltham: 1" in page
    assert "The Ledger, MA answered 503" in page
    assert "left out: stories that mention hockey 0 kept out" in said(visitor.get("/manage/search/3/checkup"))


def test_all_that_is_kept_can_be_taken_along(visitor: Visitor) -> None:
    rows = json.loads(visitor.get("/manage/export.json"))
    assert rows["subscriber"][0]["email"] == READER
    assert visitor.headers["content-disposition"] == 'attachment; filename="icewire.json"'
    lines = list(csv.DictReader(io.StringIO(visitor.get("/manage/export.csv"))))
    assert {"table": "subscriber", "row": "1", "column": "email", "value": READER} in lines
    assert "other@example.org" not in visitor.page


def test_a_value_that_a_spreadsheet_would_reckon_with_is_text_there(visitor: Visitor) -> None:
    visitor.send("/manage/search/2", {"name": '=HYPERLINK("https://evil.example")'})
    lines = list(csv.DictReader(io.StringIO(visitor.get("/manage/export.csv"))))
    assert [line["value"][:2] for line in lines if "HYPERLINK" in line["value"]] == ["'="]


def test_another_address_has_to_say_yes_and_signs_everybody_out(visitor: Visitor) -> None:
    visitor.send("/manage/address", {"email": "Moved@example.org"})
    link = visitor.link()
    assert "Have the mails at this address?" in visitor.get(link)
    assert mine(visitor)[0].email == READER
    assert "Address changed" in visitor.post(link)
    assert mine(visitor)[0].email == "moved@example.org"
    assert "Sign out" not in visitor.get("/manage")
    assert "This link works no more" in visitor.post(link)


def told(visitor: Visitor) -> list[str]:
    """The headlines of the next digest, as it would be now."""
    return re.findall(r"<h3[^>]*>(.*?)</h3>", visitor.get("/manage/preview"), re.S)


def test_one_search_rests_while_the_others_go_on(visitor: Visitor, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article("new-courthouse"), now=visitor.clock())
    post = visitor.pages.reception().post
    match_unmatched(post.store, LiveSearches(sqlite_engine, shipped()), post.matches, visitor.clock())
    before = told(visitor)
    assert before
    page = visitor.send("/manage/search/2/rest", {"do": "pause"})
    assert "It rests." in page
    assert "Let it go on" in page
    searches = mine(visitor)[1]
    assert [search.paused_at is None for search in searches] == [False, True]
    assert [search.id for search in visitor.pages.members.confirmed([2])[0][1]] == [3]
    pending = post.matches.pending_matches([2], visitor.clock(), visitor.clock(), [2, 3])
    assert {match.subscription_id for match, _ in pending} <= {3}
    visitor.send("/manage/search/3/rest", {"do": "pause"})
    assert told(visitor) == []
    for number in (2, 3):
        page = visitor.send(f"/manage/search/{number}/rest", {"do": "resume"})
    assert "It rests." not in page
    assert told(visitor) == before


def test_when_all_rest_no_mail_is_due_and_none_is_late_afterwards(visitor: Visitor) -> None:
    members = visitor.pages.members
    hours = len(Rounds(members.engine).hours())
    for number in (2, 3):
        visitor.send(f"/manage/search/{number}/rest", {"do": "pause"})
    assert Rounds(members.engine).recipients() == 1  # the other reader
    assert len(Rounds(members.engine).hours()) < hours or hours == 1
    visitor.clock.now += timedelta(days=3)
    visitor.sign_in(READER)
    visitor.send("/manage/search/3/rest", {"do": "resume"})
    assert mine(visitor)[0].served_until == visitor.clock.now


def test_another_persons_search_does_not_rest(visitor: Visitor) -> None:
    visitor.send("/manage/search/1/rest", {"do": "pause"})
    assert visitor.status == 404


def moved(visitor: Visitor, to: str) -> None:
    visitor.send("/manage/address", {"email": to})
    visitor.post(visitor.link())


def test_the_address_before_is_told_and_has_a_way_back(visitor: Visitor) -> None:
    moved(visitor, "thief@example.org")
    told = visitor.mails()[-1]
    assert "go to another one from now on" in " ".join(told.split())
    assert "thief" not in told
    back = visitor.link()
    visitor.sign_in("thief@example.org")
    assert "Sign out" in visitor.get("/manage")
    moved(visitor, "further@example.org")
    assert "Have the mails at this address?" in visitor.get(back)
    assert "Address changed" in visitor.post(back)
    assert mine(visitor)[0].email == READER
    assert "Sign out" not in visitor.get("/manage")
    assert "This link works no more" in visitor.post(back)
    assert "This link works no more" in visitor.post(visitor.link())  # nor does the one that the thief was mailed


def test_the_way_back_is_open_for_a_week(visitor: Visitor) -> None:
    moved(visitor, "moved@example.org")
    visitor.clock.now += timedelta(days=8)
    assert "This link works no more" in visitor.get(visitor.link())


def test_the_address_of_another_reader_is_not_taken(visitor: Visitor) -> None:
    visitor.send("/manage/address", {"email": "other@example.org"})
    assert "This address has searches of its own" in visitor.post(visitor.link())
    assert mine(visitor)[0].email == READER


def test_who_wants_to_be_forgotten_says_so_twice_and_gets_no_more_mail(visitor: Visitor, now: datetime) -> None:
    assert "End all mails and be forgotten?" in visitor.get("/manage/leave")
    assert visitor.pages.members.members([2]) != []
    assert "You will get no more mails" in visitor.send("/manage/leave")
    assert visitor.cookies == {}
    assert visitor.pages.members.members([2]) == []
    visitor.pages.members.forget(now)
    assert READER not in visitor.pages.members.addresses()


def test_who_left_by_a_mail_is_signed_out(visitor: Visitor, now: datetime) -> None:
    visitor.pages.members.leave(2, now)
    assert "Sign out" not in visitor.get("/manage")
