"""What the query language understands: words in their forms, quotes and dashes of all kinds, places, days."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alerts.query.document import Document
from alerts.query.forms import forms_of
from alerts.query.query import parse
from alerts.query.tokens import QueryError
from crawler.places import Gazetteer, Place
from tests.makers.searching import NoPlaces, document

WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")


def meets(query: str, said: str, title: str = "") -> bool:
    return parse(query, NoPlaces()).match(document(said, title)) is not None


def at(*places: Place) -> Document:
    return replace(document("Agents came."), places=places)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("raid", "Two raids."), ("raid", "They raided it."), ("raids", "They were raiding it."), ("raiding", "A raid."),
        ("detenido", "La mujer detenida."), ("detenidas", "Un detenido."), ("detener", "Detuvieron a tres."),
        ("detener", "Tres detenidos."), ("agente", "Los agentes."), ("redes", "La red."), ("policías", "La policía."),
        ("deportación", "Las deportaciones."), ("arrest", "Six arrested, more arrests."), ("family", "Families wait."),
        ("check-in", "Two check-ins."), ("child", "Three children."), ("immigrant", "immigrants"),
        ("raid NEAR/3 workers", "raided by a worker"), ("title:raid", ""), ("federal", "Agentes federales."),
        ("policy", "New policies."), ("hospital", "Los hospitales."),
    ],
)  # fmt: skip
def test_a_word_stands_for_its_forms(query: str, said: str) -> None:
    assert meets(query, said, "ICE raids a mill" if query.startswith("title") else "")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ice", "The icing on the cake."), ("icing", "ICE came."), ("ICE", "Iced tea, two ices."),
        ("iced", "ICE came."),
        ("redada", "La red; el color red."), ("red", "Una redada."), ("police", "A policy."), ("policy", "The police."),
        ("new", "The news."), ("news", "A new town."), ("=raid", "Two raids."), ('"raid"', "Two raids."),
        ('"car wash"', "Two car washes."), ("'raid'", "Two raids."), ('title:"raid"', "raid"),
        ("SWAT", "He swatted it."),
        ("case", "La casa."), ("van", "Se fue ayer; va."), ("son", "Es tarde."), ("agent", "The agency."),
        ("general", "Generation"),
        ("immigration", "An immigrant."), ("universal", "University"), ("organ", "An organization."),
        ("court", "La corte."),
    ],
)  # fmt: skip
def test_a_word_is_no_other_word(query: str, said: str) -> None:
    assert not meets(query, said)


def test_forms_begin_with_the_word_as_written() -> None:
    assert forms_of("raids") == ("raids", "raid", "raided", "raiding")
    assert forms_of("waltham") == ("waltham",)
    assert len(forms_of("detener")) < 100


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("det*d", "detained"), ("det*n*d", "detained"), ("imm*tion", "immigration"),
        ('"agents det*d"', "Agents detained two"),
        ("ca*wash", "carwash"), ("inm*nte*", "inmigrantes"),
        ("agents NEAR/2 van", "A van with agents"), ("van NEAR/2 agents", "A van with agents"),
    ],
)  # fmt: skip
def test_a_star_stands_inside_a_word_too(query: str, said: str) -> None:
    assert meets(query, said)


def test_a_star_does_not_reach_over_a_word() -> None:
    assert not meets("det*d", "detention denied")
    assert not meets("deta*ained", "detained")  # the two sides do not share letters


def test_many_stars_take_no_longer_than_the_word_is_long() -> None:
    assert not meets("aa*a*a*b " * 300, "a" * 100_000 + "c")


@pytest.mark.parametrize(
    "quoted",
    ["‘Moody Street’", "'Moody Street'", "‹Moody Street›", "''Moody Street''", "``Moody Street''", "“Moody Street”",
     "«Moody Street»", "„Moody Street“", "‚Moody Street‘", "”Moody Street”", "＂Moody Street＂", "‛Moody Street’"],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "raid {}", "-hockey {}", "({} OR rink)", "{}, raid", "title:{} OR {}"])
def test_quotes_of_any_kind_make_a_phrase(quoted: str, around: str) -> None:
    query = around.replace("{}", quoted)
    assert meets(query, "A raid on Moody Street.")
    assert not meets(query, "A raid; a street fair where Ms. Moody spoke on the street.")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("workers' rights", "workers rights"), ("o'brien", "Mr. O’Brien"), ("‘Ewa", "In ‘Ewa Beach"), ("'tis", "’Tis"),
        ("ICE's", "ICE’s raid"), ("rock'n'roll", "rock ’n’ roll"), ("workers' and nurses' pay", "nurses, workers: pay"),
    ],
)  # fmt: skip
def test_an_apostrophe_is_no_quote(query: str, said: str) -> None:
    assert meets(query, said)


@pytest.mark.parametrize("dash", "-–−—‐‑‒―﹣－")
def test_a_dash_before_a_word_leaves_it_out(dash: str) -> None:
    assert not meets(f"raid {dash}hockey", "A raid at the hockey rink.")
    assert not meets(f"({dash}hockey raid)", "A raid at the hockey rink.")
    assert not meets(f'raid {dash}"hockey rink"', "A raid at the hockey rink.")
    assert meets(f"raid {dash}hockey", "A raid at the mill.")


@pytest.mark.parametrize("query", ["raid—mill", "raid — mill", "raid – mill", "raid— mill", "287-g", "car–wash raid"])
def test_a_dash_between_words_leaves_nothing_out(query: str) -> None:
    assert meets(query, "A raid at the mill; 287-g; a car wash.")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("redada O detenido", "Una redada."), ("redada Y detenido", "Una redada, un detenido."),
        ("redada NO hockey", "Una redada."),
        ("redada y detenido", "Una redada, un detenido."), ("(redada O arresto) Y corte", "Un arresto en la corte."),
    ],
)  # fmt: skip
def test_operators_in_spanish(query: str, said: str) -> None:
    assert meets(query, said)


def test_operators_in_spanish_tell_things_apart() -> None:
    assert not meets("redada Y detenido", "Una redada.")
    assert not meets("redada NO hockey", "Una redada junto a la pista de hockey.")
    assert meets("no kings", "A rally called No Kings.")  # as a word, where it is no operator
    with pytest.raises(QueryError, match="only what to leave out"):
        parse("NO KINGS", NoPlaces())


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("wal\u00adtham", "Waltham"), ("waltham", "Wal\u00adtham"), ("\ufeffraid", "raid"), ("raid\u200b", "raid"),
        ("wal\u2060tham", "Waltham"), ("detained", "de\u200btained"), ('"car\u00adwash"', "car\u200dwash"),
        ("\u200eraid", "raid"),
        ("raid\u00a0mill", "a mill raid"), ('"moody\u202fstreet"', "Moody Street"),
    ],
)  # fmt: skip
def test_what_nobody_sees_does_not_matter(query: str, said: str) -> None:
    assert meets(query, said)


@pytest.mark.parametrize("asked", ["US", "U.S.", "=US", "U.S", "us", "U. S.", '"US"'])
@pytest.mark.parametrize("printed", ["US", "U.S.", "U. S.", "U.S"])
def test_initials_with_and_without_points_are_one_word(asked: str, printed: str) -> None:
    assert meets(f'"{asked} marshals"' if " " in asked else asked, f"The {printed} marshals came.")


@pytest.mark.parametrize(
    ("query", "said", "expected"),
    [
        ("I.C.E.", "ICE came", True), ("ICE", "I.C.E. came", True), ("=ICE", "I.C.E. came", True),
        ("I.C.E.", "black ice", False),
        ("U.S.", "They told us", False), ("p.m.", "at 7 PM", True), ('"U.S. Marshals"', "US Marshals", True),
        ('"US Marshals"', "U.S. Marshals", True), ("D.H.S.", "the DHS's", True), ("EEUU", "en EE. UU.", True),
        ("EE.UU.", "EE. UU.", True),
        ("J.D. Vance", "JD Vance", True), ("D.C.", "Washington, D.C.-based", True), ("a.m", "t.co/a.main", False),
    ],
)  # fmt: skip
def test_initials(query: str, said: str, expected: bool) -> None:
    assert meets(query, said) is expected


@pytest.mark.parametrize("asked", ["hawaii", "hawai'i", "hawaiʻi", "Hawai‘i", "hawai’i", "HAWAI`I", "Hawaiʼi"])
@pytest.mark.parametrize("printed", ["Hawaiʻi", "Hawai‘i", "Hawai'i", "Hawaii", "Hawai’i", "Hawai`i", "HAWAIʻI"])
def test_each_spelling_of_hawaii_finds_each(asked: str, printed: str) -> None:
    assert meets(asked, f"Agents came to {printed} on Monday.")
    assert meets(f'"came to {asked}"', f"Agents came to {printed}’s courts.")


def test_title_is_the_headline_only() -> None:
    assert meets("title:raid mill", "At the mill.", "Raids in Waltham")
    assert not meets("title:raid", "A raid.", "Three held")
    assert meets("title:(raid OR redada) -title:hockey", "hockey", "Una redada")
    assert meets("title:'Moody Street'", "", "Raid on Moody Street")
    assert meets("title:det*d title:=ICE", "", "ICE: two detained")
    assert not meets("title:=ICE", "ICE came", "Ice on the road")
    assert meets("title:agents NEAR/2 title:held", "", "Agents say two held")
    assert not meets("title:agents NEAR/2 title:held", "Agents held two.", "Agents came")


def test_a_title_says_so_in_its_terms() -> None:
    hit = parse("title:raid", NoPlaces()).match(document("", "A raid"))
    assert hit is not None
    assert [term.code for term in hit.terms] == ["term_title"]


@pytest.mark.parametrize(
    ("near", "places", "expected"),
    [
        ("02453 25mi", [WALTHAM], True),
        ("02453 25 miles", [Place("Boston", "city", "Suffolk County", "MA")], True),
        ("02453, 25mi", [Place("Worcester", "city", "Worcester County", "MA")], False),
        ("02453 40mi", [Place("Worcester", "city", "Worcester County", "MA")], True),
        ("02453 40km", [Place("Worcester", "city", "Worcester County", "MA")], False),
        ("Waltham, MA 10 km", [Place("Newton", "city", "Middlesex County", "MA")], True),
        ("Waltham, MA 30mi", [Place("Middlesex County", "county", "Middlesex County", "MA")], True),
        ("Waltham, MA 500mi", [Place("Massachusetts", "state", "", "MA")], False),
        ("Waltham, MA 60mi", [Place("Nashua", "city", "Hillsborough County", "NH")], True),
        ("Kāneʻohe, HI 20mi", [Place("Honolulu", "city", "Honolulu County", "HI")], True),
        ("02453 25 millas", [Place("Los Angeles", "city", "Los Angeles County", "CA"), WALTHAM], True),
        ("02453 25mi", [], False),
    ],
)  # fmt: skip
def test_near_is_a_distance_from_the_place_of_the_event(
    near: str, places: list[Place], expected: bool, gazetteer: Gazetteer
) -> None:
    assert (parse(f'near:"{near}"', gazetteer).match(at(*places)) is not None) is expected


@pytest.mark.parametrize(
    ("office", "place", "expected"),
    [
        ("office:Boston", WALTHAM, True),
        ("office:boston", Place("Maine", "state", "", "ME"), True),
        ("office:Buffalo", Place("Albany", "city", "Albany County", "NY"), True),
        ('office:"New York"', Place("Albany", "city", "Albany County", "NY"), False),
        ('office:"New York City"', Place("Yonkers", "city", "Westchester County", "NY"), True),
        ("office:Buffalo", Place("New York", "state", "", "NY"), False),
        ('office:"St Paul"', Place("Omaha", "city", "Douglas County", "NE"), True),
        ('office:"Washington, D.C."', Place("Fairfax", "city", "", "VA"), True),
        ('office:"Harlingen"', Place("Brownsville", "city", "Cameron County", "TX"), True),
        ('office:"San Antonio"', Place("Brownsville", "city", "Cameron County", "TX"), False),
        ('office:"Salt Lake"', Place("Helena", "city", "Lewis and Clark County", "MT"), True),
    ],
)  # fmt: skip
def test_office_is_the_area_of_a_field_office(office: str, place: Place, expected: bool) -> None:
    assert (parse(office, NoPlaces()).match(at(place)) is not None) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("since:2026-03-09", True), ("since:2026-03-10", False), ("after:2026-03-08", True),
        ("after:2026-03-09", False),
        ("before:2026-03-10", True), ("before:2026-03-09", False), ("since:2026-03", True), ("after:2026-03", False),
        ("before:2026-04", True), ("before:2026-03", False), ("since:2026", True), ("since:3/9/2026", True),
        ("since:1d", True), ("since:today", False), ("since:yesterday", True), ("before:1w", False),
        ("since:2weeks", True),
        ('since:"2 semanas"', True), ("since:ayer", True), ("after:7d before:today", True), ("since:1m", True),
        ("-before:2026-03-09 agents", True),
    ],
)  # fmt: skip
def test_days(query: str, expected: bool) -> None:
    published = replace(document("Agents came."), published_at=datetime(2026, 3, 9, 23, 0, tzinfo=UTC))
    assert (parse(query, NoPlaces(), today=date(2026, 3, 10)).match(published) is not None) is expected
    assert parse(query, NoPlaces(), today=date(2026, 3, 10)).match(document("Agents came.")) is None or query[0] == "-"


def test_an_unknown_outlet_is_a_mistake_for_who_writes_it_and_none_later() -> None:
    known = {"wbur": "WBUR", "charles-river-ledger": "The Charles River Ledger"}
    for text in ("source:wbur", "source:WBUR", 'source:"the charles river ledger"'):
        parse(text, NoPlaces(), sources=known)
    with pytest.raises(QueryError, match="No outlet is called “wubr”") as caught:
        parse("raid source:wubr", NoPlaces(), sources=known)
    assert caught.value.suggestion == "source:wbur"
    with pytest.raises(QueryError) as caught:
        parse("source:ledger", NoPlaces(), sources=known)
    assert caught.value.suggestion == "source:charles-river-ledger"
    parse("source:closed-long-ago", NoPlaces())


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("raid state:New York", 'state:"New York"'),
        ("place:Waltham, MA", 'place:"Waltham, MA"'),
        ("county:Essex, MA raid", 'county:"Essex, MA"'),
        ("office:San Francisco", 'office:"San Francisco"'),
        ("near:02453 25mi", 'near:"02453 25mi"'),
    ],
)
def test_forgotten_quotes_are_told(text: str, suggestion: str, gazetteer: Gazetteer) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, gazetteer)
    assert caught.value.suggestion == suggestion
    parse(suggestion, gazetteer)


@pytest.mark.parametrize(
    "text",
    ["place:Springfield", "place:Walthm", "county:Essex", "state:Masachusetts",
    'near:"Springfield 20mi"', 'near:"Texas 5mi"',
     "place:99999", "office:Bostn", "kind:arrested", "lang:spanish", "state:XX", 'place:"Kaneohee, HI"',
     'place:"Boston, Suffolk, NH"', "place:Portland", 'near:"Portland 20km"', "place:Washington,Warren,NY"],
)  # fmt: skip
def test_what_an_error_suggests_is_read(text: str, gazetteer: Gazetteer) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, gazetteer)
    for suggestion in caught.value.suggestion.split(" or "):
        parse(suggestion, gazetteer)
