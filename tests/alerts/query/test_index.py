"""The index of all searches finds what asking each would find, whatever is added, changed and dropped."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.query.document import Document
from alerts.query.index import Hits, SearchIndex
from alerts.query.query import Query, parse
from alerts.query.truth import fulfils
from crawler.places import Gazetteer, Place, shipped
from tests.makers.querying import readable
from tests.makers.searching import document

TODAY = date(2026, 3, 10)
WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")
PLACES = [WALTHAM, Place("Helena", "city", "Lewis and Clark County", "MT"), Place("Essex County", "county", "", "MA"),
          Place("Kaneohe", "city", "Honolulu County", "HI"), Place("Massachusetts", "state", "", "MA"),
          Place("Waltham", "city", "", "MA"), Place("Adak", "city", "Aleutians West Census Area", "AK")]  # fmt: skip
_WORDS = (
    "raid raids redada Waltham ICE ice U.S. US o'brien 287(g) check-in Hawaiʻi detenida detained detain inmigrante"
    " Peña pena Moody Street car wash agents rock or Boston the . \n"
)
_TEXTS = st.lists(st.sampled_from(_WORDS.split(" ")), max_size=25).map(" ".join)
_DOCUMENTS = st.builds(
    Document, title=_TEXTS, text=_TEXTS, language=st.sampled_from(["en", "es", ""]),
    kinds=st.sampled_from([(), ("arrest",), ("raid", "arrest")]), source_id=st.sampled_from(["wbur", "post"]),
    source_name=st.sampled_from(["WBUR", "Post"]),
    published_at=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 1), timezones=st.just(UTC)),
    places=st.lists(st.sampled_from(PLACES), max_size=3).map(tuple),
)  # fmt: skip


def asked(text: str) -> Query:
    return parse(text, shipped(), today=TODAY)


def index_of(*texts: str) -> SearchIndex:
    index = SearchIndex()
    for number, text in enumerate(texts):
        index.put(number, asked(text))
    return index


def met(index: SearchIndex, document: Document) -> list[int]:
    return sorted(number for search in index.met_by(document) for number in search.ids)


@pytest.mark.slow
@given(st.data(), _DOCUMENTS)
def test_the_index_finds_what_asking_each_search_finds(data: st.DataObject, document: Document) -> None:
    asks = [asked(data.draw(readable(rule))) for rule in ("query", "without", "field", "title", "near")]
    index = SearchIndex()
    for number, query in enumerate(asks):
        index.put(number, query)
    assert met(index, document) == [number for number, query in enumerate(asks) if query.match(document)]
    hits = Hits([document])
    assert [hits.of(search, 0) for search in index.met_by(document) for n in search.ids if asks[n].match(document)] == [
        asks[n].match(document) for search in index.met_by(document) for n in search.ids
    ]
    assert [bool(query.match(document)) for query in asks] == [fulfils(document, query.tree) for query in asks]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.none() | readable("field") | readable("wanted")), max_size=30), _DOCUMENTS
)
def test_after_any_changes_the_index_is_as_if_made_anew(
    changes: list[tuple[int, str | None]], document: Document
) -> None:
    index = SearchIndex()
    kept: dict[int, Query] = {}
    for number, text in changes:
        if text is None:
            index.drop(number)
            kept.pop(number, None)
        else:
            kept[number] = asked(text)
            index.put(number, kept[number])
    assert met(index, document) == sorted(number for number, query in kept.items() if query.match(document))
    assert len(index) == len(kept)
    for number in kept:
        index.drop(number)
    assert (len(index), index.distinct, index.nodes) == (0, 0, 0)
    assert not index.candidates(document)


def test_a_query_that_many_have_is_kept_once_and_met_by_all() -> None:
    index = index_of("raid waltham", "raid waltham", "raid")
    assert (len(index), index.distinct) == (3, 2)
    assert met(index, document("A raid in Waltham.")) == [0, 1, 2]
    index.drop(0)
    assert met(index, document("A raid in Waltham.")) == [1, 2]


def test_a_search_that_cannot_be_filed_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    index, query = SearchIndex(), asked("raid waltham")
    with monkeypatch.context() as broken:
        broken.setattr("alerts.query.index.filing_of", lambda node: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            index.put(1, query)
    assert (len(index), index.distinct) == (0, 0)
    index.put(1, query)
    assert met(index, document("A raid in Waltham.")) == [1]


def test_what_is_met_says_why_as_asking_it_alone_does() -> None:
    told = document("Agents came to a raid on Moody Street.")
    query = asked('raid "Moody Street"')
    [search] = index_of('raid "Moody Street"').met_by(told)
    assert Hits([told]).of(search, 0) == query.match(told)


def test_a_search_is_asked_only_by_documents_that_share_what_is_rare_in_it() -> None:
    index = index_of(
        'raid place:"Helena, MT"', "ice quiroga", '"moody street" ice', 'near:"02453 10mi" ice', "ice -hockey"
    )
    told = replace(document("The ICE raid on a street in a moody town."), places=(WALTHAM,))
    assert sorted(n for search in index.candidates(told) for n in search.ids) == [3, 4]


@pytest.mark.parametrize("text", ["since:2026-03-01", "", "raid OR since:2026-03-01"])
def test_what_nothing_can_be_looked_up_for_is_asked_by_every_document(text: str) -> None:
    index = index_of(text)
    assert index.candidates(document("Nothing."))


def test_a_circle_reaches_over_the_date_line(gazetteer: Gazetteer) -> None:
    adak = PLACES[-1]
    attu = replace(document("x"), places=(adak,))
    for miles in (1, 10, 100, 500):
        query = parse(f'near:"Adak, AK {miles}mi"', gazetteer)
        index = SearchIndex()
        index.put(1, query)
        assert met(index, attu) == [1]
