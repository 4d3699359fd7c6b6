"""How well the kinds of stories agree with their labels: python -m tests.benchmarks.kinds FILE…

A FILE is one of labelled items as tests/benchmarks/topic.py reads them. An item's label is one kind; a story has at
most two, the main one first. Measured on what is labelled as activity, however the topic judges it.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from crawler.topic.choice import chosen
from crawler.topic.topic import TopicVerdict
from tests.benchmarks.halves import half_of

Item = dict[str, Any]
Right = Mapping[str, frozenset[str]]  # the kinds that its label stands for
Told = Mapping[str, Sequence[str]]  # the kinds of a story, by its id

# What readers filter by.
ASKED = frozenset("arrest raid detention death deportation shooting protest court policy 287g".split())
_SAME = {
    "death_in_custody": {"death"},
    "sanctuary": {"policy"},
    "audit": {"raid"},
    "cbp_led": {"cbp"},
    "enforcement": {"arrest", "raid", "deportation", "deployment"},
}
# Where no label says arrest, labels know fewer kinds: arrests and deportations stand as raids, deaths as detention.
_COARSE = {"raid": {"raid", "arrest", "deportation"}, "detention": {"detention", "death", "arrest"}}


def known(items: Iterable[Item]) -> list[Item]:
    """The items that have a kind."""
    nothing = (None, "", "no_ice_word", "other")
    return [i for i in items if i["label"] == "ice_activity" and not i.get("unsure") and i.get("kind") not in nothing]


def accepted(items: Sequence[Item]) -> dict[str, frozenset[str]]:
    """By an item's id the kinds that its label stands for."""
    coarse = not any(item["kind"] == "arrest" for item in items)
    table = {**_SAME, **(_COARSE if coarse else {})}
    return {item["id"]: frozenset(table.get(item["kind"], {item["kind"]})) for item in items}


def told_of(items: Iterable[Item]) -> Told:
    """The kinds of each item."""
    kinds = chosen().kinds
    return {item["id"]: kinds.told(item["title"], item.get("text") or "") for item in items}


def label_of(item: Item) -> str:
    """The kind of a label as ours are called."""
    return str(item["kind"]).removesuffix("_in_custody")


def agreement(items: Sequence[Item], right: Right, told: Told) -> dict[str, float]:
    """How often the main kind agrees with the label, how often either of the two; also of the kinds readers ask for."""
    asked = [item for item in items if right[item["id"]] & ASKED]

    def share(some: Sequence[Item], most: int) -> float:
        agreeing = sum(bool(right[item["id"]] & set(told[item["id"]][:most])) for item in some)
        return round(agreeing / max(1, len(some)), 3)

    return {
        "first": share(items, 1),
        "either": share(items, 2),
        "first_asked": share(asked, 1),
        "either_asked": share(asked, 2),
    }


def by_kind(items: Sequence[Item], right: Right, told: Told) -> dict[str, tuple[float, float, int]]:
    """By kind precision and recall of `kind:NAME`, which meets both kinds of a story, and how many are labelled so."""
    said, hit, meant, recalled = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for item in items:
        kinds, true = told[item["id"]], right[item["id"]]
        agrees = bool(true & set(kinds))
        meant[label_of(item)] += 1
        recalled[label_of(item)] += agrees
        for kind in kinds:
            said[kind] += 1
            hit[kind] += kind in true
    names = sorted({*said, *meant})
    return {n: (hit[n] / max(1, said[n]), recalled[n] / max(1, meant[n]), meant[n]) for n in names}


def figures(items: Sequence[Item], right: Right, told: Told) -> dict[str, float]:
    """The figures of both halves; prints them by kind."""
    found: dict[str, float] = {}
    for half in ("written", "judged"):
        some = [item for item in items if half_of(item) == half]
        print(f"-- {half}: {len(some)} items; kind, precision, recall, labelled")
        for kind, (precision, recall, count) in by_kind(some, right, told).items():
            print(f"{kind:16} {precision:.2f} {recall:.2f} {count}")
        found |= {f"kind_{name}_{half}": value for name, value in agreement(some, right, told).items()}
        found[f"kind_two_{half}"] = round(sum(len(told[i["id"]]) > 1 for i in some) / max(1, len(some)), 3)
    return found


def kind_figures(items: Sequence[Item], verdicts: Mapping[str, TopicVerdict]) -> dict[str, float]:
    """Of the activity that the topic finds: `kind_exact`, the main kind is called as the label; `kind_agrees`, either
    of the two is what the label stands for. Of both halves and of all."""
    found = [i for i in known(items) if verdicts[i["id"]].label == "activity"]
    right, told = accepted(found), told_of(found)
    agrees = {half: agreement([i for i in found if half_of(i) == half], right, told) for half in ("written", "judged")}
    exact = sum(label_of(i) in told[i["id"]][:1] for i in found) / max(1, len(found))
    return {
        "kind_exact": round(exact, 3),
        "kind_agrees": agreement(found, right, told)["either"],
        **{f"kind_agrees_{half}": figures["either"] for half, figures in agrees.items()},
        **{f"kind_first_{half}": figures["first"] for half, figures in agrees.items()},
    }


def main(paths: list[str]) -> None:
    """Tell, compare, print."""
    items: list[Item] = []
    right: dict[str, frozenset[str]] = {}
    for path in paths:
        lines = Path(path).read_text("utf-8").splitlines()
        some = known(json.loads(line) for line in lines if line.strip())
        items, right = [*items, *some], {**right, **accepted(some)}
    said = figures(items, right, told_of(items))
    for key, value in said.items():
        print(f"{key:28} {value}")
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1:])
