"""How far the topic's figures can be trusted: both halves of each origin, and a natural stream's share of each item.

An origin is the collection that an item was found by, with its own outlets, years and style. The terms and weights of
the topic file are written in view of one half of the items, by outlet; the other half is only counted. Where the two
differ, that much was learnt by heart.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.halves import half_of

Item = dict[str, Any]
Said = Callable[[Item], bool]
Scored = Callable[[list[Item], Said], dict[str, float | None]]


def half_figures(items: list[Item], said: Said, slices: Scored) -> dict[str, Any]:
    """The figures of each half, and precision, recall and F1 of both halves of each origin, which are printed."""
    parts: defaultdict[str, defaultdict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        for origin in (item.get("origin") or "unknown", "all"):
            parts[origin][half_of(item)].append(item)
    origins: dict[str, dict[str, dict[str, float | None]]] = {}
    print(f"{'origin':16} {'half':8} {'items':>5}  P     R     F1")
    for origin, halves in sorted(parts.items()):
        for half, part in sorted(halves.items()):
            found = {key: slices(part, said)[key] for key in ("precision", "recall", "f1")}
            print(f"{origin:16} {half:8} {len(part):5}  " + " ".join(f"{value:.3f}" for value in found.values()))
            origins.setdefault(origin, {})[half] = {"items": len(part), **found}
    told = {half: slices(part, said) for half, part in parts["all"].items()}
    return {f"{key}_{half}": value for half in told for key, value in told[half].items()} | {"origins": origins}


def natural_figures(items: list[Item], paths: Iterable[str], said: Said) -> dict[str, float]:
    """Precision and recall on a whole stream: of US local outlets, each half of them, and of the others."""
    weights: dict[str, float] = {}
    for path in map(Path, paths):
        beside = path.with_name(f"weights_{path.name}")
        if beside.is_file():
            weights |= {w["id"]: w["weight"] for w in map(json.loads, beside.read_text("utf-8").splitlines())}
    known = [i for i in items if i["id"] in weights]
    local = [i for i in known if i.get("outlet_state")]
    sets = {
        "natural_local": local,
        "natural_other": [i for i in known if not i.get("outlet_state")],
        "natural_local_written": [i for i in local if half_of(i) == "written"],
        "natural_local_judged": [i for i in local if half_of(i) == "judged"],
    }
    return {k: v for name, part in sets.items() if part for k, v in _weighed(name, part, weights, said).items()}


def _weighed(name: str, items: list[Item], weights: dict[str, float], said: Said) -> dict[str, float]:
    counts: Counter[tuple[bool, bool]] = Counter()
    for item in items:
        counts[said(item), item["label"] == "ice_activity"] += weights[item["id"]]  # type: ignore[assignment]
    found, true = counts[True, True] + counts[True, False], counts[True, True] + counts[False, True]
    items_of_stream = max(1, sum(counts.values()))
    return {
        f"{name}_precision": round(counts[True, True] / max(1, found), 3),
        f"{name}_recall": round(counts[True, True] / max(1, true), 3),
        f"{name}_false_per_1000": round(1000 * counts[True, False] / items_of_stream, 2),
        f"{name}_missed_per_1000": round(1000 * counts[False, True] / items_of_stream, 2),
        f"{name}_items": round(items_of_stream),
    }
