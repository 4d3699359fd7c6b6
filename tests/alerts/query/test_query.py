import sqlite3
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.locale import in_words
from alerts.query import NamedPlaces
from alerts.query.document import Document
from alerts.query.query import Needed, Query, parse
from alerts.query.tokens import QueryError
from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Place
from crawler.text import search_words

WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")
SALEM = Place("Salem", "city", "Essex County", "MA")
ESSEX = Place("Essex County", "county", "Essex County", "MA")
MASSACHUSETTS = Place("Massachusetts", "state", "", "MA")
MAINE = Place("Portland", "city", "Cumberland County", "ME")

DOCUMENT = Document(
    title="ICE raid on Moody Street leaves families waiting",
    text=(
        "Federal agents detained four men outside a bakery on Tuesday morning, neighbors said.\n"
        "The men were taken to the courthouse in a gray van. Organizer Inés Peña called it a redada.\n"
        "“ICE’s officers showed no warrant,” said a cook who slipped on black ice as he ran."
    ),
    language="en", kinds=("arrest", "detention"),
    source_id="charles-river-ledger", source_name="The Charles River Ledger",
    published_at=None, places=(WALTHAM,),
)  # fmt: skip


class NoPlaces:
    """For queries that name none; it keeps the many generated ones quick."""

    def look_up(self, name: str) -> Place | None:
        return None

    def suggest(self, name: str) -> tuple[str, ...]:
        return ()


def matches(text: str, document: Document = DOCUMENT) -> bool:
    return parse(text, NoPlaces()).match(document) is not None


def says(text: str) -> Document:
    return replace(DOCUMENT, title="", text=text)


def error(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, NoPlaces())
    return caught.value


def printed_spans(text: str, document: Document = DOCUMENT) -> list[str]:
    hit = parse(text, NoPlaces()).match(document)
    assert hit is not None
    return [document.text[start:end] for start, end in hit.spans]


@pytest.mark.parametrize(
    "query",
    [
        "raid bakery",
        "BAKERY",
        "ines PENA",
        "“Moody Street”",
        '"moody street"',
        "zzz OR bakery",
        "zzz | bakery",
        "raid zzz OR bakery",
        "detain*",
        '"agents detain*"',
        "bakery -hockey",
        "bakery NOT hockey",
        "bakery AND van",
        "bakery and van",
        'bakery -"Main Street"',
        "bakery -(hockey rink)",
        "(zzz OR (raid bakery))",
        "=ICE",
        '="Moody Street"',
        "-=Ice raid",
        "officers",
        "ice",
        "raid, bakery; van",
        "raid — bakery",
        "raid & bakery",
        "agents NEAR/2 men",
        "men NEAR/2 agents",
        "men AROUND(2) agents",
        "(zzz OR detain*) NEAR/10 (bakery OR rink)",
        "federal NEAR/3 men NEAR/3 bakery",
        "lang:en",
        "kind:arrest",
        "kind:detention",
        "source:charles-river-ledger",
        'source:"the charles river ledger"',
        "raid -lang:es",
        "",
        "  ",
        '""',
    ],
)
def test_query_matches(query: str) -> None:
    assert matches(query)


@pytest.mark.parametrize(
    "query",
    [
        "bake",
        "raid hockey",
        '"street moody"',
        '"raid federal"',  # the end of the title and the start of the text
        "zzz OR hockey",
        "raid -bakery",
        "raid -detain*",
        'raid -"gray van"',
        "raid -(bakery van)",
        "=Ice",
        "=Raid",
        "federal NEAR/1 men",
        "federal NEAR/2 bakery",
        "raid NEAR/100 bakery",  # one in the title, one in the text
        "lang:es",
        "source:ledger",
        "kind:raid",
        "raid -kind:arrest",
    ],
)
def test_query_does_not_match(query: str) -> None:
    assert not matches(query)


def test_or_binds_tighter_than_standing_side_by_side() -> None:
    assert matches("zzz OR bakery raid")
    assert not matches("bakery OR raid zzz")


def test_near_counts_the_words_between() -> None:
    document = says("one two three four")
    assert matches("one NEAR/2 four", document)
    assert not matches("one NEAR/1 four", document)


def test_near_needs_two_occurrences_of_a_repeated_word() -> None:
    assert not matches("ice NEAR/5 ic*", says("the ice melted"))
    assert matches("ice NEAR/5 ic*", says("the ice, the icy road"))


def test_near_marks_only_the_words_of_a_whole_chain() -> None:
    document = says("agents came. " + "so " * 20 + "agents left the court by van")
    assert printed_spans("agents NEAR/5 court NEAR/5 van", document) == ["agents", "court", "van"]


