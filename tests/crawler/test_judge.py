"""Whether a page that was looked at again is still the article."""

import pytest

from crawler.judge import is_still, judge
from crawler.places import Home, said_of, shipped
from crawler.topic.choice import chosen
from tests.makers.making import BODY, NOON, article

JUDGES = chosen(), shipped()
OTHER = (
    "The council met for three hours on the library roof, and put off the vote until a second estimate has come. " * 3
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("ICE detains two near Waltham courthouse: raid", BODY),
        ("A new headline over the same report", BODY + " More was said later."),
        ("ICE detains three near Waltham courthouse, mayor says", OTHER),
    ],
)
def test_the_same_address_with_its_text_or_its_headline_is(title: str, text: str) -> None:
    assert is_still(article(), article(title=title, text=text), declared=False)


def test_another_page_at_the_same_address_is_not() -> None:
    wall = article(title="Before you continue", text="Stories you missed: ICE agents raid a mill. " * 8)
    assert not is_still(article(), wall, declared=False)


def test_one_that_calls_itself_an_article_may_be_written_anew() -> None:
    assert is_still(article(), article(title="What we know on Tuesday", text=OTHER), declared=True)


def test_a_page_that_moved_must_say_the_text() -> None:
    assert is_still(article(), article("elsewhere", title="Moved"), declared=False)
    assert not is_still(article(), article("elsewhere", text=OTHER), declared=True)


def test_a_text_that_was_read_is_not_given_up_for_a_headline() -> None:
    assert not is_still(article(), article(text=""), declared=True)
    assert is_still(article(text=""), article(), declared=False)


def test_a_verdict_says_who_acts_and_on_whose_word() -> None:
    text = "ICE agents arrested two men in Waltham, Mass., on Monday, witnesses said.\nThe shop is closed."
    verdict = judge(article(title="Judge orders release of two after ICE arrests", text=text), Home(), *JUDGES, NOON)
    sentence = text.split("\n")[0]
    assert verdict.actors == [{"who": "ice", "sentence": sentence}]
    assert verdict.said_by == [{"who": "witnesses", "sentence": sentence}]
    assert verdict.kinds == (verdict.kind, verdict.second_kind) == ("court", "arrest")


def test_of_another_subject_neither_kind_nor_actor_is_told() -> None:
    verdict = judge(article(title="Library roof", text=OTHER), Home(), *JUDGES, NOON)
    assert (verdict.kinds, verdict.actors, verdict.said_by) == ((), [], [])


def test_a_verdict_keeps_the_sentences_that_say_each_place() -> None:
    text = "ICE agents arrested two men in Waltham, Mass., on Monday.\nImmigration agents left Waltham at noon."
    judged = judge(article(title="ICE arrests two men", text=text), Home(), *JUDGES, NOON)
    assert said_of(judged) == (tuple(text.split("\n")),)
