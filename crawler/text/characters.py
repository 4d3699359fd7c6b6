"""Characters as programs write them by mistake, and what they stand for. Pure."""

import html
import re
from functools import partial

# A character as a number: "&#8217;", "&#x1F6A8", with or without its end; and the two halves of one.
_FIRST = r"0{0,4}(?:55[2-9]|56[0-3])\d\d|[xX]0{0,4}[dD][89abAB][0-9a-fA-F]{2}"
_SECOND = r"0{0,4}5[67]\d{3}|[xX]0{0,4}[dD][c-fC-F][0-9a-fA-F]{2}"
_ANY = r"\d+|[xX][0-9a-fA-F]+"
_NUMBERS = re.compile(rf"&#({_FIRST});?&#({_SECOND})(?![0-9a-fA-F]);?|&#({_ANY});?", re.ASCII)
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_LAST = 0x10FFFF
_LONGEST_NUMBER = 8  # digits after zeros; int() takes none of thousands
_TEXT_CONTROLS = {9, 10, 13}
# What is no character of XML, so that a parser would stop there.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# UTF-16's pairs written as if they were UTF-8 (CESU-8), the same halved, and Java's NUL.
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|\xc0\x80")
# UTF-8 that was read as Windows-1252 or Latin-1: the first byte of a character, and those that go on.
_ON = "[\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
_TWICE = re.compile(f"(?:[\xc2-\xdf]{_ON}|[\xe0-\xef]{_ON}{{2}}|[\xf0-\xf4]{_ON}{{3}})+")
_MAYBE_TWICE = re.compile(f"[\xc2-\xf4]{_ON}|\xc3 ")
_MOST_TIMES = 3  # that a text was written so


def unescaped(text: str) -> str:
    """Text whose entities are the characters that they mean; raises nothing, whatever numbers stand there.

    >>> unescaped("&#55357;&#57000; Caf&eacute; &amp; &#0;bar&#x99999999;")
    '🚨 Café & bar'
    """
    return html.unescape(numbers_mended(text)) if "&" in text else text


def numbers_mended(text: str, controls: bool = False) -> str:
    """Markup in which every number is one of a character: pairs of halves are joined, what is none is left out.

    With `controls` these become themselves, for `without_orders()` to find the whole of one; XML allows none.

    >>> numbers_mended("&#xD83D;&#xDEA8; &#8217; &#0;")
    '&#128680; &#8217; '
    """
    if "&#" not in text:
        return text
    return _NUMBERS.sub(partial(_mended, controls=controls), text)


def _mended(found: re.Match[str], controls: bool) -> str:
    """A number that is a character, or two that are one; "" for any other."""
    if found[3]:
        if _is_character(number := _number(found[3])):
            return f"&#{found[3]};"
        return chr(number) if controls and 0 < number < 0x20 else _nothing(found)
    high, low = _number(found[1]), _number(found[2])
    if high in _HIGH and low in _LOW:
        return f"&#{0x10000 + ((high - _HIGH.start) << 10) + (low - _LOW.start)};"
    return "".join(f"&#{said};" for said in found.groups()[:2] if _is_character(_number(said))) or _nothing(found)


def _nothing(found: re.Match[str]) -> str:
    """In place of what is left out: what stands around it is not to become a number by that."""
    before = found.string[max(0, found.start() - 3) : found.start()]
    return " " if before.endswith(("&", "&#", "&#x", "&#X")) else ""


def _number(said: str) -> int:
    base = 16 if said[:1] in ("x", "X") else 10
    digits = said.lstrip("xX0")
    return int(digits or "0", base) if len(digits) <= _LONGEST_NUMBER else _LAST + 1


def _is_character(number: int) -> bool:
    if number < 0x20:
        return number in _TEXT_CONTROLS
    return number <= _LAST and number not in _HIGH and number not in _LOW and number not in (0xFFFE, 0xFFFF)


def text_only(text: str) -> str:
    """Text without what XML forbids: controls, halves of characters, what is no character."""
    return _NO_TEXT.sub("", text)


def joined_halves(body: bytes) -> bytes:
    """Bytes that are nearly UTF-8, with each character written in one piece.

    >>> joined_halves(bytes.fromhex("eda0bdedbaa8")).decode()
    '🚨'
    """
    return _HALVES.sub(_joined, body)


def _joined(found: re.Match[bytes]) -> bytes:
    if len(found[0]) != len(b"\xed\xa0\xbd\xed\xba\xa8"):
        return b""
    pair = found[0].decode("utf-8", "surrogatepass")
    return pair.encode("utf-16", "surrogatepass").decode("utf-16").encode()


def read_once(text: str) -> str:
    """Text that was UTF-8, read in another charset and written again, as it was meant; only where that is certain.

    >>> read_once("Theyâ€™re from EspaÃ±a"), read_once("SÃO PAULO: naïve café")
    ('They’re from España', 'SÃO PAULO: naïve café')
    """
    if not _MAYBE_TWICE.search(text):
        return text
    import ftfy  # slow to load, and few texts need it
    from ftfy.badness import is_bad

    for _ in range(_MOST_TIMES):
        if not is_bad(text):
            break
        # As one; or, where something else stands beside it, in pieces: ftfy's own way to do that takes long.
        once = ftfy.fix_encoding(text, decode_inconsistent_utf8=False, fix_c1_controls=False)
        once = _TWICE.sub(_once, text) if once == text else once
        if once == text:
            break
        text = once
    return text


def _once(found: re.Match[str]) -> str:
    from ftfy.badness import is_bad

    try:
        meant = found[0].encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return found[0]
    return meant if is_bad(found[0]) else found[0]
