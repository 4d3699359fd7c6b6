"""The words of a text as searches and the full-text index know them: one spelling of what is one word to a reader."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from crawler.text.tokens import fold

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")
_INITIAL = r"""
    (?<![^\W_]) (?<![aeiou]['`](?=[aeiou]))                 # nor behind an apostrophe that joins
    (?: [^\W\d_](?:\.[^\W\d_])+\.?              # U.S., I.C.E, a.m.
      | u\.\ +s\.                               # U. S.
      | ([^\W\d_])\1\.\ *([^\W\d_])\2\.? )      # EE.UU., EE. UU.
    (?! [^\W_] | (?<=[aeiou])['`](?=[aeiou]) )"""  # nor before one
# Letters and digits; initials with their points; and Hawaiian's apostrophe, which stands between vowels.
_WORD = re.compile(rf"{_INITIAL} | [^\W_]+ (?: (?<=[aeiou]) ['`] (?=[aeiou]) [^\W_]+ )*", re.VERBOSE)
_INITIAL_WORD = re.compile(_INITIAL, re.VERBOSE)
# Each begins with what is rare in a text, so that the search for it is quick: the first point of initials, behind one
# or two letters, and an apostrophe between vowels.
_INITIAL_DOT = re.compile(r"\.(?<=[^\W_]\.)(?<![^\W_]{3}\.)")
_BETWEEN_VOWELS = re.compile(r"['`](?<=[aeiou].)(?=[aeiou])")
_LETTERS = re.compile(r"[^\W_]+")
_SEPARATORS = {c: " " for c in range(128) if not chr(c).isalnum()}
_JOINTS = str.maketrans("", "", ".'` ")
_INITIALS = re.compile(r"\.")


def word_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """(folded word, start, end) of each word; text[start:end] is the word as printed.

    "ICE's" is ICE and s, "l'immigration" is l and immigration; "U.S." is us, and "Hawaiʻi" is hawaii.
    """
    if text.isascii() and text.isalnum():  # one plain word, as most of what is asked is
        yield text.lower(), 0, len(text)
        return
    folded, origin = _folded_with_origin(text)
    for word in _WORD.finditer(folded):
        yield word.group().translate(_JOINTS), *_span(word, origin)


def spans_of_words(text: str) -> list[tuple[int, int]]:
    """The (start, end) of each word of `word_spans()`, faster."""
    folded, origin = _folded_with_origin(text)
    if isinstance(origin, range):
        word_of = _LETTERS if _without_joints(folded) == folded else _WORD
        return [word.span() for word in word_of.finditer(folded)]
    return [_span(word, origin) for word in _WORD.finditer(folded)]


def _span(word: re.Match[str], origin: Sequence[int]) -> tuple[int, int]:
    """In the text; up to the next folded character, so that a combining accent stays with its letter."""
    return origin[word.start()], max(origin[word.end() - 1] + 1, origin[word.end()])


def _folded_with_origin(text: str) -> tuple[str, Sequence[int]]:
    """A text folded, and of each of its characters, and of its end, where it comes from."""
    if all(len(fold(character)) == 1 for character in set(_NOT_ASCII.findall(text))):
        return fold(text), range(len(text) + 1)
    folded: list[str] = []
    origin: list[int] = []
    for run in _RUN.finditer(text):
        plain = fold(run.group())
        folded.append(plain)
        origin += range(*run.span()) if run.group().isascii() else [run.start()] * len(plain)
    return "".join(folded), [*origin, len(text)]


def search_words(text: str) -> list[str]:
    """The words of `word_spans()` alone, faster.

    >>> search_words("U.S. agents in Kāne‘ohe: ICE’s raid")
    ['us', 'agents', 'in', 'kaneohe', 'ice', 's', 'raid']
    """
    folded = _without_joints(fold(text))
    for mark in set(_NOT_ASCII.findall(folded)):
        if not mark.isalnum():
            folded = folded.replace(mark, " ")
    if not folded.isascii():
        return _LETTERS.findall(folded)
    return folded.translate(_SEPARATORS).split()


def _without_joints(folded: str) -> str:
    """With initials and Hawaiian words as they are known, "us" and "hawaii"."""
    parts, last = [], 0
    for dot in _INITIAL_DOT.finditer(folded):
        for start in (dot.start() - 2, dot.start() - 1):
            initials = _INITIAL_WORD.match(folded, start) if start >= last else None
            if initials:
                parts += [_joined(folded[last:start]), initials.group().translate(_JOINTS)]
                last = initials.end()
                break
    return "".join([*parts, _joined(folded[last:])])


def _joined(folded: str) -> str:
    return _BETWEEN_VOWELS.sub("", folded) if "'" in folded or "`" in folded else folded


def printed(word: str) -> str:
    """A word as printed, in the one form that two printings are compared in: accents and capitals stay.

    >>> printed("U.S.") == printed("US") != printed("us")
    True
    """
    if word.isascii() and word.isalnum():
        return word
    shown = (c for c in word if (c.isalnum() and c not in "ʻʼ") or unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(shown))


def is_initials(word: str) -> bool:
    """Whether a word of `word_spans()`, as printed, is initials with points."""
    return bool(_INITIALS.search(word))
