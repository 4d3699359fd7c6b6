"""Characters as programs write them by mistake: read as they were meant, and no text is too odd to be read."""

import html

import ftfy.bad_codecs  # noqa: F401  sloppy-windows-1252
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.characters import joined_halves, numbers_mended, read_once, text_only, unescaped
from crawler.text.charset import parse

SIREN = "\U0001f6a8"
HALVES = ("&#55357;&#57000;", "&#xD83D;&#xDEA8;", "&#xd83d&#xdea8", "&#x0d83d;&#57000;", "&#0055357;&#XDEA8;")


@pytest.mark.parametrize("halves", HALVES)
def test_two_halves_are_one_character(halves: str) -> None:
    assert unescaped(f"ICE {halves} in Lowell") == f"ICE {SIREN} in Lowell"


@pytest.mark.parametrize(
    "number", ["0", "x0", "8", "x1B", "55357", "xDEA8", "xFFFE", "65535", "1114112", "x110000", "9" * 20, "9" * 9000]
)
def test_a_number_of_no_character_is_left_out(number: str) -> None:
    assert unescaped(f"before&#{number};after &amp; more") == "beforeafter & more"


@pytest.mark.parametrize(
    "torn", ["&#&#99999999999;55357;", "&&#0;#55357;", "&#5&#0;5357;", "&#x&#0;D83D;", "&#&#0;&#0;0;"]
)
def test_what_stands_around_a_number_that_is_left_out_becomes_none(torn: str) -> None:
    assert "\ufffd" not in html.unescape(numbers_mended(torn))


def test_of_three_halves_two_are_one() -> None:
    assert unescaped("&#55357;&#55357;&#57000;&#57000;") == SIREN


@given(st.text(st.sampled_from("&#xXdD83DdeEaA8c5370ff;&amp0123456789"), max_size=40))
def test_whatever_stands_there_a_parser_gets_only_characters(text: str) -> None:
    mended = numbers_mended(text)
    assert numbers_mended(mended) == mended
    assert "\ufffd" not in html.unescape(mended)  # as it shows what is no character
    assert text_only(unescaped(text)) == unescaped(text) or max(unescaped(text)) >= "\x80"


@given(st.text())
def test_text_without_numbers_stays(text: str) -> None:
    assert unescaped(text.replace("#", "")) == html.unescape(text.replace("#", ""))


def test_pairs_written_as_if_they_were_utf_8_are_one_character() -> None:
    odd = f"ICE {SIREN} é".encode().replace(SIREN.encode(), b"\xed\xa0\xbd\xed\xba\xa8") + b"\xed\xa0\xbd\xc0\x80."
    assert joined_halves(odd).decode() == f"ICE {SIREN} é."


@pytest.mark.parametrize(
    "meant",
    [
        "They’re “here” – and there…", "José Nuñez, España", "¿Qué pasó en Chelsea?", "São João", "L’été à Montréal",
        f"{SIREN} ICE in Lowell", "ÉTAT", "£100 – 20º", "Việt Nam", "Привет",
    ],
)  # fmt: skip
def test_what_was_encoded_twice_is_read_as_it_was_meant(meant: str) -> None:
    twice = meant.encode().decode("sloppy-windows-1252")
    assert read_once(twice) == meant
    assert read_once(twice.encode().decode("sloppy-windows-1252")) == meant
    assert read_once(f"{twice} Peña “now” {SIREN}") == f"{meant} Peña “now” {SIREN}"


@given(st.text(st.sampled_from("abc “”‘’–—…áéíóúüñÁÉÍÓÚÜÑ¿¡àâãçèêëîïôõöûäåßøÀÂÇÈÊÖÄÃ€£©®°«»½\xa0"), max_size=60))
def test_what_was_read_well_stays(text: str) -> None:
    """Letters of the languages of the outlets stay, however they follow each other, in words."""
    words = " ".join("".join(c for c in word if c.isalpha()).capitalize() for word in text.split())
    assert read_once(words) == words


def test_quotes_and_signs_beside_letters_stay() -> None:
    for text in ("«voilà» ®", "“café”…", "à l’été — São Paulo", "5 °C", "© 2026 Peña", "CAFÉ “Ñandú”", "naïve™"):
        assert read_once(text) == text


@given(st.text(st.sampled_from("&#xX;0123456789abcdef[m \x02\x0e\x1b"), max_size=30))
def test_a_page_s_tree_holds_only_characters(text: str) -> None:
    tree = parse(f"<p>{text}</p><p>four held</p>")
    assert tree is not None
    assert all(text_only(said) == said for said in map(str, tree.itertext()))
