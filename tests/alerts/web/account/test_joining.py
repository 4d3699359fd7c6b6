"""Somebody subscribes on the web: they see what it would bring, say when, and read their mail."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts.people.rounds import Rounds
from tests.makers.making import article, keep, outlet, watch
from tests.makers.visiting import Fields, Visitor, said, visit

WALTHAM = 'place:"Waltham, MA"'
WISH: Fields = {"words": "courthouse OR raid", "chosen": WALTHAM}
LAST: Fields = {**WISH, "email": "new@example.org", "at": "06:30", "do": "subscribe"}


@pytest.fixture
def visitor(sqlite_engine: Engine, now: datetime) -> Iterator[Visitor]:
    watch(sqlite_engine)
    keep(sqlite_engine, article())
    visitor = visit(sqlite_engine, now)
    yield visitor
    visitor.afterwards.wait()


def test_a_name_that_several_places_have_is_asked_about(visitor: Visitor) -> None:
    page = visitor.post("/subscribe", {"words": "raid", "place": "Walth", "do": "find"})
    assert "<title>Error: " in page
    assert '<a href="#place">Which of these do you mean?</a>' in page
    assert 'name="option" value="Waltham, MA"' in page
    page = visitor.post("/subscribe", {"words": "raid", "place": "Walth", "option": "Waltham, MA", "do": "find"})
    assert (visitor.status, "Error" in page) == (200, False)
    assert 'name="chosen" value="place:&#34;Waltham, MA&#34;" checked' in page


@pytest.mark.parametrize(("unit", "shown"), [("mi", "25 miles around 02453"), ("km", "25 km around 02453")])
def test_a_zip_code_and_a_distance_become_an_area(visitor: Visitor, unit: str, shown: str) -> None:
    form: Fields = {"place": "02453", "within": "25", "unit": unit}
    assert shown in said(visitor.post("/subscribe", form | {"do": "find"}))
    page = visitor.post("/subscribe", form | {"do": "check"})
    assert f"near:&#34;02453 25{unit}&#34;" in page


def test_before_anything_is_saved_one_sees_what_the_search_would_have_brought(visitor: Visitor) -> None:
    page = said(visitor.post("/subscribe", WISH | {"do": "check"}))
    assert "stories that mention courthouse" in page
    assert "in Waltham, MA" in page
    assert "1 story" in page
    assert "ICE detains two near Waltham courthouse" in page
    assert visitor.pages.members.addresses() == set()


def test_what_a_search_just_misses_is_said_with_what_kept_it_out(visitor: Visitor) -> None:
    page = said(visitor.post("/subscribe", {"words": "courthouse hockey", "do": "check"}))
    assert "It would just have missed" in page
    assert "hockey is not in it" in page


def test_a_search_that_brings_very_many_is_saved_only_for_who_says_so(visitor: Visitor) -> None:
    for number in range(31):
        keep(visitor.pages.members.engine, article(f"courthouse-{number}"))
    page = visitor.post("/subscribe", WISH | {"do": "check"})
    assert "Do you want so many?" in page
    assert 'name="many" value="no" checked' in page
    page = visitor.post("/subscribe", LAST | {"many": "no"})
    assert (visitor.status, visitor.mails()) == (400, [])
    assert '<a href="#many">Say that you want so many, or change the search.</a>' in page
    assert "Check your mail" in visitor.post("/subscribe", LAST | {"many": "yes"})
    assert len(visitor.mails()) == 1


def test_a_mistake_stands_beside_its_field_and_in_the_summary_and_what_was_typed_stays(visitor: Visitor) -> None:
    page = visitor.post("/subscribe", {"words": "raid (arrest", "place": "", "do": "check"})
    assert visitor.status == 400
    assert "<title>Error: " in page
    assert '<div class="errors" role="alert" tabindex="-1"' in page
    assert '<a href="#words">' in page
    assert 'value="raid (arrest" aria-describedby="words-hint words-error" aria-invalid="true"' in page


def test_an_address_that_is_none_is_told_and_all_else_stays(visitor: Visitor) -> None:
    page = visitor.post("/subscribe", LAST | {"email": "new@", "cadence": "weekly", "language": "es"})
    assert '<a href="#email">Write an e-mail address like name@example.org.</a>' in page
    assert 'value="new@"' in page
    assert 'value="weekly" checked' in page
    assert 'value="06:30"' in page
    assert visitor.mails() == []


def test_a_subscriber_says_yes_in_the_mail_and_has_what_they_chose(visitor: Visitor) -> None:
    page = visitor.post("/subscribe", LAST | {"cadence": "weekly", "language": "es", "timezone": "America/Chicago"})
    assert "Check your mail" in page
    [mail] = visitor.mails()
    assert "06:30 (hora central)" in mail
    assert Rounds(visitor.pages.members.engine).recipients() == 0
    visitor.get(visitor.link())
    assert Rounds(visitor.pages.members.engine).recipients() == 0  # a mail scanner followed it
    visitor.post(visitor.link())
    known = visitor.pages.members.subscriber("new@example.org")
    assert known
    subscriber, [search] = known
    assert (subscriber.state, subscriber.language, subscriber.digest_at) == ("active", "es", "06:30")
    assert (search.query, search.cadence) == (f"courthouse OR raid {WALTHAM}", "weekly")


def test_one_may_say_yes_also_when_the_outlet_of_the_search_got_another_name(visitor: Visitor) -> None:
    visitor.post("/subscribe", {**LAST, "words": 'raid source:"The Ledger"'})
    watch(visitor.pages.members.engine, outlet(name="Waltham Ledger"))
    assert "from the ledger" in visitor.get(visitor.link())
    visitor.post(visitor.link())
    assert Rounds(visitor.pages.members.engine).recipients() == 1


def test_the_zone_is_that_of_the_place_unless_another_is_chosen(visitor: Visitor) -> None:
    page = visitor.post("/subscribe", {"chosen": 'place:"El Paso, TX"', "do": "check"})
    assert '<option value="America/Denver" selected>' in page


def test_no_address_stands_in_an_address_of_the_web(visitor: Visitor) -> None:
    visitor._ask("/subscribe", "POST", b"words=raid&email=new%40example.org&do=subscribe", {})
    assert (visitor.status, visitor.headers["location"]) == (303, "/subscribe/sent")
    assert visitor.headers["cache-control"] == "no-store"


def test_the_same_page_comes_for_every_address(visitor: Visitor, now: datetime) -> None:
    members = visitor.pages.members
    members.subscribe("active@example.org", "raid", now, "UTC", "07:00", active=True)
    members.subscribe("pending@example.org", "raid", now, "UTC", "07:00", active=False)
    left, _ = members.subscribe("left@example.org", "raid", now, "UTC", "07:00", active=True)
    members.leave(left.id or 0, now)
    people = ["new@example.org", "active@example.org", "pending@example.org", "left@example.org"]
    answers = {visitor.post("/subscribe", {"words": "raid", "email": email, "do": "subscribe"}) for email in people}
    assert len(answers) == 1
    assert "Not received?" in answers.pop()


def test_a_program_that_fills_in_all_fields_asks_nobody(visitor: Visitor) -> None:
    assert "Check your mail" in visitor.post("/subscribe", LAST | {"website": "https://spam.example"})
    assert visitor.mails() == []


def test_a_form_of_another_page_is_refused(visitor: Visitor) -> None:
    visitor.post("/subscribe", LAST, sec_fetch_site="cross-site")
    assert visitor.status == 403
    visitor.post("/subscribe", LAST, origin="https://elsewhere.example")
    assert visitor.status == 403
    visitor.post("/subscribe", LAST, origin="https://alerts.icewire.example", sec_fetch_site="same-origin")
    assert visitor.status == 200


def test_a_network_that_asks_too_often_waits(visitor: Visitor) -> None:
    for number in range(10):
        visitor.post("/subscribe", LAST | {"email": f"reader{number}@example.org"})
        assert visitor.status == 200
    page = visitor.post("/subscribe", LAST)
    assert (visitor.status, visitor.headers["retry-after"]) == (429, "360")
    assert "too often from your network" in page
    visitor.clock.now += timedelta(minutes=6)
    visitor.post("/subscribe", LAST)
    assert visitor.status == 200


def test_an_old_link_leads_to_where_one_asks_anew(visitor: Visitor) -> None:
    visitor.post("/subscribe", LAST)
    link = visitor.link()
    visitor.clock.now += timedelta(days=8)
    page = visitor.get(link)
    assert (visitor.status, "This link is too old" in page) == (404, True)
    assert '<a href="/subscribe">Ask for a new one</a>' in page


def test_at_ones_own_machine_without_mail_a_search_starts_at_once(sqlite_engine: Engine, now: datetime) -> None:
    visitor = visit(sqlite_engine, now, public=False)
    visitor.post("/subscribe", LAST)
    visitor.afterwards.wait()
    assert Rounds(visitor.pages.members.engine).recipients() == 1
