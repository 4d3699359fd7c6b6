"""Is a story about ICE activity: verdicts, kinds, evidence, the gate, and a topic file that is wrong."""

import html
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.topic.choice import SHIPPED, chosen
from crawler.topic.finder import expand
from crawler.topic.terms import TopicError, load_terms
from crawler.topic.topic import Topic

FILE = SHIPPED / "terms.toml"
WRITTEN = FILE.read_text(encoding="utf-8")
TERMS = load_terms(FILE)
TOPIC = chosen().topic
DECISIVE = [t for g in TERMS.groups if g.role in ("agency", "ice", "act") for w in g.terms for t in expand(w)]
FILLER = "The select board met on Tuesday about the new library roof and the price of road salt.\n"


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("ICE agents arrest four at Waltham car wash", "", "arrest"),
        (
            "Agents raid Fitchburg bakery",
            "ICE raided a bakery on Water Street. Immigration agents took nine workers.",
            "raid",
        ),
        ("Honduran man dies in ICE custody in Plymouth", "", "death"),
        ("Driver shot by ICE officer in Aurora", "", "shooting"),
        ("Hundreds protest ICE outside Burlington office", "", "protest"),
        ("Judge orders ICE to free Lowell father", "A federal judge ruled on Friday.", "court"),
        ("Sheriff ends 287(g) program in Frederick County", "", "287g"),
        ("ICE officers deploy to Dayton airport", "", "deployment"),
        ("Framingham church cook deported to Guatemala", "", "deportation"),
        ("Jail signs contract to hold immigration detainees", "", "detention"),
        ("Salinas weighs becoming a sanctuary city", "", "policy"),
        ("Una redada de la migra deja ocho detenidos en Chelsea", "", "raid"),
        ("Doce migrantes fueron detenidos en Everett", "Agentes federales de inmigración llegaron al alba.", "arrest"),
    ],
)
def test_a_story_about_what_the_agency_does_is_activity_of_its_kind(title: str, text: str, kind: str) -> None:
    verdict = TOPIC.judge(title, text, "es" if "ñ" in title or "detenidos" in title else "en")
    assert verdict.label == "activity"
    assert kind in chosen().kinds.told(title, text)
    assert verdict.score >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Federal immigration agents took two roofers from a job in Nashua. Neighbors filmed the immigration agents.",
        "Three women have spent a month in immigration detention in Dover. The immigration detainees lack medicine.",
    ],
)
def test_a_story_that_never_writes_ice_is_still_activity(text: str) -> None:
    assert TOPIC.judge("Families wait for word", text).label == "activity"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("POND ICE UNSAFE, WARDENS WARN", "The warden says the pond ice is thin."),
        ("BLACK ICE CLOSES ROUTE 2", ""),
        ("Bruins leave it all on the ice", "The hockey team skated past Albany."),
        ("Ice cream shop opens in Keene", ""),
        (
            "ICE shares climb",
            "Intercontinental Exchange, owner of the NYSE, said futures volume rose. Traders cheered.",
        ),
        ("Why ICE cars still outsell EVs in Ohio", "Hybrid and electric vehicle sales rose."),
        ("Deportes: los Tigres ganan otra vez", "El equipo deportivo celebra."),
        ("Vanilla Ice to headline county fair", ""),
        ("Library gets a new roof", FILLER),
        ("", ""),
    ],
)
def test_every_other_ice_is_none(title: str, text: str) -> None:
    assert TOPIC.judge(title, text).label == "none"


def test_an_all_capitals_headline_needs_support() -> None:
    assert TOPIC.judge("ICE IN TOWN THIS WEEK", "").label == "none"
    assert TOPIC.judge("ICE IN TOWN THIS WEEK", "Immigration agents were seen in Quincy.").label == "activity"


def test_capital_ice_in_a_mixed_case_headline_is_the_agency() -> None:
    assert TOPIC.judge("Addison County ends its deal with ICE", "").label == "activity"


def test_in_german_the_bare_word_is_a_train() -> None:
    assert TOPIC.judge("Mit dem ICE nach Ulm", "", "de").label == "none"


def test_a_passing_word_late_in_a_long_story_is_a_mention() -> None:
    late = FILLER * 30 + "One speaker asked about ICE agents."
    verdict = TOPIC.judge("Board approves library roof", late)
    assert verdict.label == "mention"


