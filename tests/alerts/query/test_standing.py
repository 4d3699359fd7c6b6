"""Which queries words alone can meet: those may be no feed, as they may be about one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.query.query import Query, parse
from alerts.query.standing import stands_on_words
from alerts.query.syntax import AllOf, AnyOf, Fact, Node, Phrase, Without, Word
from crawler.places.gazetteer import Gazetteer


@pytest.mark.parametrize(
    "text",
    [
        "hernandez",
        '"Amalia Ferreira"',
        "title:ferreira",
        "title:(ferreira OR quiroga)",
        "amalia NEAR/3 ferreira",
        "ferr*",
        "=Ferreira",
        "ferreira lang:es",  # says little of a story
        "ferreira since:2026-03-01",
        "ferreira -state:HI",  # nor does where it did not happen
        "ferreira -kind:raid -source:wbur",
        "ferreira OR state:MA",
        "state:MA OR ferreira",
        "(state:MA raid) OR ferreira",
        "(ferreira OR state:MA) (amalia OR kind:arrest)",
        "lang:es -(-ferreira)",  # left out twice is looked for
        "lang:es -(-(ferreira (lang:en OR kind:arrest)))",
        "lang:es -(-ferreira -state:MA)",
        "lang:es OR ferreira",
    ],
)
def test_words_alone_can_meet(text: str, gazetteer: Gazetteer) -> None:
    assert stands_on_words(parse(text, gazetteer))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lang:es",
        "since:2026-03-01",
        "state:MA",
        "lang:es -hockey",
        'raid place:"Waltham, MA"',
        'raid county:"Essex, MA"',
        'raid near:"02453 25mi"',
        "raid office:Boston",
        "raid kind:arrest",
        "raid source:wbur",
        "(raid OR arrest) (state:MA OR state:NH)",
        "(raid state:MA) OR (arrest kind:court)",
        "raid -(-state:MA)",
        "(raid OR state:MA) (arrest OR kind:raid) state:NH",
    ],
)
def test_a_place_a_kind_or_an_outlet_is_wanted_too(text: str, gazetteer: Gazetteer) -> None:
    assert not stands_on_words(parse(text, gazetteer))


PERSON = Phrase((Word(("ferreira",)),), "ferreira")
FACTS = [Fact("kind", "arrest"), Fact("source", "wbur"), Fact("lang", "es")]
TREES: st.SearchStrategy[Node] = st.recursive(
    st.sampled_from([PERSON, *FACTS]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda nodes: AllOf(tuple(nodes)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda nodes: AnyOf(tuple(nodes)))
        | inner.map(Without)
    ),
    max_leaves=12,
)


@given(TREES)
def test_it_is_what_all_alternatives_written_out_say(tree: Node) -> None:
    alternatives = written_out(tree, True)
    assert stands_on_words(Query("", tree)) == any(
        PERSON in wanted and not wanted & {FACTS[0], FACTS[1]} for wanted in alternatives
    )


def written_out(node: Node, wanted: bool) -> list[frozenset[Node]]:
    """The slow, obvious way: every alternative with all that it wants."""
    match node:
        case Without(part):
            return written_out(part, not wanted)
        case AllOf(nodes) | AnyOf(nodes):
            parts = [written_out(part, wanted) for part in nodes]
            if isinstance(node, AllOf) != wanted:
                return [way for ways in parts for way in ways]
            together: list[frozenset[Node]] = [frozenset()]
            for ways in parts:
                together = [have | way for have in together for way in ways]
            return list(set(together))
    return [frozenset({node} if wanted else ())]


def test_a_query_as_deep_as_may_be_costs_its_length(gazetteer: Gazetteer) -> None:
    text = " ".join("(ferreira OR state:MA OR lang:es)" for _ in range(110))
    assert stands_on_words(parse(text, gazetteer))
