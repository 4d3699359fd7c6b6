"""The shapes of states and counties, north up, as `tests/tools/map_shapes.py` made them from us-atlas 3.0.1 (ISC).

The boundaries are those of the Census Bureau in 2017 (public domain).
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Outlines:
    """A map without anything on it: its size in units, and an SVG path for each key."""

    width: int
    height: int
    paths: Mapping[str, str]


def country() -> Outlines:
    """The states, by postal code; Alaska, Hawaii and Puerto Rico below, each on a scale of its own."""
    return _outlines(_shapes()["country"])


def counties() -> Outlines:
    """Every county on the same map, by "MA middlesex county"."""
    return _outlines(_shapes()["counties"])


def state(code: str) -> Outlines | None:
    """The counties of a state, by the name in their key; None for a state that has no map.

    Two counties that were one in 2017 share a shape: "chugach|copper river".
    """
    known = _shapes()["states"].get(code)
    return _outlines(known) if known else None


def _outlines(raw: Mapping[str, Any]) -> Outlines:
    width, height = raw["size"]
    return Outlines(width, height, raw["shapes"])


@cache
def _shapes() -> dict[str, Any]:
    packed = files(__package__).joinpath("data/shapes.json.gz").read_bytes()
    made: dict[str, Any] = json.loads(gzip.decompress(packed))
    return made
