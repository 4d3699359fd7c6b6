"""Scrapy's middleware that unpacks answers, with more bounds than its own: of layers, gzip members and zstd frames."""

import zlib

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.utils._compression import _DecompressionMaxSizeExceeded, _unbrotli, zstd  # type: ignore[attr-defined]

from crawler.manners import MOST_MEMBERS, Inflating

MOST_LAYERS = 2  # a server that packs what an application has packed; each layer takes time of its own
_WIDEST = 23  # zstd's window: 8 MB, as much as RFC 8878 has everybody support
_GZIP = b"\x1f\x8b"


class Unpacking(HttpCompressionMiddleware):
    """Unpacks in this process, which takes milliseconds for as much as DOWNLOAD_MAXSIZE lets pass."""

    @staticmethod
    def _split_encodings(content_encoding: list[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Those to undo, the last first, and those that stay, which nobody knows."""
        to_decode, to_keep = HttpCompressionMiddleware._split_encodings(content_encoding)
        if len(to_decode) > MOST_LAYERS:
            raise zlib.error(f"packed {len(to_decode)} times")
        return to_decode, to_keep

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        return unpacked(body, encoding.decode("ascii"), max_size)


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """What a whole body holds, of one that was cut off as much as there is.

    Raises zlib.error when it is damaged, and Scrapy's error when it is more than `most` bytes.
    """
    if encoding == "br":
        return _unbrotli(body, max_size=most)
    if encoding == "zstd":
        out = _from_zstd(body, most)
    elif encoding != "deflate" and body and not body.startswith(_GZIP):
        raise zlib.error("not gzip")
    else:
        out = Inflating(encoding, most)(body)
    if len(out) > most:
        raise _DecompressionMaxSizeExceeded(len(out), most)
    return out


def _from_zstd(body: bytes, most: int) -> bytes:
    out = bytearray()
    for _ in range(MOST_MEMBERS):
        stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WIDEST})
        try:
            out += stream.decompress(body, most + 1 - len(out))
        except zstd.ZstdError as error:
            raise zlib.error(str(error)) from error
        body = stream.unused_data if stream.eof else b""
        if not body or len(out) > most:
            break
    return bytes(out)