def test_the_same_sentence_weighs_more_in_the_lead_than_in_the_tail() -> None:
    said = "Immigration agents were in Gardner.\n"
    first = TOPIC.judge("Gardner notes", said + FILLER * 30).score
    last = TOPIC.judge("Gardner notes", FILLER * 30 + said).score
    assert first > last > 0


@pytest.mark.parametrize(
    "title",
    [
        "Morning briefing: library roof, school lunch",
        "Council backs new library roof. ICE arrests two men in Salem. Bruins win in a late comeback.",
    ],
)
def test_a_roundup_is_at_most_a_mention(title: str) -> None:
    text = "ICE agents arrested two men in Salem. ICE officers declined to comment.\n" + FILLER
    assert TOPIC.judge(title, text).label == "mention"


@pytest.mark.parametrize(
    "title",
    [
        "Border Patrol agents stop bus of migrants in Bangor",
        "Senate fails to pass Homeland Security funding as ICE fight drags on",
        "Homeland Security Investigations seizes counterfeit jerseys, immigration office says",
    ],
)
def test_a_neighbours_story_is_near(title: str) -> None:
    assert TOPIC.judge(title, "").label == "near"


def test_another_countrys_deportations_are_not_ours_unless_the_agency_is_named() -> None:
    assert TOPIC.judge("Canada Border Services deported 40 from Toronto", "").label == "none"
    assert TOPIC.judge("Toronto man deported by ICE", "").label == "activity"


def test_a_text_that_opens_with_the_agency_is_about_it() -> None:
    early = "Immigration agents came to Gardner on Monday, as the mayor spoke of roofs, salt and the new library."
    late = (
        "The mayor spoke of roofs, salt, plows, the library, the budget, the new school, the old school, the bridge, \
and said that Gardner had seen immigration agents."
    )
    assert TOPIC.judge("Gardner notes", early).label == "activity"
    assert TOPIC.judge("Gardner notes", late).label == "mention"


def test_a_title_of_an_arrest_makes_more_of_the_text() -> None:
    text = FILLER[:-1] + "\nNeighbors filmed the immigration agents."
    assert TOPIC.judge("Roofer arrested in Gardner", text).score > TOPIC.judge("Gardner notes", text).score


@pytest.mark.parametrize(
    "title", ["Voters talk rents, ICE and bike lanes", "Candidates spar over rents, schools and ICE"]
)
def test_ice_as_an_item_of_a_list_is_a_mention(title: str) -> None:
    assert TOPIC.judge(title, "").label == "mention"


def test_another_crime_speaks_against_a_story_unless_the_agency_is_named() -> None:
    assert TOPIC.judge("Federal agents detain three in Lynn fentanyl ring", "").label == "none"
    named = TOPIC.judge("ICE agents detain three in Lynn fentanyl ring", "")
    assert named.label == "activity"
    assert all(e.weight > 0 for e in named.evidence)


@pytest.mark.parametrize(
    ("title", "near"),
    [
        ("ICE gets $9 billion more for agents", True),
        ("ICE director to step down in May", True),
        ("Border Patrol agents arrest nine at Derby farm", True),
        ("Border Patrol finds lost hikers near Derby", False),
    ],
)
def test_two_terms_together_make_a_neighbours_story_near(title: str, near: bool) -> None:
    assert (TOPIC.judge(title, "").label == "near") is near


def test_the_evidence_carries_term_place_weight_and_sentence() -> None:
    verdict = TOPIC.judge("Raid in Lynn", "It was cold. ICE agents took two men. Immigration agents left by noon.")
    assert [(e.term, e.where, e.sentence) for e in verdict.evidence] == [
        ("ICE agents", "text", "ICE agents took two men.")
    ]


def test_evidence_against_is_told_too() -> None:
    verdict = TOPIC.judge("New anti-ICE playlist tops local radio poll", "")
    assert verdict.label == "mention"
    assert [(e.term, e.where, e.weight > 0) for e in verdict.evidence] == [
        ("anti-ICE", "title", True),
        ("playlist", "title", False),
    ]


@given(st.text(), st.text(), st.sampled_from(["en", "es", "ht", ""]))
def test_any_text_gets_a_verdict_and_always_the_same(title: str, text: str, language: str) -> None:
    verdict = TOPIC.judge(title, text, language)
    assert 0 <= verdict.score < 1
    assert (verdict.score >= 0.5) == (verdict.label == "activity")
    assert verdict == TOPIC.judge(title, text, language)


