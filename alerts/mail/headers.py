"""Headers in lines: whole words where they are ASCII, encoded words (RFC 2047) where they are not.

The library's own folding loses spaces beside encoded words, doubles them, writes empty ones, and encodes inside
addresses. Here all from the first word that must be encoded to the last is one run: its spaces are encoded as well.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.headerregistry import Address

_LONGEST_LINE = 76  # of one with an encoded word in it
_LONGEST_WORD = 75
_LEAST_ROOM = 30  # for an encoded word at the end of a line; each character has to fit in whole
_PLAIN_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")  # in names, too
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_SPECIAL = re.compile(r'(["\\])')


@dataclass(frozen=True, slots=True)
class Run:
    """Text that is to stand in encoded words."""

    text: str


def text_header(name: str, text: str) -> str:
    """A header of free text, such as the subject, with its line end. White space of any kind is one space."""
    return _folded(name, _pieces(text.split()))


def address_header(name: str, addresses: Iterable[Address]) -> str:
    """A header of addresses, which are ASCII, and what their owners are called."""
    boxes = [[*_called(address.display_name), address.addr_spec] for address in addresses]
    for box in boxes:
        box[-1] = (f"<{box[-1]}>" if len(box) > 1 else str(box[-1])) + ("," if box is not boxes[-1] else "")
    return _folded(name, [piece for box in boxes for piece in box])


def _pieces(words: list[str]) -> list[str | Run]:
    odd = [n for n, word in enumerate(words) if not word.isascii() or "=?" in word]
    if not odd:
        return list(words)
    first, last = odd[0], odd[-1] + 1
    return [*words[:first], Run(" ".join(words[first:last])), *words[last:]]


def _called(name: str) -> list[str | Run]:
    name = " ".join(name.split())
    if not name.isascii() or "=?" in name:
        return [Run(name)]
    if name and not _ATOMS.fullmatch(name):
        name = '"' + _SPECIAL.sub(r"\\\1", name) + '"'
    return list(name.split())


def _folded(name: str, pieces: Iterable[str | Run]) -> str:
    lines = [f"{name}:"]
    for piece in pieces:
        for word in [piece] if isinstance(piece, str) else _encoded(piece.text, lines):
            if len(lines[-1]) + 1 + len(word) > _LONGEST_LINE and lines[-1] != f"{name}:":
                lines.append("")
            lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def _encoded(text: str, lines: list[str]) -> Iterator[str]:
    """Encoded words, each as long as what is left of the last line, which grows meanwhile."""
    shape = min((_quoted, _in_base64), key=lambda shape: len(shape(text)))
    while text:
        room = _LONGEST_LINE - len(lines[-1]) - 1
        most = min(room if room >= _LEAST_ROOM else _LONGEST_WORD, _LONGEST_WORD)
        taken = next(n for n in range(min(len(text), most), 0, -1) if n == 1 or len(shape(text[:n])) <= most)
        yield shape(text[:taken])
        text = text[taken:]


def _quoted(text: str) -> str:
    body = "".join("_" if b == 0x20 else chr(b) if b in _PLAIN_BYTES else f"={b:02X}" for b in text.encode())
    return f"=?utf-8?q?{body}?="


def _in_base64(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode('ascii')}?="
