"""Undoes gzip and deflate within bounds: of what it grows to, and of how many pieces it is."""

import zlib
from typing import Any

ENCODINGS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
MOST_MEMBERS = 100  # gzip files behind each other; a real answer has one, an attack 400,000 empty ones
_GZIP = b"\x1f\x8b"


class Inflating:
    """Undoes gzip or deflate piece by piece, never making much more than `most` bytes; others stay as they are."""

    def __init__(self, encoding: str, most: int) -> None:
        self.bits, self.most, self.made = ENCODINGS.get(encoding, 0), most, 0
        self.stream: Any = None
        self._members = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is missing at the end."""
        return self.stream is None or self.stream.eof

    def __call__(self, piece: bytes) -> bytes:
        if not self.bits:
            return piece
        out = bytearray()
        while piece and self.made <= self.most:
            if self.stream is None:
                plain = self.bits == zlib.MAX_WBITS and piece[0] & 0x0F != 8  # without zlib's header, as some send
                self.stream = zlib.decompressobj(-zlib.MAX_WBITS if plain else self.bits)
            elif self.stream.eof:  # a further member; anything else behind the end is padding
                self._members += 1
                if not piece.startswith(_GZIP) or self._members >= MOST_MEMBERS:
                    break
                self.stream = zlib.decompressobj(self.bits)
            made = self.stream.decompress(piece, self.most + 1 - self.made)
            self.made += len(made)
            out += made
            piece = self.stream.unused_data or self.stream.unconsumed_tail
        return bytes(out)
