"""What storing an article changes: values only, no database."""

from datetime import timedelta

import pytest

from alerts.locale import in_words
from crawler.grouping.copies import fingerprint
from crawler.model import Why
from crawler.model.story import Article
from crawler.store.deciding import AddingIntent, Basis, KnownVersion, decide_adding
from crawler.store.developing import KnownReport, KnownStory, developed
from crawler.text.moments import Moment
from tests.makers.making import BODY, NOON, article

ARREST = "ICE arrests two bakers in Waltham"
ARREST_TEXT = """\
Federal immigration agents arrested two bakers on Moody Street in Waltham on Monday morning, the owner said.
Their lawyer, Tobias Achebe, said she did not know where they were held. A hearing is scheduled for Friday."""
BOND = "Judge orders two Waltham bakers released on bond"
BOND_TEXT = """\
A federal judge in Boston on Friday ordered that two bakers arrested by ICE in Waltham be released on bond.
They walked out of the jail in Plymouth in the evening, their lawyer said."""
TOLD = KnownStory(7, version=3, reports=(KnownReport(ARREST, ARREST_TEXT, Moment(NOON)),))


def bond(days: float = 4) -> Article:
    return article("bond", title=BOND, text=BOND_TEXT, published_at=NOON + timedelta(days=days))


def version(title: str, text: str) -> KnownVersion:
    return KnownVersion(1, title, text, "")


def test_an_article_that_opens_a_story_brings_its_passages_and_develops_nothing() -> None:
    new = article("raid")
    assert decide_adding(Basis(), new, False, NOON) == AddingIntent(fingerprint(new.title, new.text))


def test_a_report_that_tells_more_develops_the_story_it_joins() -> None:
    intent = decide_adding(Basis(None, TOLD), bond(), False, NOON)
    assert (intent.change, intent.story) == (Why(), {"developed_at": NOON, "development": BOND})


def test_a_copy_develops_nothing() -> None:
    assert decide_adding(Basis(None, TOLD), bond(), True, NOON).story == {}


@pytest.mark.parametrize(("days", "develops"), [(-3, False), (-0.01, False), (0, True), (4, True)])
def test_what_was_published_before_a_known_report_develops_nothing(days: float, develops: bool) -> None:
    assert bool(developed(TOLD, bond(days), NOON)) is develops


def test_a_known_report_without_a_date_keeps_nothing_out() -> None:
    undated = KnownStory(7, reports=(KnownReport(ARREST, ARREST_TEXT),))
    assert developed(undated, bond(-30), NOON)["development"] == BOND


@pytest.mark.parametrize("text", [BODY, f"{BODY}\n", BODY.replace(" on Monday,", ", on Monday,")])
def test_the_same_text_and_a_trivial_edit_are_to_write_nothing(text: str) -> None:
    known = version(article("raid").title, BODY)
    assert decide_adding(Basis(known, TOLD), article("raid", text=text), False, NOON) == AddingIntent()


def test_a_new_version_brings_what_changed_and_new_passages_for_the_old() -> None:
    later = f"{BODY}\nOne of the two was released on Tuesday after a hearing in Boston, his lawyer said by telephone."
    new = article("raid", text=later)
    intent = decide_adding(Basis(version(new.title, BODY), KnownStory(7)), new, False, NOON)
    assert "released on Tuesday" in in_words(intent.change)
    assert [words for kind, words in intent.diff if kind == "-"] == []
    assert any("released on Tuesday" in words for kind, words in intent.diff if kind == "+")
    assert (intent.old_passages, intent.passages) == (fingerprint(new.title, BODY), fingerprint(new.title, later))


def test_a_new_version_is_held_against_the_other_reports_and_the_last_version() -> None:
    new = article("arrest", title=BOND, text=f"{BOND_TEXT}\n{ARREST_TEXT}")
    alone = KnownStory(7)
    assert decide_adding(Basis(version(ARREST, ARREST_TEXT), alone), new, False, NOON).story["development"] == BOND
    known = KnownStory(7, reports=(KnownReport(BOND, BOND_TEXT),))
    assert decide_adding(Basis(version(ARREST, ARREST_TEXT), known), new, False, NOON).story == {}


def test_a_reworded_development_keeps_its_time() -> None:
    story = KnownStory(7, development=BOND, reports=TOLD.reports)
    again = article("bond", title="Waltham bakers held by ICE are granted bond by judge", text=BOND_TEXT)
    assert developed(story, again, NOON, (BOND, BOND_TEXT)) == {"development": again.title}


def test_a_text_that_could_be_read_at_last_is_no_development() -> None:
    basis = Basis(version(ARREST, ""), TOLD)
    intent = decide_adding(basis, article("bakers", title=ARREST, text=ARREST_TEXT), False, NOON)
    assert (intent.change.code, intent.diff, intent.story) == ("text_had", [], {})
    assert intent.passages == fingerprint(ARREST, ARREST_TEXT)