def test_near_over_a_very_long_text_stays_quick() -> None:
    assert matches("the NEAR/100 the NEAR/100 the NEAR/100 the", says("the " * 8_000))


def test_exact_word_tells_the_agency_from_the_ice_on_the_road() -> None:
    assert not matches("=ICE", says("Black ice sent a car into a ditch."))
    assert matches("=ICE", says("ICE's officers came."))


def test_hit_says_its_terms_as_a_reader_would(gazetteer: Gazetteer) -> None:
    query = 'Bakery "Moody Street" detain* =ICE 287(g) OR van place:"waltham, massachusetts" lang:en -hockey'
    hit = parse(query, gazetteer).match(DOCUMENT)
    assert hit is not None
    assert [in_words(term) for term in hit.terms] == [
        "Bakery",
        "“Moody Street”",
        "detain*",
        "ICE",
        "van",
        "place Waltham, MA",
        "language en",
    ]


def test_hit_spans_are_the_words_as_printed() -> None:
    assert printed_spans("redada ines ice") == ["Inés", "redada", "ICE", "ice"]
    assert printed_spans('"ICE\'s officers"') == ["ICE’s officers"]


def test_hit_spans_keep_a_combining_accent_with_its_letter() -> None:
    assert printed_spans("detencion", says("la detencio\u0301n.")) == ["detencio\u0301n"]
    assert printed_spans("cafe", says("el cafe\u0301, cerrado")) == ["cafe\u0301"]


def test_an_address_is_no_field_and_a_field_may_begin_with_a_capital() -> None:
    assert [parse(text, NamedPlaces()).canonical for text in ("raid; title://a", "Title:raid")] == [
        "raid title://a",
        "title:raid",
    ]


def test_hit_only_in_the_title_has_no_spans() -> None:
    hit = parse('"Moody Street"', NoPlaces()).match(DOCUMENT)
    assert hit is not None
    assert hit.in_title
    assert hit.spans == ()


def test_a_colon_inside_or_after_a_word_is_no_field() -> None:
    assert matches("3:15 Update: van", says("Update at 3:15: the van left. See https://example.org/van"))
    assert matches("https://example.org/van", says("See https://example.org/van"))


def test_parentheses_of_a_section_number_belong_to_it() -> None:
    document = says("The sheriff ended the 287(g) agreement.")
    hit = parse("287(g)", NoPlaces()).match(document)
    assert hit is not None
    assert [in_words(term) for term in hit.terms] == ["287(g)"]
    assert not matches("287(g)", says("Route 287 was closed; a g was missing."))


@pytest.mark.parametrize(
    ("query", "where", "expected"),
    [
        ('place:"Waltham, MA"', WALTHAM, True),
        ('place:"Waltham, MA"', SALEM, False),
        ('place:"Waltham, MA"', MASSACHUSETTS, False),
        ('county:"Essex, MA"', SALEM, True),
        ('county:"Essex County, MA"', ESSEX, True),
        ('place:"Essex County, MA"', SALEM, True),
        ('county:"Essex, Massachusetts"', WALTHAM, False),
        ('county:"Essex, MA"', MASSACHUSETTS, False),
        ("state:MA", WALTHAM, True),
        ("state:Massachusetts", ESSEX, True),
        ("state:ma", MASSACHUSETTS, True),
        ("state:MA", MAINE, False),
        ("-state:MA raid", WALTHAM, False),
        ('place:"Salem, MA" OR place:“Waltham, MA”', WALTHAM, True),
        ("place:Waltham,MA", WALTHAM, True),
    ],
)
def test_place_fields(query: str, where: Place, expected: bool, gazetteer: Gazetteer) -> None:
    hit = parse(query, gazetteer).match(replace(DOCUMENT, places=(where,)))
    assert (hit is not None) is expected


def test_a_story_without_places_is_in_none(gazetteer: Gazetteer) -> None:
    assert parse("state:MA", gazetteer).match(replace(DOCUMENT, places=())) is None


