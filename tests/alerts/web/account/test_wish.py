"""What a form says becomes the query that it means, whatever is typed."""

from datetime import datetime
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from alerts.query import QueryError, parse
from alerts.web.account.terms import zone_for
from alerts.web.account.wish import Slip, Wish, parts_of, placed, query_of, wish_from
from alerts.web.posted import Posted
from crawler.places.gazetteer import Gazetteer, shipped
from tests.makers.visiting import Fields, visit

CLAUSES = ['place:"Waltham, MA"', 'near:"02453 25mi"', 'place:"Essex County, MA"']
PARTS = [
    "raid",
    "arrest*",
    '"a b"',
    "OR",
    "NOT",
    "-x",
    "(",
    ")",
    "NEAR/5",
    "title:x",
    "state:MA",
    "|",
    ",",
    "—",
    "'",
    '"',
]
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe \u2066raid\u2069",
    "\x1b[31mraid\x1b[0m\x07",
    "raid\x00\u200b\ufeff",
    "{{ 7 * 7 }} {% raw %}",
    "' OR 1=1 --",
    "аrrest",  # a Cyrillic letter
]


@example("( raid raid )", {CLAUSES[0]})
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map(" ".join), st.sets(st.sampled_from(CLAUSES)))
def test_the_query_asks_for_the_words_in_one_of_the_places(words: str, chosen: set[str]) -> None:
    try:
        alone = parse(words, shipped()).canonical
    except QueryError:
        return
    found = query_of(Wish(words, tuple(sorted(chosen))), shipped(), None)
    if not isinstance(found, Slip):
        where = " OR ".join(parse(clause, shipped()).canonical for clause in sorted(chosen))
        grouped = f"({alone})" if alone else ""  # several words that stood in parentheses keep them beside a place
        assert found.canonical in (" ".join(filter(None, (asked, where))) for asked in (alone, grouped))


@given(st.dictionaries(st.sampled_from(["words", "query", "place", "within", "unit", "option", "chosen"]), st.text()))
def test_whatever_is_typed_is_a_query_or_a_slip_beside_a_field(typed: dict[str, str]) -> None:
    form = Posted({name: [value.strip()] for name, value in typed.items()})
    found = placed(wish_from(form), shipped())
    query = query_of(found.wish, shipped(), None)
    if isinstance(query, Slip):
        assert query.field in ("words", "query")
    for clause in found.wish.chosen:
        assert parts_of(clause)[0]


@pytest.mark.parametrize("clause", ["lang:es", 'place:"a" OR raid', 'near:"x" y', "", 'place:"'])
def test_a_clause_that_no_form_of_ours_made_is_none(clause: str) -> None:
    assert wish_from(Posted({"chosen": [clause]})).chosen == ()


def test_a_distance_is_from_a_town_and_not_from_a_state(gazetteer: Gazetteer) -> None:
    found = placed(Wish(place="Massachusetts", within="25"), gazetteer)
    assert found.slip
    assert "needs a town" in found.slip.said.said()


def test_a_place_is_chosen_once(gazetteer: Gazetteer) -> None:
    wish = placed(Wish(place="Waltham, MA"), gazetteer).wish
    assert placed(Wish(chosen=wish.chosen, place="waltham, mass."), gazetteer).wish == wish


def test_a_name_that_is_nobodys_is_told(gazetteer: Gazetteer) -> None:
    found = placed(Wish(place="Xyzzyqwv"), gazetteer)
    assert found.slip
    assert found.options == ()


def test_the_zone_is_that_of_the_first_place() -> None:
    assert zone_for(Wish(chosen=('near:"79901 25mi"',)), "UTC") == "America/Denver"
    assert zone_for(Wish(words="raid"), "America/Chicago") == "America/Chicago"


class _Seen(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_typed_is_shown_as_text_and_orders_nothing(sqlite_engine: Engine, now: datetime, typed: str) -> None:
    visitor = visit(sqlite_engine, now)
    form: Fields = {"words": typed, "place": typed, "email": typed, "query": "", "do": "subscribe"}
    pages = [
        visitor.post("/subscribe", form),
        visitor.post(
            "/subscribe", {"words": "raid", "email": typed, "at": typed, "timezone": typed, "do": "subscribe"}
        ),
        visitor.post("/subscribe", {"query": typed, "do": "check"}),
        visitor.post("/manage/link", {"email": typed}),
    ]
    for page in pages:
        seen = _Seen()
        seen.feed(page)
        assert not seen.names & {"script", "img", "onerror", "style"}
        assert not set(page) & set("\x1b\x07\x00\u202e\u2066\u2069")
        assert "49" not in page.partition("<main")[2].replace(typed, "")
