"""Answers that grow when they are unpacked are stopped at the limit, however they are packed."""

import contextlib
import gzip
import time
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import pytest
from scrapy.utils._compression import _DecompressionMaxSizeExceeded, zstd  # type: ignore[attr-defined]

from crawler.spiders.unpacking import MOST_LAYERS, Unpacking, unpacked
from tests.makers.hostile import zeros

MOST = 1_000_000
TEXT = b"Two men were detained outside the court of Waltham. " * 100


def deflated(content: bytes) -> bytes:
    return zlib.compress(content)[2:-4]


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", deflated),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}


@pytest.mark.parametrize("name", PACKERS)
def test_what_is_within_the_limit_is_had_whole(name: str) -> None:
    encoding, pack = PACKERS[name]
    assert unpacked(pack(TEXT), encoding, len(TEXT)) == TEXT


@pytest.mark.parametrize("name", PACKERS)
def test_what_is_larger_is_refused(name: str) -> None:
    encoding, pack = PACKERS[name]
    with pytest.raises(_DecompressionMaxSizeExceeded):
        unpacked(pack(TEXT), encoding, len(TEXT) - 1)


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", zeros(2000, 31)),
        ("deflate", zeros(2000, 15)),
        ("deflate", zeros(2000, -15)),
        ("zstd", zstd.compress(bytes(MOST)) * 700),
        ("br", brotli.compress(bytes(20 * MOST), quality=1)),
    ],
    ids=["gzip", "deflate", "bare deflate", "zstd", "br"],
)
def test_a_bomb_is_stopped_at_the_limit(encoding: str, bomb: bytes) -> None:
    began = time.process_time()
    with pytest.raises(_DecompressionMaxSizeExceeded):
        unpacked(bomb, encoding, MOST)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("encoding", "pieces"),
    [
        ("gzip", gzip.compress(b"") * 200_000),
        ("zstd", zstd.compress(b"") * 300_000),
        ("zstd", b"\x50\x2a\x4d\x18\0\0\0\0" * 500_000),  # frames to be skipped
        ("deflate", b"\x78\x9c" + b"\0\0\0\xff\xff" * 800_000),
        ("br", b"\x0b" + b"\x06\0" * 2_000_000),
    ],
    ids=["gzip", "zstd", "skippable", "deflate", "br"],
)
def test_hundreds_of_thousands_of_empty_pieces_cost_no_time(encoding: str, pieces: bytes) -> None:
    began = time.process_time()
    with contextlib.suppress(zlib.error, brotli.error):
        assert unpacked(pieces, encoding, MOST) == b""
    assert time.process_time() - began < 1


def test_a_second_member_belongs_to_it() -> None:
    assert unpacked(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", "gzip", MOST) == b"ab"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("content", [b"not packed at all" * 100, b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd\xff"])
def test_what_nobody_can_unpack_is_an_error_that_is_told_apart(encoding: str, content: bytes) -> None:
    try:
        said = unpacked(content, encoding, MOST)
    except (zlib.error, brotli.error):
        said = b""
    assert said == b""  # at most the error's own sort is raised, and never is anything made of it


def test_it_is_packed_twice_at_most() -> None:
    names = [b"gzip"] * MOST_LAYERS
    assert Unpacking._split_encodings(names) == (names, [])
    with pytest.raises(zlib.error):
        Unpacking._split_encodings([b"gzip, " * 1000 + b"gzip"])


def test_a_window_that_few_machines_have_room_for_is_refused() -> None:
    wide = zstd.compress(bytes(MOST * 20), options={zstd.CompressionParameter.window_log: 27})
    with pytest.raises(zlib.error):
        unpacked(wide, "zstd", 100 * MOST)