@pytest.mark.parametrize(
    ("text", "column", "message", "suggestion"),
    [
        ('raid "Moody Street', 6, "quotes are never closed", 'raid "Moody Street"'),
        ("(raid waltham", 1, "never closed", "(raid waltham)"),
        ("raid) waltham", 5, "never opened", "raid waltham"),
        ("raid ()", 6, "Nothing stands", "OR"),
        ("raid OR", 6, "joins two things", '"OR"'),
        ("OR raid", 1, "joins two things", '"OR"'),
        ("raid AND", 6, "joins two things", '"AND"'),
        ("raid or waltham", 6, "Write OR in capitals", "raid OR waltham"),
        ("raid not hockey", 6, "Write - to leave", "raid -hockey"),
        ("portland, OR", 11, "Oregon", 'place:"Salem, OR"'),
        ("raid - hockey", 6, "must touch", "raid -hockey"),
        ("raid --hockey", 6, "what to leave out", "-hockey"),
        ("-hockey", 1, "something to look for", "raid -hockey"),
        ("raid -hockey OR rink", 6, "one side of OR", "raid -(hockey OR rink)"),
        ("raid OR (-hockey -rink)", 1, "something to look for", ""),
        ("-hockey -rink", 1, "something to look for", ""),
        ("raid *", 6, "two letters", "detain*"),
        ('"*ing men"', 2, "two letters", "detain*"),
        ('"men *ing"', 6, "two letters", "detain*"),
        ("de*t*a*i*n", 1, "at most 3 stars", "detain*"),
        ("r*", 2, "two letters", "detain*"),
        ("=ICE*", 5, "does not go with =", ""),
        ("raid NEAR bakery", 6, "number of words", "NEAR/10"),
        ("raid NEAR/0 bakery", 6, "number of words", "NEAR/10"),
        ("raid near/many bakery", 6, "number of words", "NEAR/10"),
        ("raid NEAR/5 -bakery", 13, "NEAR stands between", "NEAR/10"),
        ("raid NEAR/5", 6, "joins two things", ""),
        ('raid near:"02453"', 6, "a distance in mi or km", 'near:"02453 25mi"'),
        ('raid near:"25 mi"', 6, "a ZIP code or a place", 'near:"02453 25mi"'),
        ('raid near:"02453 900mi"', 6, "from 1 to 500", 'near:"02453 25mi"'),
        ("raid office:Bostn", 6, "No field office is called “Bostn”; there are Atlanta, ", 'office:"Boston"'),
        ("redada o detenido", 8, "Write O in capitals", "redada O detenido"),
        ("raid since:7d", 6, "another day each day", "since:2026-03-01"),
        ("raid since:someday", 6, "no day", "since:2026-03-01"),
        ("raid title:", 6, "right behind the colon", 'title:"Moody Street"'),
        ("lang:xx", 1, "no language", "lang:es"),
        ("lang:español", 1, "no language", "lang:es"),
        ("lang:creole", 1, "no language", "lang:ht"),
        ("raid foo:bar", 6, "No field is called “foo”; there are place:, county:, state:", 'raid "foo:bar"'),
        ('place: "Waltham, MA"', 1, "right behind the colon", 'place:"Waltham, MA"'),
        ("lang:spanish", 1, "two or three letters", "lang:es"),
        ('raid ""', 6, "No word stands", ""),
        ("?! ,", 1, "No word to look for", ""),
        ("(" * 30 + "raid" + ")" * 30, 21, "parentheses", ""),
    ],
)
def test_error_points_at_the_column_and_suggests(text: str, column: int, message: str, suggestion: str) -> None:
    caught = error(text)
    assert caught.column == column
    assert message in caught.message
    assert suggestion in caught.suggestion


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("place:Springfield", "may be several places", 'place:"Springfield, MA"'),
        ("raid place:Walthm", "No place is known as “Walthm”", 'place:"Waltham, MA"'),
        ("county:Essex", "may be several places", 'county:"Essex County, MA"'),
        ('county:"Waltham, MA"', "No county is known", 'county:"'),
        ("state:Waltham", "No state is known", "state:MA"),
    ],
)
def test_unknown_place_suggests_known_ones(text: str, message: str, suggestion: str, gazetteer: Gazetteer) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse(text, gazetteer)
    assert suggestion in caught.value.suggestion


def test_error_draws_a_caret_under_the_column() -> None:
    assert str(error("raid or waltham")) == (
        "Write OR in capitals, or “or” in quotes (column 6)\n  raid or waltham\n       ^\nTry: raid OR waltham"
    )


def test_error_far_along_a_long_query_shows_the_part_around_it() -> None:
    message, query, caret, *_ = str(error("waltham " * 100 + "foo:bar")).splitlines()
    assert "column 801" in message
    assert query[caret.index("^") :].startswith("foo:bar")
    assert len(query) < 110


def test_a_query_longer_than_the_limit_is_refused() -> None:
    assert "4000 characters" in str(error("a" * 4001))