def test_no_stem_holds_a_mark_that_pages_write_in_several_ways() -> None:
    """An apostrophe is ' or ’ or a reference in a page's bytes."""
    assert not [stem for stem in TERMS.stems if set(stem) & set("'’\"&<>")]


@given(st.sampled_from(DECISIVE), st.sampled_from([str.lower, str.upper, str.title]), st.text(max_size=40))
def test_the_gate_never_loses_a_term(term: str, spell: Callable[[str], str], around: str) -> None:
    spelled = spell(term.replace("*", "")).replace("ice", "ICE")
    assert TOPIC.gate(f"<p class=x>{html.escape(around)} <b>{html.escape(spelled)}</b>,{html.escape(around)}</p>")


@pytest.mark.parametrize(
    "page",
    [
        "<p>Centro de inmigraci&oacute;n</p>",
        "<p>deportaci&#243;n</p>",
        '{"body":"\\u003cp\\u003eICE came"}',
        '{"body":"one\\nICE came"}',
        "<b>I.C.E.</b>",
        "<b>i.c.e.</b>",
        "<h1>Ice agents in Derry</h1>",
    ],
)
def test_the_gate_reads_entities_and_escapes(page: str) -> None:
    assert TOPIC.gate(page)


@pytest.mark.parametrize("page", ["", "<p>Service notice: police OFFICES move; nice juice</p>", FILLER, "xICE ICEBERG"])
def test_the_gate_stops_a_page_without_any_term(page: str) -> None:
    assert not TOPIC.gate(page)


def test_hits_are_the_places_of_terms_in_raw_bytes() -> None:
    raw = b"<p>ICE raid, Deported, PRICES, i.c.e.</p>"
    assert sorted(TOPIC.hits(raw, raw.lower())) == [raw.index(word) for word in (b"ICE", b"Deported", b"i.c.e.")]


def test_a_rough_reading_promises_what_its_best_title_does() -> None:
    text = "ICE agents took two men.\n" + FILLER * 3
    assert TOPIC.promise(["Library roof", "ICE raid in Lynn"], text) == TOPIC.promise(["ICE raid in Lynn"], text)
    assert TOPIC.promise(["ICE raid in Lynn"], text) > TOPIC.promise(["Library roof"], text) >= 0.5
    assert TOPIC.promise([], text) == 0.0


@pytest.mark.parametrize(
    "title", ["Morning briefing: library roof, school lunch", "New anti-ICE playlist tops local radio poll"]
)
def test_only_the_title_speaks_against_a_rough_reading(title: str) -> None:
    assert TOPIC.promise([title], "") < 1
    assert TOPIC.promise(["Raid in Lynn"], f"{title}\nICE agents took two men.") > TOPIC.promise([title], "")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("activity = 1.0", 'activity = "one"', "[lines] activity: expected a number"),
        ("near = 0.7", "nearly = 0.7", "[lines] nearly: expected only activity, near"),
        ('role = "bare"', 'role = "snow"', "[group.ice] role: expected one of agency"),
        ('kind = "287g"', 'kind = "287h"', "[group.agreement] kind: expected one of 287g"),
        ('terms = ["ICE"]', "terms = []", "[group.ice] terms: expected a list"),
        ('terms = ["ICE"]', 'terms = ["national troops"]', "'national troops' holds no stem"),
        ('terms = ["ICE"]', 'terms = ["ICE", "mass deportation*"]', "'mass deportation*' is already in [group.ice]"),
        ('groups = ["person", "arrest"]', 'groups = ["person", "arrests"]', "[pair 1] groups: expected the names"),
        ('"migra", "deport"', '"inmigració", "deport"', "[gate] stems: 'inmigració'"),
        ('role = "near"\nweight = 0.4', 'role = "next"\nweight = 0.4', "role: expected one of agency"),
        ("[kinds]", "[sorts]", "[the file] sorts: expected only"),
        ("[lines]", "[lines", "expected the terms of a topic"),
    ],
)
def test_a_wrong_file_is_told_by_file_table_key_and_expectation(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in WRITTEN
    path = tmp_path / "mine.toml"
    path.write_text(WRITTEN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TopicError) as error:
        Topic(load_terms(path))
    assert str(path) in str(error.value)
    assert told in str(error.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match=r"none\.toml"):
        Topic(load_terms(tmp_path / "none.toml"))
