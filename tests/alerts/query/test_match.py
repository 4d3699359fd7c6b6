from alerts.locale import in_words
from alerts.query.match import match_story
from alerts.query.query import parse
from tests.makers.searching import TEXT, NoPlaces, document


def test_story_matches_with_the_first_article_that_does() -> None:
    story = [document("A quiet day.\nNothing else."), document(TEXT), document(TEXT)]
    hit = match_story(story, parse("courthouse", NoPlaces()))
    assert hit is not None
    assert hit.index == 1
    assert [in_words(term) for term in hit.hit.terms] == ["courthouse"]
    assert hit.window == "The men were driven to the courthouse in Cambridge, said Quiroga."


def test_story_without_a_matching_article_does_not_match() -> None:
    assert match_story([document(TEXT)], parse("hockey", NoPlaces())) is None
    assert match_story([], parse("hockey", NoPlaces())) is None


def test_what_is_left_out_concerns_only_the_article_that_holds_it() -> None:
    with_hockey = document(TEXT + "\nThe car wash stands beside the hockey rink.")
    hit = match_story([with_hockey, document(TEXT)], parse("quiroga -hockey", NoPlaces()))
    assert hit is not None
    assert hit.index == 1
    assert match_story([with_hockey], parse("quiroga -hockey", NoPlaces())) is None