def test_query_is_a_value() -> None:
    assert parse("raid -hockey", NoPlaces()) == parse("raid -hockey", NoPlaces())
    assert len({parse("raid", NoPlaces()), parse("raid", NoPlaces())}) == 1


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("", ()),
        ("lang:es", ()),
        ('"raid" -hockey lang:es', ((Needed(("raid",), False),),)),
        ("courthouse", ((Needed(("courthouse",), False), Needed(("courthouses",), False)),)),
        (
            "car-washes",
            (
                (
                    Needed(("car", "washes"), False),
                    Needed(("car", "wash"), False),
                    Needed(("car", "washed"), False),
                    Needed(("car", "washing"), False),
                ),
            ),
        ),
        ('"moody street" detain*', ((Needed(("moody", "street"), False),), (Needed(("detain",), True),))),
        ("=raid OR =redada", ((Needed(("raid",), False), Needed(("redada",), False)),)),
        ("raid OR lang:es", ()),
        ("=raid (lang:es OR (redada -hockey))", ((Needed(("raid",), False),),)),
        ("(ice =courthouse) OR =raid", ((Needed(("courthouse",), False), Needed(("raid",), False)),)),
        ('"detain* men"', ((Needed(("detain",), True),),)),
        ("=Peña NEAR/3 o'brien", ((Needed(("pena",), False),), (Needed(("o", "brien"), False),))),
    ],
)
def test_needed_words(text: str, needed: tuple[tuple[Needed, ...], ...]) -> None:
    assert parse(text, NoPlaces()).needed() == needed


def _in_full_text_index(query: Query, document: Document) -> bool:
    """Ask a real FTS5 index of the folded document for what the query needs."""
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE article USING fts5(text)")
    index.execute("INSERT INTO article VALUES (?)", [" ".join(search_words(f"{document.title}\n{document.text}"))])
    ways = [[f'"{" ".join(n.words)}"' + "*" * n.prefix for n in clause] for clause in query.needed()]
    asked = " AND ".join(f"({' OR '.join(clause)})" for clause in ways)
    found = not asked or bool(index.execute("SELECT 1 FROM article WHERE article MATCH ?", [asked]).fetchall())
    index.close()
    return found


_SAID = st.sampled_from(
    ["ice", "ICE’s", "raid", "Moody", "Street", "detained", "detention", "Peña", "o'brien", "E-Verify", "\n", "."]
)
_TERM = st.sampled_from(
    [
        "ice",
        "=ICE",
        "raid",
        '"moody street"',
        "detain*",
        '"ICE\'s raid"',
        "pena",
        "det*",
        "o'brien",
        "lang:en",
        "verify",
    ]
)
_QUERY = st.recursive(
    _TERM,
    lambda part: st.one_of(
        st.tuples(part, part).map(" ".join),
        st.tuples(part, part).map(" OR ".join),
        st.tuples(part, part).map(lambda two: f"(({two[0]}) -({two[1]}))"),
        part.map(lambda one: f"({one})"),
    ),
    max_leaves=6,
)


@pytest.mark.slow
@given(_QUERY, st.lists(_SAID, max_size=12).map(" ".join))
def test_every_matching_document_fulfils_what_the_query_needs(text: str, said: str) -> None:
    query, document = parse(text, NoPlaces()), says(said)
    if query.match(document):
        assert _in_full_text_index(query, document)


@given(st.text(max_size=60) | st.text(alphabet='ab*"=-()|:/, ORNEAr5', max_size=30))
@example("\u037a* raid")
@example("½ ﬁ")
def test_parse_raises_nothing_but_query_errors(text: str) -> None:
    try:
        query = parse(text, NoPlaces())
    except QueryError as caught:
        column, shown = caught.column, str(caught).splitlines()
    else:
        query.match(DOCUMENT)
        query.needed()
        return
    assert 1 <= column <= len(text) + 1
    assert shown[2].endswith("^")


@given(st.text(max_size=80))
@example("ŉ ǰ ﬁn ½ ΐ İstanbul straße")
def test_every_word_of_a_text_matches_it(text: str) -> None:
    document = says(text)
    for word in search_words(text):
        assert matches(f'"{word}"', document)
        assert matches(f'"{word.upper()}"', document) or word.upper().casefold() != word


@given(st.text(max_size=80), st.text(alphabet="éÑüàc’'s ", max_size=10))
def test_spans_lie_in_the_text_and_in_order(text: str, more: str) -> None:
    document = says(text + more)
    for word in search_words(document.text)[:5]:
        hit = parse(f'"{word}"', NoPlaces()).match(document)
        assert hit is not None
        assert list(hit.spans) == sorted(hit.spans)
        assert all(0 <= start < end <= len(document.text) for start, end in hit.spans)


@pytest.mark.parametrize(
    "where",
    [
        "02453-1234",
        "12 Moody Street, Waltham, MA",
        "Moody Street, Waltham, MA",
        "42.3765,-71.2356",
        "42.3765 -71.2356",
        "42.3765N 71.2356W",
        "geo:42.3765,-71.2356",
    ],
)
def test_a_search_around_a_point_holds_nothing_finer_than_a_zip_code_or_a_town(
    where: str, gazetteer: Gazetteer
) -> None:
    with pytest.raises(QueryError, match="No place is known as"):
        parse(f'raid near:"{where} 5mi"', gazetteer)
