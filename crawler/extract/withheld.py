"""Text that a page holds but does not let its readers read: enciphered, blurred, or a filler in its place.

Such a page has a paywall. What is withheld is no text of the article.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from lxml.html import HtmlElement

from crawler.extract.blocks import Blocks

Mark = Literal["", "walled", "ciphered", "blurred"]
_STRENGTH: dict[Mark, int] = {"": 0, "walled": 1, "ciphered": 2, "blurred": 3}

_CIPHERED = re.compile(r"(?:^|[\s_-])(?:encrypted|enciphered|ciphered|scrambled|obfuscated)(?:$|[\s_-])", re.IGNORECASE)
_WALLED = re.compile(
    r"pay-?wall|premium|subscriber|locked|gated|metered|members?-only|blur|encrypt|cipher|scrambl|obfuscat",
    re.IGNORECASE,
)
_BLURRED = re.compile(r"(?:^|[\s_-])blur(?:red|ry)?(?:$|[\s_-])", re.IGNORECASE)
_BLUR = re.compile(r"filter\s*:\s*blur", re.IGNORECASE)
_SHADOW = re.compile(r"text-shadow\s*:", re.IGNORECASE)
_TRANSPARENT = re.compile(r"color\s*:\s*transparent", re.IGNORECASE)
_FILLER = re.compile(r"\blorem ipsum\b|\bdolor sit amet\b|\bconsectetur adipisc", re.IGNORECASE)
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{100,}={0,2}")
# Words that hardly a sentence of English or Spanish does without.
_COMMON = frozenset(
    "the of and to in that for was is with on by at from his her their it said as a an he she they who were i you"
    " el la los las de del que en y por una un con para su se es al no fue dijo".split()
)
# Chosen by hand; no block of extraction/dev or ice_pages/dev is taken for a cipher by them.
_SHORTEST = 40  # characters: a shorter text is no sample of a language
_SAMPLE = 1_000  # characters tell as much as all
_FEWEST_WORDS = 12
_MANY_WORDS = 20  # without one of those is no language
_FEWEST_COMMON = 3  # different ones, that a cipher hides
_FEWEST_LONG = 2  # of them with three letters or more
_DECIPHERED = 0.25  # of the words are common ones when the right key is found
_LETTERS_OF_PROSE = 0.8  # of what is no blank; of a text in ROT47, hardly two thirds are letters
_BY_CHANCE = 0.07  # of the words of a cipher
_COMMON_IN_PROSE = 0.15  # of the words
_ASCII = 0.9  # of the letters of English or Spanish
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def take_out(page: Blocks) -> bool:
    """Remove from a page, and from its tree, what it withholds; whether there was any behind a wall."""
    marks = [_marks(element) for element in page.elements]
    for place, parent in enumerate(page.parents):
        if parent >= 0 and _STRENGTH[marks[parent]] > _STRENGTH[marks[place]]:
            marks[place] = marks[parent]
    marked = [(block, marks[block.place]) for block in page.blocks]
    behind = [b for b, mark in marked if mark == "blurred" or (mark == "ciphered" and not _is_plain(b.text))]
    ciphered = [b for b, mark in marked if mark in ("", "walled") and len(b.text) >= _SHORTEST and is_cipher(b.text)]
    noise = [b for b, mark in marked if mark == "walled" and _is_noise(b.text)]
    fillers = [b for b in page.blocks if _FILLER.search(b.text)]
    behind += [b for b, mark in marked if mark and (_FILLER.search(b.text) or _BLOB.search(b.text))]
    if len(ciphered) > 1 or any(_is_symbols(b.text) for b in ciphered):  # else it may be chance
        behind += ciphered
    behind += noise if len(noise) > 1 else []
    _remove(page, {id(block) for block in [*behind, *fillers]})
    return bool(behind)


def _remove(page: Blocks, withheld: set[int]) -> None:
    """Without these blocks, and their elements where they hold nothing else."""
    if not withheld:
        return
    kept = [block for block in page.blocks if id(block) not in withheld]
    needed = {block.place for block in kept} | set(page.parents)
    for place in {block.place for block in page.blocks if id(block) in withheld} - needed:
        if page.elements[place].getparent() is not None:
            page.elements[place].drop_tree()
    page.blocks = kept


def _marks(element: HtmlElement) -> Mark:
    """What an element says of its text: that it is behind a wall, or not to be read."""
    get = element.get
    if (style := get("style")) and _is_blur(style):
        return "blurred"
    mark: Mark = _named(f"{get('class') or ''} {get('id') or ''}") if get("class") or get("id") else ""
    if mark == "blurred" and get("aria-hidden") != "true":
        return "walled"
    return "" if element.tag in ("body", "main", "article") else mark


def _is_blur(style: str) -> bool:
    shadow = _SHADOW.search(style)
    return bool(_BLUR.search(style) or (shadow and _TRANSPARENT.search(style, shadow.end())))


@lru_cache(maxsize=10_000)
def _named(names: str) -> Mark:
    if _CIPHERED.search(names):
        return "ciphered"
    if _BLURRED.search(names):
        return "blurred"
    return "walled" if _WALLED.search(names) else ""


def _is_plain(text: str) -> bool:
    said = text.lower().split()
    return sum(word in _COMMON for word in said) >= _COMMON_IN_PROSE * len(said)


def _is_symbols(text: str) -> bool:
    """Whether many characters are no letters, as in ROT47."""
    return sum(map(str.isalpha, text)) < _LETTERS_OF_PROSE * len("".join(text.split()))


def is_cipher(text: str) -> bool:
    """Whether a text is one only when each letter is put in another's place.

    >>> is_cipher("%96 >6? H6C6 =65 E@ EH@ F?>2C<65 42CD[ D2:5"), is_cipher("Scores: 21-14, 3-0, 17-2, 6-4, 7-5")
    (True, False)
    """
    text = text[:_SAMPLE]
    said = text.lower().split()
    if sum(word in _COMMON for word in said) > _BY_CHANCE * len(said):
        return False
    if _is_symbols(text):
        return _hides_prose("".join(chr(33 + (ord(c) + 14) % 94) if "!" <= c <= "~" else c for c in text))
    return len(said) >= _FEWEST_WORDS and any(map(_hides_prose, _deciphered(text.lower())))


def _deciphered(text: str) -> Iterator[str]:
    """What a text may say, by the alphabet turned round and by each shift of it."""
    yield text.translate(str.maketrans(_ALPHABET, _ALPHABET[::-1]))
    for shift in range(1, 26):
        yield text.translate(str.maketrans(_ALPHABET, _ALPHABET[shift:] + _ALPHABET[:shift]))


def _hides_prose(text: str) -> bool:
    said = [word.strip(".,;:?!\"'()“”") for word in text.lower().split()]
    common = [word for word in said if word in _COMMON and len(word) > 1]
    if len({word for word in common if len(word) > 2}) < _FEWEST_LONG:
        return False
    return len(set(common)) >= _FEWEST_COMMON and len(common) >= _DECIPHERED * len(said)


def _is_noise(text: str) -> bool:
    """Whether a long text has none of the words that English and Spanish need."""
    said = text.lower().split()
    if len(text) < _SHORTEST or sum(map(str.isascii, text)) < _ASCII * len(text):
        return False  # another script
    return len(said) >= _MANY_WORDS and _COMMON.isdisjoint(said)
