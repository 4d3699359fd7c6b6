"""The grammar that the docs write down is the one that is read; what is printed is read as the same again."""

from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.query.document import Document
from alerts.query.query import Query, parse
from alerts.query.syntax import AllOf, AnyOf, Node, Phrase
from alerts.query.tokens import QueryError
from crawler.places import shipped
from tests.makers.querying import RULES, readable, split_rule
from tests.makers.searching import NoPlaces, document

SAID = document("ab " * 300)
TODAY = date(2026, 3, 10)


def read(text: str) -> Query:
    return parse(text, shipped(), today=TODAY)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["query", "without"])
@given(data=st.data())
def test_what_the_grammar_makes_is_read_and_printed_and_read_as_the_same(rule: str, data: st.DataObject) -> None:
    text = data.draw(readable(rule))
    query = read(text)
    assert read(query.canonical).tree == query.tree


@pytest.mark.slow
def test_each_way_of_each_rule_is_read() -> None:
    fields = [
        way[1:-1]
        for rule in ("word", "star", "exact", "phrase", "place", "office", "days")
        for way in split_rule(RULES[rule], "|")
    ]
    assert len(fields) > 30
    for field in fields:
        assert read(field).canonical


_WILD = st.text(alphabet="ab oOrRyYnN*=\"'‘’“”-–—()|:/,.;5’ʻ\u00adéU.S ", max_size=40) | st.text(max_size=40)
_PIECES = st.lists(
    st.sampled_from(
        "raid ICE U.S. =ICE det*d \"Moody Street\" 'a b' title:raid title:( ( ) ( ) OR | AND -hockey - NOT NEAR/3 "
        'near:"02453 5mi" place:02453 state:MT lang:es since:7d or o y O NO , 287(g) "or" ?OR? ="or" title:"(x" '
        "1,000 a.b Hawai'i ½ ŉ "
        '"U. S. man" =U.S. title:=or title:not'.split(" ")
    ),
    max_size=8,
).map(" ".join)


@given(_WILD | _PIECES)
def test_whatever_is_read_is_printed_as_a_query_that_is_read_as_the_same(text: str) -> None:
    try:
        query = parse(text, shipped(), today=TODAY)
    except QueryError:
        return
    printed = query.canonical
    assert read(printed).tree == query.tree
    assert read(printed).canonical == printed


def _leaves(node: Node) -> int:
    return sum(map(_leaves, node.nodes)) if isinstance(node, AllOf | AnyOf) else 1


LONG = [
    "ab " * 1333, "ab OR " * 660 + "ab", "ab NEAR/99 " * 300 + "ab", "-ab " * 900 + "c", "(a b) " * 660, "a" * 4000,
    "‘" * 4000, "''" * 2000, "'a " * 1300, "— " * 1900 + "a", "a*" * 1900, "=" * 3999 + "a", "title:a " * 490,
]  # fmt: skip


@pytest.mark.slow
def test_thousands_of_words_are_read_and_matched_in_time() -> None:
    began = process_time()
    for text in LONG:
        try:
            query = parse(text, NoPlaces())
        except QueryError:
            continue
        assert query.match(SAID) or _leaves(query.tree)
    assert process_time() - began < 20


@pytest.mark.parametrize(
    "text", ["(" * 3999, "(" * 1999 + "a" + ")" * 1999, "-(" * 1500 + "a" + ")" * 900, "title:(" * 500, "a" * 4001]
)
def test_limits_are_errors(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text, NoPlaces())


def test_a_tree_is_a_value_that_does_not_remember_its_spelling() -> None:
    assert read("raid  place:02453").tree == read('raid AND place:"Waltham, Massachusetts"').tree
    assert len({read(text).tree for text in ("kind:raid", "KIND:Raid", '(kind:"raid")')}) == 1
    assert isinstance(read("raid").tree, Phrase)
    hash(read('near:"02453 5mi" office:Boston since:2026 lang:es -(a NEAR/5 b)').tree)


def test_an_empty_query_is_printed_as_nothing() -> None:
    assert read(read(' "" ').canonical) == Query("", AllOf(()))
    assert read("").match(Document("", "", "", (), "", "", None, ())) is not None
