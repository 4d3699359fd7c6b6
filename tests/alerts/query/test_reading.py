"""A query in plain words, in English and Spanish."""

import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from alerts.query.query import parse
from alerts.query.reading import read_back
from crawler.changes.phrases import phrases
from crawler.places import Gazetteer

CATALOGUES = {
    language: tomllib.loads(files("alerts.locale").joinpath(f"reading_{language}.toml").read_text("utf-8"))
    for language in ("en", "es")
}


@pytest.mark.parametrize(
    ("query", "english", "spanish"),
    [
        ("", "every story about ICE", "todas las noticias sobre ICE"),
        ('raid near:"Waltham, MA 25mi" -hockey',
         "stories that mention raid (raids, raided, raiding), within 25 miles of Waltham, MA, but not hockey",
         "noticias que mencionan raid (raids, raided, raiding), a no más de 25 millas de Waltham, MA, pero no hockey"),
        ('near:"02453 10km"', "stories within 10 kilometers of ZIP code 02453",
         "noticias a no más de 10 kilómetros de código postal 02453"),
        ("redada detenido", "stories that mention redada (redadas) and detenido (detenida, detenidas, detenidos)",
         "noticias que mencionan redada (redadas) y detenido (detenida, detenidas, detenidos)"),
        ("state:MT kind:raid lang:es", "stories in Montana, about raids, in Spanish",
         "noticias en Montana, sobre redadas, en español"),
        ('=ICE "Moody Street" OR detain*',
         "stories that mention ICE (only written so) and “Moody Street” or words that begin with detain",
         "noticias que mencionan ICE (solo escrito así) y “Moody Street” o palabras que empiezan con detain"),
        ("title:ICE source:wbur office:Boston",
         "stories with ICE in the headline, from wbur, in the area of the Boston field office",
         "noticias con ICE en el titular, de wbur, en el área de la oficina regional de Boston"),
        ("ICE NEAR/5 (waltham OR worcester)",
         "stories that mention ICE and waltham or worcester within 5 words of each other",
         "noticias que mencionan ICE y waltham o worcester a no más de 5 palabras de distancia"),
        ("waltham since:2026-03-01", "stories that mention waltham, published on 2026-03-01 or later",
         "noticias que mencionan waltham, publicadas el 2026-03-01 o después"),
        ('waltham OR place:"Waltham, MA"', "stories mentioning waltham or in Waltham, MA",
         "noticias que mencionan waltham o en Waltham, MA"),
        ("ICE -(hockey rink) -kind:policy", "stories that mention ICE, but not (hockey and rink (rinks)) "
         "or about policy",
         "noticias que mencionan ICE, pero no (hockey y rink (rinks)) o sobre políticas"),
        ("det*n", "stories that mention words like det*n", "noticias que mencionan palabras como det*n"),
        ("waltham OR (worcester state:MA)", "stories mentioning waltham or (mentioning worcester, in Massachusetts)",
         "noticias que mencionan waltham o (que mencionan worcester, en Massachusetts)"),
        ("ICE before:2026", "stories that mention ICE, published on 2025-12-31 or earlier",
         "noticias que mencionan ICE, publicadas el 2025-12-31 o antes"),
        ("ICE NEAR/3 van NEAR/1 court", "stories that mention ICE, van (vans) and court "
         "(courts, courted, courting), each at most 3, 1 words from the next", ""),
    ],
)  # fmt: skip
def test_a_query_reads_as_a_sentence(query: str, english: str, spanish: str, gazetteer: Gazetteer) -> None:
    asked = parse(query, gazetteer, today=date(2026, 3, 10))
    assert read_back(asked) == english
    assert not spanish or read_back(asked, "es") == spanish
    assert read_back(asked, "ht") == english


def test_of_many_forms_a_few_are_said(gazetteer: Gazetteer) -> None:
    said = read_back(parse("detener", gazetteer))
    assert said.endswith(" …)")
    assert said.count(",") == 7


def test_both_languages_have_all_phrases_and_every_phrase_is_used() -> None:
    english, spanish = CATALOGUES["en"], CATALOGUES["es"]
    assert english.keys() == spanish.keys()
    assert english["languages"].keys() == spanish["languages"].keys()
    assert english["figures"].keys() == spanish["figures"].keys() == {kind for kind, _ in phrases().counted}
    assert english["acts"].keys() == spanish["acts"].keys() == {"hearing", "meeting", "vote"}
    for code, phrase in english.items():
        if isinstance(phrase, str):
            assert set(re.findall(r"{(\w+)", phrase)) == set(re.findall(r"{(\w+)", spanish[code])), code
    users = ("alerts/query/reading.py", "alerts/matching/periods.py")
    code = "".join((Path(__file__).parents[3] / user).read_text("utf-8") for user in users)
    fields = {"mi", "km", "source", "lang", "kind", "languages", "figures", "acts"}
    assert [name for name in english if f'"{name}"' not in code and name not in fields] == []
