"""How well the places of events are found: python -m tests.benchmarks.places PLACES.jsonl TEXTS.jsonl

PLACES: one item a line, {id, primary: {name, kind, state} | null, places: [the same], state_in_text}.
TEXTS: the items' {id, title, text, outlet_state}. Beside it a peer, measured in the same run: look up every
capitalised name of the gazetteer in the text and take its most populous meaning.

top1        share of items with a place whose best guess is among the truth
top1_hard   the same where the text leaves the state out and the name is more often another place's,
            or is shared by more than three states
precision, recall, f1    on (name, state) over all items; state_f1 on the states alone
invented    share of the items without any place for which one was found
ms          CPU for one item; `kchars` is the mean length of an item in thousands of characters
memory_mib  what the loaded gazetteer holds, by tracemalloc

Each figure stands also for the two halves of `tests.benchmarks.halves` (`f1_written`, `f1_judged`): an item is of the
half of its text's outlet.
"""

import json
import platform
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Place
from crawler.places.scene import Home, find_scene
from crawler.places.spelling import name_words
from crawler.text.tokens import WORD
from tests.benchmarks.halves import half_of

Item = dict[str, Any]
Finder = Callable[[Item], Sequence[Place]]
Key = tuple[str, str]


def truth_key(place: dict[str, str]) -> Key:
    return " ".join(name_words(place["name"])), place["state"]


def found_key(place: Place) -> Key:
    return " ".join(name_words(place.name)), place.state


def is_hard(item: Item, gazetteer: Gazetteer) -> bool:
    """No state in the text, and the name alone does not tell: see top1_hard above."""
    if item.get("state_in_text"):
        return False
    name, state = truth_key(item["primary"])
    meant = max(gazetteer.meanings(name), key=lambda m: m.population, default=None)
    return meant is None or meant.place.state != state or len({m.place.state for m in gazetteer.meanings(name)}) > 3


def most_populous(gazetteer: Gazetteer, item: Item) -> list[Place]:
    """The peer: the common gazetteer look-up, most often named first."""
    words = WORD.findall(f"{item['title']}\n{item['text']}")
    folded = [w for word in words for w in name_words(word)[:1] or [""]]
    counts: Counter[Place] = Counter()
    i = 0
    while i < len(words):
        size = gazetteer.longest(folded, i) if words[i][0].isupper() else 0
        if size:
            meanings = gazetteer.meanings(" ".join(folded[i : i + size]))
            counts[max(meanings, key=lambda m: m.population).place] += 1
        i += size or 1
    return [place for place, _ in counts.most_common()]


def ratio(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def f1(truth: Sequence[set[Any]], found: Sequence[set[Any]]) -> tuple[float, float, float]:
    hits = sum(len(t & f) for t, f in zip(truth, found, strict=True))
    precision, recall = ratio(hits, sum(map(len, found))), ratio(hits, sum(map(len, truth)))
    return precision, recall, ratio(2 * precision * recall, precision + recall)


def measure(items: Sequence[Item], find: Finder, gazetteer: Gazetteer) -> dict[str, float]:
    started = time.process_time()
    found = [[found_key(place) for place in find(item)] for item in items]
    seconds = time.process_time() - started
    truth = [{truth_key(place) for place in item["places"]} for item in items]
    right = [bool(f) and f[0] in t for f, t in zip(found, truth, strict=True)]
    placed = [i for i, t in enumerate(truth) if t]
    hard = [i for i in placed if items[i]["primary"] and is_hard(items[i], gazetteer)]
    empty = [i for i, t in enumerate(truth) if not t]
    precision, recall, both = f1(truth, [set(f) for f in found])
    states = f1([{s for _, s in t} for t in truth], [{s for _, s in f} for f in found])
    return {
        "top1": ratio(sum(right[i] for i in placed), len(placed)),
        "top1_hard": ratio(sum(right[i] for i in hard), len(hard)),
        "precision": precision,
        "recall": recall,
        "f1": both,
        "state_f1": states[2],
        "invented": ratio(sum(bool(found[i]) for i in empty), len(empty)),
        "ms": ratio(1000 * seconds, len(items)),
        "cases": len(items),
        "cases_hard": len(hard),
        "cases_empty": len(empty),
    }


def memory() -> float:
    """MiB that a loaded gazetteer holds."""
    tracemalloc.start()
    held = Gazetteer.load()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return round(size / 2**20, 1) if held.states else 0.0


def read(paths: Sequence[Path]) -> list[Item]:
    """The labelled items joined with their texts, whichever file holds which."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    texts = {row["id"]: row for row in rows if "title" in row}
    return [texts[row["id"]] | row for row in rows if "primary" in row and row["id"] in texts]


def main(arguments: Sequence[str]) -> None:
    if not arguments:
        sys.exit(f"usage: {__doc__}")
    items = read([Path(a) for a in arguments])
    started = time.process_time()
    gazetteer = Gazetteer.load()
    load = time.process_time() - started

    def ours(item: Item) -> list[Place]:
        home = Home(state=item.get("outlet_state") or "")
        return [found.place for found in find_scene(gazetteer, item["title"], item["text"], home)]

    figures = measure(items, ours, gazetteer)
    halves = {
        half: measure([item for item in items if half_of(item) == half], ours, gazetteer)
        for half in ("written", "judged")
    }
    peer = measure(items, lambda item: most_populous(gazetteer, item), gazetteer)
    kchars = round(sum(len(item["title"]) + len(item["text"]) for item in items) / len(items) / 1000, 2)
    held = memory()
    print(f"{len(items)} items of {kchars} thousand characters; Python {platform.python_version()}")
    print(f"gazetteer loaded in {load:.2f} s of CPU; it holds {held} MiB\n")
    columns = {"icewire": figures, **halves, "look-up": peer}
    print(f"{'':16}" + "".join(f"{name:>10}" for name in columns))
    for key in figures:
        print(f"{key:16}" + "".join(f"{column[key]:>10}" for column in columns.values()))
    extra: dict[str, float] = {f"peer_{key}": value for key, value in peer.items() if not key.startswith("cases")}
    extra |= {f"{key}_{half}": value for half, column in halves.items() for key, value in column.items()}
    print(json.dumps(figures | extra | {"load_s": round(load, 3), "memory_mib": held, "kchars": kchars}))


if __name__ == "__main__":
    main(sys.argv[1:])
