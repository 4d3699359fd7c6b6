"""What the inbox shows: the day, how many, and the first places, in a length that is shown."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest.subject import LONGEST_SUBJECT, towns_of, with_places
from tests.makers.documents import TWENTY, a_digest, a_story, busy, digest_mail_of, digests

PLACES = st.lists(st.sampled_from([*TWENTY, "Massachusetts", "Lawrence, KS", "Middlesex County, MA", ""]), max_size=20)


def test_it_says_the_day_how_many_and_the_first_places() -> None:
    digest = a_digest(
        *(a_story(n, place=place) for n, place in enumerate(("Waltham, MA", "Peñasco, NM", "Līhuʻe, HI")))
    )
    assert digest.subject == "ICE news, March 10: 3 stories (Waltham, Peñasco, and Līhuʻe)"
    assert a_digest().subject == "ICE news, March 10: nothing found"


@pytest.mark.slow
def test_it_is_another_each_day() -> None:
    for digest in digests().values():
        days = [replace(digest, local_date=digest.local_date + timedelta(days=n)).subject for n in range(365)]
        assert len(set(days)) == 365
        assert max(map(len, days)) <= LONGEST_SUBJECT


def test_places_of_stories_that_are_only_counted_count() -> None:
    digest = busy()
    assert len({item.story.place for item in (*digest.shown, *digest.hidden)}) == 20
    assert digest.subject.endswith(" and 19 more)") or digest.subject.endswith(" and 18 more)")


@pytest.mark.parametrize(
    ("towns", "shown"),
    [
        (["Waltham"], " (Waltham)"),
        (["Waltham", "Lowell", "Nashua"], " (Waltham, Lowell, and Nashua)"),
        (["Waltham", "Lowell", "Nashua", "Keene"], " (Waltham, Lowell, Nashua, and 1 more)"),
        (["Waltham", "Rancho Santa Margarita", "Keene"], " (Waltham, Keene, and 1 more)"),  # the next that fits
        (["a place whose name is longer than any line of an inbox shows"], ""),
        ([], ""),
    ],
)
def test_three_places_or_as_many_as_fit(towns: list[str], shown: str) -> None:
    said = "ICE news, September 30: 343 stories"
    assert with_places(said, towns) == said + shown


@pytest.mark.slow
@given(PLACES)
def test_no_subject_is_too_long_and_all_read_it_alike(places: list[str]) -> None:
    digest = a_digest(*(a_story(n, place=place) for n, place in enumerate(places)))
    raw = digest_mail_of(digest).as_bytes()
    older = message_from_bytes(raw)["Subject"]
    assert len(digest.subject) <= LONGEST_SUBJECT
    assert str(message_from_bytes(raw, policy=policy.default)["Subject"]) == digest.subject
    assert str(make_header(decode_header(older.replace("\r\n", "")))) == digest.subject
    assert f"{len(places)} stor" in digest.subject or not places


@given(PLACES)
def test_no_two_towns_of_a_subject_are_called_the_same(places: list[str]) -> None:
    towns = towns_of(places)
    assert len(set(towns)) == len(towns) == len({place for place in places if place})
