"""What patterns like least: the units of texts that many a search grows with, faster than they do."""

import tomllib
from pathlib import Path

_FILE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
# A lone half of a character cannot stand in TOML.
UNITS: tuple[str, ...] = (*_FILE["units"], "\ud83d", "\ud83d\ude00")
HEADS: tuple[str, ...] = tuple(_FILE["heads"])  # what a run follows
RUNS: tuple[str, ...] = tuple(_FILE["runs"])


def filled(unit: str, size: int, head: str = "") -> str:
    """So many characters of it, behind a head."""
    return (head + unit * (max(0, size - len(head)) // len(unit) + 1))[:size]
