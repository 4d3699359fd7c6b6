"""Which kind a story is: what somebody does in its headline, not what was before."""

import time
import tomllib
from pathlib import Path

import pytest

from crawler.topic.choice import chosen

HEADLINES = tomllib.loads(Path(__file__).with_name("kinds_of_headlines.toml").read_text("utf-8"))
TOLD = [
    ("ICE agents arrest three roofers in Lowell", "arrest"),
    ("Father of two taken by ICE outside Chelsea courthouse", "arrest"),
    ("Immigration agents detain Nashua barber at traffic stop", "arrest"),
    ("ICE raids two Brockton bakeries; a dozen workers led away", "raid"),
    ("ICE raid leaves 12 detained at New Bedford fish house", "raid"),
    ("Lawrence nurse released from ICE detention after nine weeks", "detention"),
    ("Detainees describe spoiled food at Strafford County jail", "detention"),
    ("Detention center in Central Falls fails inspection", "detention"),
    ("Detainee dies at Burlington ICE office", "death"),
    ("Man found dead in cell at ICE detention center in Georgia", "death"),
    ("Worcester mother deported to Guatemala", "deportation"),
    ("Deportation flights leave Hanscom twice a week", "deportation"),
    ("ICE agent shoots driver in Providence", "shooting"),
    ("Man shot by immigration officer in Manchester is named", "shooting"),
    ("Hundreds march against ICE raids in Burlington", "protest"),
    ("Students walk out to protest ICE arrests", "protest"),
    ("Protesters block van outside ICE office in Burlington", "protest"),
    ("Judge blocks ICE arrests at New Hampshire courthouses", "court"),
    ("Lawsuit says ICE held Dover man without a warrant", "court"),
    ("Portland man charged with assaulting ICE officer", "court"),
    ("City council votes to limit police cooperation with ICE", "policy"),
    ("House bill would ban masks for ICE agents", "policy"),
    ("Belknap sheriff signs 287(g) agreement with ICE", "287g"),
    ("More than 200 ICE agents arrive in Maine", "deployment"),
    ("ICE operation in Portland ends, mayor says", "deployment"),
    ("Fear of ICE keeps patients away from Lewiston clinic", "impact"),
    ("Restaurants on Essex Street lose customers as ICE fears spread", "impact"),
    ("ICE detiene a tres techadores en Lawrence", "arrest"),
    ("Se llevan a padre de familia frente a la escuela en Lynn", "arrest"),
    ("Redada en una panadería de Brockton deja doce detenidos", "raid"),
    ("Liberan a enfermera detenida por ICE en Lawrence", "detention"),
    ("Muere hombre bajo custodia de ICE en Georgia", "death"),
    ("Deportan a madre de Worcester a Guatemala", "deportation"),
    ("Agente de ICE dispara a conductor en Providence", "shooting"),
    ("Cientos marchan contra las redadas en Boston", "protest"),
    ("Jueza ordena frenar los arrestos en las cortes", "court"),
    ("El concejo aprueba ordenanza para limitar cooperación con ICE", "policy"),
    ("Llegan más de cien agentes de ICE a Portland", "deployment"),
    ("Miedo a ICE deja aulas vacías en Lewiston", "impact"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "kind"), TOLD)
def test_the_headline_says_who_does_what(title: str, kind: str) -> None:
    assert chosen().kinds.told(title, "")[0] == kind


@pytest.mark.parametrize("kind", HEADLINES)
def test_a_headline_is_of_its_kind(kind: str) -> None:
    told = chosen().kinds.told
    assert [title for title in HEADLINES[kind] if kind not in told(title, "")] == []


def test_nine_of_ten_headlines_are_mainly_of_their_kind() -> None:
    main = [chosen().kinds.told(title, "")[0] == kind for kind, titles in HEADLINES.items() for title in titles]
    assert sum(main) > 0.9 * len(main)


def test_a_story_has_at_most_two_kinds_the_main_one_first() -> None:
    told = chosen().kinds.told
    assert told("Judge blocks deportation of Lowell student", "") == ("court", "deportation")
    assert told("County votes to end ICE contract at Wyatt detention center", "") == ("policy", "detention")
    assert told("ICE arrests three in Lowell", "") == ("arrest",)


@pytest.mark.parametrize(
    "title",
    [
        "Mayor meets shop owners after ICE raid", "Since the ICE raid, a vigil every night",
        "Judge hears lawsuit over detention following ICE raid", "Tras la redada, vigilia en Lynn",
    ],
)  # fmt: skip
def test_a_raid_that_was_before_is_not_the_storys_kind(title: str) -> None:
    assert "raid" not in chosen().kinds.told(title, "")[:1]


def test_an_arrest_that_was_before_still_is_where_nothing_else_happens() -> None:
    assert chosen().kinds.told("Wife speaks of their children after arrest by ICE", "")[0] == "arrest"


def test_where_the_headline_says_nothing_the_text_does() -> None:
    text = "May 3, 9 a.m., State Street: caller reports men in vests. The men said they were ICE. One person taken."
    assert chosen().kinds.told("Police log", text)[0] == "arrest"


def test_a_story_in_which_nobody_does_anything_argues_about_enforcement() -> None:
    assert chosen().kinds.told("ICE and the rest of us", "") == ("policy",)


def test_the_border_patrol_is_a_kind_only_of_stories_beside_the_topic() -> None:
    title = "Border Patrol agents arrest four near Calais"
    assert chosen().kinds.told(title, "", near=True)[0] == "cbp"
    assert "cbp" not in chosen().kinds.told(title, "")


def test_each_kind_is_explained_in_one_sentence_that_the_docs_show() -> None:
    page = (Path(__file__).parents[3] / "docs/query-language.md").read_text("utf-8")
    for kind in chosen().kinds.all:
        assert kind.means.endswith(".")
        assert f"| `{kind.name}` | {kind.means} |" in page


@pytest.mark.parametrize(
    "text", ["1,2," * 500, "agents " * 280, "judge of " * 220, "arrested " + "'" * 1900, "12 " * 600]
)
def test_no_text_makes_it_slow(text: str) -> None:
    begun = time.process_time()
    chosen().kinds.told(text, "\n".join([text] * 6))
    assert time.process_time() - begun < 1
