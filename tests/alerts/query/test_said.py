"""What is wrong with a query is said in the language of its reader, and the query in it stays as it is."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import alerts.query
from alerts.locale import Saying
from alerts.locale.translation import LANGUAGES
from alerts.query.query import parse
from alerts.query.tokens import QueryError
from crawler.places.gazetteer import Gazetteer
from crawler.topic.choice import VARIABLE

EVICTIONS = Path(__file__).parents[3] / "docs" / "evictions"
TODAY = date(2026, 3, 10)
OUTLETS = {"bear-hill-post": "Bear Hill Post"}
WRONG = (
    'raid "Moody Street', "portland, OR", "raid *", "raid - hockey", "a" * 4001, "raid)", "?! ,", "-hockey", "raid OR",
    "OR raid", "raid AND", "redada O", "raid -hockey OR rink", "raid NEAR bakery", "raid NEAR/5 -bakery",
    "raid --hockey", "NEAR/5 raid", "(" * 30 + "raid" + ")" * 30, "(raid", "raid ()", "raid or mill",
    "redada o detenido", "raid not hockey", 'raid ""', "=ICE*", "r*", "de*t*a*i*n", "raid foo:bar", "raid title:",
    "raid kind:", "place:Waltham, MA", "place:Springfield", "place:Walthm", 'county:"Waltham, MA"',
    "state:Masachusetts", 'near:"02453"', 'near:"02453 900mi"', 'near:"Texas 5mi"', 'near:"Springfield 20mi"',
    "office:Bostn", "source:wubr", "lang:spanish", "kind:arrested", "since:7d", "since:someday",
)  # fmt: skip


def wrong(text: str, gazetteer: Gazetteer, today: date | None = None) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, gazetteer, OUTLETS, today)
    return caught.value


def sentences(saying: Saying) -> set[str]:
    """A sentence and those in it."""
    inner = [sentences(value) for value in saying.filled.values() if isinstance(value, Saying)]
    return {saying.sentence}.union(*inner)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("text", WRONG)
def test_an_error_is_said_in_another_language_with_the_same_filled_in(
    text: str, language: str, gazetteer: Gazetteer
) -> None:
    error = wrong(text, gazetteer)
    assert (error.said("en"), error.suggested("en")) == (error.message, error.suggestion)
    assert error.said(language) != error.message
    for filled in map(str, error.problem.filled.values()):
        assert filled in error.message
        assert filled in error.said(language)
    assert "%(" not in error.message + error.said(language) + error.suggestion + error.suggested(language)


def test_every_sentence_that_a_query_may_be_answered_with_is_tried_here(
    gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = [*(wrong(text, gazetteer) for text in WRONG), wrong("since:someday", gazetteer, TODAY)]
    monkeypatch.setenv(VARIABLE, str(EVICTIONS))
    errors.append(wrong("office:Boston", gazetteer))
    tried = set().union(*(sentences(error.problem) | sentences(error.instead) for error in errors))
    folder, keywords = Path(alerts.query.__file__).parent, dict.fromkeys(("saying", "marked"))
    methods = [("misses.py", "ignore"), ("**.py", "python")]  # what a story lacks is tried in test_misses.py
    marked = {message for _, _, message, _, _ in extract_from_dir(folder, methods, keywords=keywords)}
    assert marked == {sentence for sentence in tried if re.search(r"[a-z]{2}", re.sub(r"%\(\w+\)s", "", sentence))} - {
        "%(one)s or %(other)s"  # of alerts/locale
    }


def test_what_is_asked_for_stays_as_it_is_and_the_words_around_it_do_not(gazetteer: Gazetteer) -> None:
    error = wrong("raid AND", gazetteer)
    assert error.said("es") == "“AND” une dos cosas"
    assert error.suggested("es") == 'raid AND waltham, o bien "AND"'
    assert wrong("since:someday", gazetteer, TODAY).suggested("es") == "since:2026-03-01 o since:7d"
    assert wrong("OR raid", gazetteer).suggested("es") == '"OR" para buscar la palabra'
    assert " o place:" in wrong("place:Springfield", gazetteer).suggested("es")


@pytest.mark.parametrize("text", ["Unsubscribe)", "100%s)", "foo:%d", "kind:50%", "source:%"])
def test_what_a_reader_writes_is_no_sentence_of_ours(text: str, gazetteer: Gazetteer) -> None:
    error = wrong(text, gazetteer)
    written = text.rstrip(")").partition(":")[2] or text.rstrip(")")
    assert written in error.said("es") + error.suggested("es")
    assert written in str(error)
