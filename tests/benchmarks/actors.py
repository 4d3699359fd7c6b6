"""How well who acts, and on whose word, is found: python -m tests.benchmarks.actors FILE…

A FILE is one of labelled items as tests/benchmarks/topic.py reads them; what is true of some of them stands in
actors.toml. Precision counts for more than recall here: an icewire that says nothing accuses nobody.
"""

import json
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from crawler.topic.actors import Named
from crawler.topic.choice import chosen

_CHARACTERS = 1100  # of the text, which the labeller read


def _codes(found: Iterable[Named]) -> set[str]:
    return {named.who for named in found}


def main(paths: list[str]) -> None:
    """Find, compare, print."""
    labels = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    pairs: dict[str, list[tuple[set[str], set[str]]]] = {"actors": [], "said_by": []}
    actors = chosen().actors
    assert actors
    for path in paths:
        for item in map(json.loads, Path(path).read_text("utf-8").splitlines()):
            if true := labels.get(item["id"]):
                acted = actors.found(item["title"], item["text"][:_CHARACTERS])
                for name, found, wanted in zip(pairs, (acted.actors, acted.said_by), true, strict=True):
                    pairs[name].append((_codes(found), set(wanted)))
                    if _codes(found) != set(wanted):
                        print(f"{item['id']} {name}: found {sorted(_codes(found))}, wanted {sorted(wanted)}")
    figures: dict[str, float] = {"items": len(pairs["actors"])}
    for name, compared in pairs.items():
        right = sum(len(found & wanted) for found, wanted in compared)
        figures[f"{name}_precision"] = round(right / max(1, sum(len(found) for found, _ in compared)), 3)
        figures[f"{name}_recall"] = round(right / max(1, sum(len(wanted) for _, wanted in compared)), 3)
    for key, value in figures.items():
        print(f"{key:24} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
