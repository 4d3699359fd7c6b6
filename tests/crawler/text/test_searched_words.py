"""Words alone are the words with their places, whatever the text."""

from hypothesis import example, given
from hypothesis import strategies as st

from crawler.text import search_words, spans_of_words, word_spans

_LETTERS = st.text(alphabet="aeiouUSI.'’ʻ`‘ \n-_éñüﬁ½ß\u0301\u00adK½ǅ한İ1", max_size=40)


@example("S.a'i")  # an apostrophe that joins, where initials would end
@example("EE.a'a U.S.a`e")
@example("a'U.S. ice'U.S.")
@example("\u33c2A'a \u33c2\u2019u")
@given(_LETTERS | st.text(max_size=60))
def test_the_words_of_a_text_are_those_of_its_spans(text: str) -> None:
    assert search_words(text) == [word for word, _, _ in word_spans(text)]
    assert spans_of_words(text) == [(start, end) for _, start, end in word_spans(text)]


def test_initials_end_before_an_apostrophe_that_joins_more() -> None:
    assert search_words("U.S.’s O.K.’d F.B.I.'s") == ["us", "s", "ok", "d", "fbi", "s"]
    assert search_words("At S. Kaʻaʻawa, S.a'i") == ["at", "s", "kaaawa", "s", "ai"]
