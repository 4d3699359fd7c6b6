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

from crawler.topic.topic import TopicVerdict
from tests.benchmarks.halves import half_of

Item = dict[str, Any]
Said = Callable[[Item], bool]

# The labels know fewer kinds than a verdict: deaths are labelled as detention or death, arrests as raids.
_SAME = {
    "audit": "raid",
    "arrest": "raid",
    "enforcement": "raid",
    "deportation": "raid",
    "death": "detention",
    "death_in_custody": "detention",
    "sanctuary": "policy",
    "cbp_led": "cbp",
}


def half_figures(
    items: list[Item], said: Said, score: Callable[[list[Item], Said], dict[str, float]]
) -> dict[str, float]:
    """Precision, recall and F1 of each half; prints both halves of each origin."""
    parts: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        for origin in (item.get("origin") or "unknown", "all"):
            parts[origin, half_of(item)].append(item)
    print(f"{'origin':16} {'half':8} {'items':>5}  P     R     F1")
    for (origin, half), part in sorted(parts.items()):
        s = score(part, said)
        print(f"{origin:16} {half:8} {len(part):5}  {s['precision']:.3f} {s['recall']:.3f} {s['f1']:.3f}")
    halves = {half: score(parts["all", half], said) for half in ("written", "judged")}
    return {f"{key}_{half}": halves[half][key] for half in halves for key in ("precision", "recall", "f1")}


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


def kind_figures(items: list[Item], verdicts: dict[str, TopicVerdict]) -> dict[str, float]:
    """How often the kind of an activity found agrees with its label, as written and as far as the labels tell kinds
    apart; prints the pairs that differ most often."""
    known = [i for i in items if i["label"] == "ice_activity" and i.get("kind") not in (None, "", "no_ice_word")]
    pairs = Counter((i["kind"], verdicts[i["id"]].kind) for i in known if verdicts[i["id"]].label == "activity")
    total = max(1, sum(pairs.values()))
    broad = Counter({pair: n for pair, n in pairs.items() if _broad(pair[0]) != _broad(pair[1])})
    for (labelled, said), count in broad.most_common(8):
        print(f"kind {labelled:18} judged {said or 'none':12} {count}")
    exact = sum(n for (labelled, said), n in pairs.items() if labelled.removesuffix("_in_custody") == said)
    return {"kind_exact": round(exact / total, 3), "kind_agrees": round(1 - sum(broad.values()) / total, 3)}


def _broad(kind: str) -> str:
    return _SAME.get(kind, kind)
