"""Text that a page does not let its readers read is not stored, and its page is marked as paywalled."""

import codecs
import random

import pytest

from crawler.extract.article import Hint
from crawler.extract.withheld import is_cipher
from tests.makers.extracting import PARAGRAPHS, TITLE, page, read

HIDDEN = (
    "The mayor said that the city police were not told before the agents came, and that they took no part in it.",
    "A lawyer for two of the men said that both have asylum claims pending and work at a plant on the waterfront.",
    "The third man was on his way to work when the agents boxed in his van, his sister said to the paper.",
)
LOREM = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore."


def rot47(text: str) -> str:
    return "".join(chr(33 + (ord(c) + 14) % 94) if "!" <= c <= "~" else c for c in text)


def shuffled(text: str) -> str:
    dice = random.Random(1)
    return " ".join("".join(dice.sample(word + "x", len(word) + 1)) for word in text.split())


def withheld(cipher: str, mark: str, free: int = 2) -> str:
    inner = "".join(f"<p>{line}</p>" for line in cipher.splitlines())
    free_part = "".join(f"<p>{line}</p>" for line in PARAGRAPHS[:free])
    return f"<div class='preview'>{free_part}</div><div {mark}>{inner}</div>"


BLOB = (
    "VGhlIG1heW9yIHNhaWQgdGhhdCB0aGUgY2l0eSBwb2xpY2Ugd2VyZSBub3QgdG9sZCBiZWZvcmUgdGhlIGFnZW50cyBjYW1lCgZ4W9rQ7zXk2" * 3
)


@pytest.mark.parametrize(
    ("cipher", "mark"),
    [
        ("\n".join(map(rot47, HIDDEN)), "class='subscriber-only encrypted-content' style='display: none'"),
        ("\n".join(map(rot47, HIDDEN)), "class='more'"),
        (rot47(HIDDEN[0]), "class='more'"),
        ("\n".join(codecs.encode(line, "rot13") for line in HIDDEN), "class='more'"),
        ("\n".join(map(shuffled, HIDDEN)), "class='paywall-content'"),
        (BLOB, "class='premium-content'"),
        (LOREM, "class='paywall-overlay'"),
        ("\n".join(HIDDEN), "aria-hidden='true' style='filter: blur(5px)'"),
        ("\n".join(HIDDEN), "class='blurred' aria-hidden='true'"),
    ],
)
@pytest.mark.parametrize("free", [1, 2])
def test_what_is_withheld_is_left_out_and_the_free_paragraphs_stay(cipher: str, mark: str, free: int) -> None:
    got = read(page(paragraphs=(), body=withheld(cipher, mark, free)), hint=Hint(TITLE))
    assert got.text.split("\n") == list(PARAGRAPHS[:free])
    assert got.paywalled


def test_a_filler_that_is_left_over_in_a_template_is_no_paywall() -> None:
    got = read(page(body=f"<div class='quote'><p>{LOREM}</p></div>"))
    assert got.text.split("\n") == list(PARAGRAPHS)
    assert not got.paywalled


@pytest.mark.parametrize(
    "line",
    [
        "Waltham 21, Newton 14; Lynn 3, Salem 0; Lowell 17, Lawrence 2; Quincy 6, Malden 4; Everett 7, Revere 5.",
        "Ana Reyes, Jo Lee, Omar Teller, Marta Quill, Luis Ortega, Dana Pike, Rosa Martes, Ben Okafor, Li Wei.",
        "Ajan yo te arete twa mesye devan yon lavandri nan Lynn madi maten, selon temwen ki te wè sa k te pase a.",
        "https://www.millriverherald.com/news/2026/03/laundry-raid-0123456789abcdef0123456789abcdef",
        "$2,400,000 (2024), $3,100,000 (2025), $3,600,000 (2026) = +50.0% [1] {2} <3> #4 @5 *6*",
    ],
)
@pytest.mark.parametrize("mark", ["class='scrambled-eggs'", "class='subscriber-content'", ""])
def test_lists_names_and_other_languages_are_no_cipher(line: str, mark: str) -> None:
    assert not is_cipher(line)
    assert not read(page(body=f"<div {mark}><p>{line}</p></div>")).paywalled or mark == "class='scrambled-eggs'"
    assert not read(page(body=f"<div {mark}><p>{PARAGRAPHS[0]} Again.</p></div>")).paywalled
