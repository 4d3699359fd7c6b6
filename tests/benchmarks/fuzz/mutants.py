"""Inputs made of kept ones: each the same for the same seed and number, and mostly nearly right."""

import gzip
import random
import re
from collections.abc import Callable, Sequence

from tests.makers.worst import UNITS

LARGEST = 2_000_000  # bytes
_USUAL = 64_000  # bytes: nine of ten inputs are no larger, so that there are many
_MOST_STEPS = 5

Mutation = Callable[[bytes, random.Random, Sequence[bytes], int], bytes]
_ELEMENT = re.compile(rb"<([a-zA-Z][\w:-]{0,20})[^<>]{0,200}>")
_NUMBER = re.compile(rb"\d+")
_OPENINGS = (b"<div>", b"<item>", b"<b>", b"[", b'{"a":', b"(", b'"', b"<![CDATA[", b"<!--", b"&", b"NOT (", b"\x1b[")
_CLOSINGS = {b"[": b"]", b'{"a":': b"}", b"(": b")", b"NOT (": b")", b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_NUMBERS = (
    "0", "-1", "007", "65536", "2147483648", "99999999999999999999", "9" * 5000, "1e999", "0x7f", "٣", "１", "½",
)  # fmt: skip
_BYTES = (
    b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\xbd", b"\xed\xa0\xbd\xed\xba\xa8", b"\xe2\x80\xae", b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3", b"\x1b[2J", b"\r", b"&#55357;&#57000;", b"&#xd83d;", b"&#0;", b"&#x110000;", b"&#" + b"9" * 400 + b";",
    b"&lt;script&gt;", "é".encode("latin-1"), "Ã±".encode(), "İ".encode(), "\u2028".encode(), "🚨".encode(),
)  # fmt: skip


def mutant(corpus: Sequence[bytes], seed: str, largest: int = LARGEST) -> bytes:
    """One input, made of a corpus that is not empty."""
    chance = random.Random(seed)
    most = min(largest, LARGEST if chance.random() < 0.02 else chance.choice((2_000, 16_000, _USUAL)))
    body = chance.choice(corpus)[:most]
    for _ in range(chance.randint(1, _MOST_STEPS)):
        body = chance.choice(_MUTATIONS)(body, chance, corpus, most)[:most]
    return body


def _span(body: bytes, chance: random.Random) -> tuple[int, int]:
    """Where something is changed: anywhere, of any length, or from one tag to another."""
    if chance.random() < 0.4:
        marks = [found.start() for found in _ELEMENT.finditer(body[:_USUAL])]
        if len(marks) > 1:
            start, end = sorted(chance.sample(marks, 2))
            return start, end
    start = chance.randint(0, len(body))
    return start, min(len(body), start + int(2 ** chance.uniform(0, 12)))


def _put(body: bytes, piece: bytes, chance: random.Random) -> bytes:
    at = _span(body, chance)[0]
    return body[:at] + piece + body[at:]


def _unit(chance: random.Random) -> bytes:
    return chance.choice(UNITS).encode("utf-8", "surrogatepass")


def _times(piece: bytes, chance: random.Random, most: int) -> int:
    return max(1, int(2 ** chance.uniform(0, max(1, most // max(1, len(piece))).bit_length())))


def flip(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """Some bits turned."""
    changed = bytearray(body)
    for _ in range(chance.randint(1, 8) if body else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """A stretch left out, or all behind it."""
    start, end = _span(body, chance)
    return body[:start] if chance.random() < 0.3 else body[:start] + body[end:]


def repeat(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """A stretch many times."""
    start, end = _span(body, chance)
    piece = body[start:end] or b"a"
    return body[:start] + piece * _times(piece, chance, most) + body[end:]


def put_unit(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """Something that patterns wait for, once or many times."""
    unit = _unit(chance)
    return _put(body, unit * (1 if chance.random() < 0.5 else _times(unit, chance, most)), chance)


def put_mixed(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """Several of these in turn, many times."""
    units = b"".join(_unit(chance) for _ in range(chance.randint(2, 4)))
    return _put(body, units * _times(units, chance, most), chance)


def put_bytes(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """Bytes that are no text, or another one than it seems."""
    return _put(body, chance.choice(_BYTES), chance)


def swap(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """Two stretches in each other's place."""
    a, b, c, d = sorted((*_span(body, chance), *_span(body, chance)))
    return body[:a] + body[c:d] + body[b:c] + body[a:b] + body[d:]


def splice(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """A stretch of another one in the middle."""
    other = chance.choice(corpus)
    start, end = _span(other, chance)
    return _put(body, other[start:end], chance)


def nest(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """A stretch within many of the same element, closed or not."""
    found = _ELEMENT.findall(body[:_USUAL])
    if found and chance.random() < 0.6:
        name: bytes = chance.choice(found)
        opening, closing = b"<" + name + b">", b"</" + name + b">"
    else:
        opening = chance.choice(_OPENINGS)
        closing = _CLOSINGS.get(opening, b"")
    start, end = _span(body, chance)
    depth = _times(opening, chance, most // 2)
    inside = opening * depth + body[start:end] + (closing * depth if chance.random() < 0.5 else b"")
    return body[:start] + inside + body[end:]


def renumber(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """A number that is none, or a huge one."""
    numbers = list(_NUMBER.finditer(body[:_USUAL]))
    if not numbers:
        return body
    found = chance.choice(numbers)
    return body[: found.start()] + chance.choice(_NUMBERS).encode() + body[found.end() :]


def spell(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """Some of it in numeric references, as escapes, in per cent, in capitals or without its quotes."""
    start, end = _span(body, chance)
    text = body[start:end].decode("utf-8", "replace")
    way: Callable[[], str] = chance.choice(
        (
            lambda: "".join(f"&#{ord(c)};" for c in text), lambda: "".join(f"&#x{ord(c):x}" for c in text),
            lambda: "".join(f"\\u{ord(c):04x}" for c in text), lambda: "".join(f"%{ord(c) % 256:02X}" for c in text),
            text.swapcase, lambda: text.replace('"', ""), lambda: text.replace("<", "&lt;"),
            lambda: text.replace(" ", ""),
            lambda: text.replace("\n", " "),
        )
    )  # fmt: skip
    return body[:start] + way().encode("utf-8", "replace") + body[end:]


def recode(body: bytes, chance: random.Random, corpus: Sequence[bytes], most: int) -> bytes:
    """All or some of it in another charset, or packed."""
    way = chance.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-7", "gzip", "part"))
    if way == "gzip":
        return bytes(gzip.compress(body, 1, mtime=0))
    if way == "part":
        start, end = _span(body, chance)
        return body[:start] + body[start:end].decode("latin-1").encode("utf-16-le") + body[end:]
    return body.decode("utf-8", "replace").encode(way, "replace")


_MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, repeat, put_unit, put_unit, put_mixed, put_bytes, swap, splice, splice, nest, renumber, spell, recode,
)  # fmt: skip
