"""A quiet line on who acted and on whose word, where more is known than that ICE did it; and what two kinds change."""

from dataclasses import replace
from typing import Any

import pytest

from alerts.digest.importance import importance
from alerts.digest.story import MatchedStory
from tests.makers.documents import NOW, a_digest, a_story, digest_mail_of
from tests.makers.mailing import parts


def told(language: str = "en", **facts: Any) -> tuple[str, str]:
    """A mail's text and HTML, with one story of such facts."""
    return parts(digest_mail_of(replace(a_digest(a_story(1, **facts)), language=language)))


def test_who_acted_and_on_whose_word_is_said_in_one_line() -> None:
    for shown in told(actors=("ice", "hsi"), said_by=("officials", "witnesses")):
        assert "Who acted: ICE and HSI; on the word of officials and witnesses" in shown


def test_of_which_one_is_known_the_other_is_left_out() -> None:
    assert "Who acted: Border Patrol or CBP\n" in told(actors=("cbp",))[0]
    assert "On the word of family\n" in told(said_by=("family",))[0]


def test_a_spanish_reader_reads_it_in_spanish() -> None:
    text, _ = told("es", actors=("ice",), said_by=("family", "court"))
    assert "Quién actuó: ICE; según familiares y documentos judiciales" in text


@pytest.mark.parametrize("facts", [{}, {"actors": ("ice",)}, {"kind": "policy", "said_by": ("officials",)}])
def test_what_helps_nobody_is_not_said(facts: dict[str, Any]) -> None:
    text, _ = told("en", **facts)
    assert "Who acted" not in text
    assert "word of" not in text


def test_a_second_kind_that_is_grave_moves_a_story_up_but_less_than_the_main_one() -> None:
    def weight(**facts: Any) -> float:
        return importance(story(**facts), NOW)

    assert weight(kind="protest", second_kind="shooting") > weight(kind="protest")
    assert weight(kind="shooting", second_kind="protest") > weight(kind="protest", second_kind="shooting")


def story(**facts: Any) -> MatchedStory:
    return a_story(1, **facts)
