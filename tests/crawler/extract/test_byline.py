import pytest

from crawler.extract.byline import people, wire_in_text
from tests.makers.extracting import PARAGRAPHS, news_article, page, read


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Ana Ruiz", ["Ana Ruiz"]),
        ("By ANA RUIZ and TOM O'NEIL, Staff Writers", ["Ana Ruiz", "Tom O'Neil"]),
        ("Por Ana Ruiz de la Cruz y José Peña", ["Ana Ruiz de la Cruz", "José Peña"]),
        ("Ana Ruiz | aruiz@example.com", ["Ana Ruiz"]),
        ("By Dr. Ana Ruiz, Ph.D., for the Mill River Herald", ["Ana Ruiz"]),
        ("Ana Ruiz, Special to the Herald", ["Ana Ruiz"]),
        ("Martin Luther Hale, Jr.", ["Martin Luther Hale, Jr"]),
        ("By Mill River Herald Staff", []),
        ("WXYZ Web Staff", []),
        ("https://www.facebook.com/millriver", []),
        ("aruiz", []),
        ("admin", []),
        ("The Associated Press", []),
    ],
)
def test_a_byline_names_people_only(byline: str, expected: list[str]) -> None:
    assert people(byline) == expected


def test_the_visible_byline_stands_in_for_an_organisation() -> None:
    ld = news_article(author={"@type": "Organization", "name": "Mill River Herald"})
    article = read(page(ld=ld, byline='<div class="byline">By <a rel="author">Ana Ruiz</a></div>'))
    assert (article.authors, article.witnesses["authors"]) == (["Ana Ruiz"], "byline")


def test_a_byline_needs_no_class() -> None:
    assert read(page(byline="<p>By Ana Ruiz</p>")).authors == ["Ana Ruiz"]


@pytest.mark.parametrize(
    ("ld", "byline", "first", "last", "expected"),
    [
        (news_article(author={"@type": "Organization", "name": "The Associated Press"}), "", "", "", "AP"),
        (None, '<p class="byline">By Ana Ruiz, Associated Press</p>', "", "", "AP"),
        (None, '<p class="byline">By Ana Ruiz | Reuters</p>', "", "", "Reuters"),
        (None, "", "WALTHAM, Mass. (AP) — ", "", "AP"),
        (None, "", "BOSTON (State House News Service) — ", "", "State House News Service"),
        (None, "", "", "Copyright 2026 The Associated Press. All rights reserved.", "AP"),
        (None, "", "", "This desk is part of States Newsroom.", "States Newsroom"),
        (None, "", "", "This article was originally published by Canal Street Reporter.", "Canal Street Reporter"),
        (None, "", "", "This article was first published by Ana Ruiz and Tom Hale of The 9th Ward.", "The 9th Ward"),
        (None, "", "", "The Associated Press contributed to this report.", ""),
        (None, "", "", "Quill told Reuters on Wednesday that she would reopen the laundry next week.", ""),
        (None, "", "", "", ""),
    ],
)  # fmt: skip
def test_the_wire_credit_is_found(ld: object, byline: str, first: str, last: str, expected: str) -> None:
    lines = (first + PARAGRAPHS[0], *PARAGRAPHS[1:], *([last] if last else []))
    assert read(page(ld=ld, byline=byline, paragraphs=lines)).wire == expected


def test_a_wire_service_on_its_own_site_is_no_credit() -> None:
    assert wire_in_text(["WALTHAM, Mass. (AP) — Agents came."], "apnews.com") == ""


def test_a_service_is_credited_in_any_case_but_its_short_name_only_in_capitals() -> None:
    assert wire_in_text(["Published by ASSOCIATED PRESS on Monday."]) == "AP"
    assert wire_in_text(["Published by ap on Monday."]) == ""
    assert wire_in_text(["Published by Reuters and distributed by the Associated Press."], "reuters.com") == "AP"


@pytest.mark.parametrize(
    ("author", "people_named", "credit"),
    [
        ([{"name": "Ana Ruiz"}, {"name": "Mill River Data Team"}], ["Ana Ruiz"], "Mill River Data Team"),
        ({"@type": "Organization", "name": "Herald staff"}, [], "Herald staff"),
        ([{"name": "Ana Ruiz"}], ["Ana Ruiz"], None),
        (["https://www.millriverherald.com/ana", "aruiz"], [], None),
    ],
)
def test_an_organisation_is_a_credit_and_no_author(author: object, people_named: list[str], credit: str | None) -> None:
    article = read(page(ld=news_article(author=author)))
    assert (article.authors, article.witnesses.get("credit")) == (people_named, credit)
