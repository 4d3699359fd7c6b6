"""What the judgements of topic and place are confused by.

    python -m tests.benchmarks.confusions TEXTS.jsonl PLACES.jsonl

Counts only, no titles: the labeller's label against ours, wrong verdicts by the labeller's kind of story, and best
guesses of a place by how they are wrong. The files are those of the benchmarks topic and places.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Place
from crawler.places.scene import Home, find_scene
from crawler.topic.choice import chosen
from crawler.topic.topic import Topic
from tests.benchmarks.places import found_key, truth_key
from tests.benchmarks.places import read as read_places
from tests.benchmarks.topic import is_activity
from tests.benchmarks.topic import read as read_items

Item = dict[str, Any]


def topic_confusions(items: Sequence[Item], topic: Topic) -> dict[str, Any]:
    """Our labels by the labeller's, and the labeller's kinds of the stories that were missed and wrongly taken."""
    labels: dict[str, Counter[str]] = {}
    missed: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    kinds = Counter(("activity " if is_activity(i) else "other ") + i["kind"] for i in items)
    for item in items:
        said = topic.judge(item["title"], item.get("text") or "", item.get("lang") or "en").label
        labels.setdefault(item["label"], Counter())[said] += 1
        if is_activity(item) and said != "activity":
            missed[item["kind"]] += 1
        elif said == "activity" and not is_activity(item):
            taken[item["kind"]] += 1
    return {
        "labels": {label: dict(counts) for label, counts in labels.items()},
        "missed": {kind: [n, kinds[f"activity {kind}"]] for kind, n in missed.most_common()},
        "taken": {kind: [n, kinds[f"other {kind}"]] for kind, n in taken.most_common()},
    }


def place_confusions(items: Sequence[Item], gazetteer: Gazetteer) -> dict[str, dict[str, int]]:
    """By the kind of the true place, "none" without one: how often the best guess is right, and how it is wrong."""
    found: dict[str, Counter[str]] = {}
    for item in items:
        home = Home(state=item.get("outlet_state") or "")
        guesses = [f.place for f in find_scene(gazetteer, item["title"], item["text"], home)]
        kind = item["primary"]["kind"] if item["primary"] else "none"
        found.setdefault(kind, Counter())[how_right(item, guesses)] += 1
    return {kind: dict(counts) for kind, counts in found.items()}


def how_right(item: Item, guesses: Sequence[Place]) -> str:
    """What the best guess is to the truth."""
    if not guesses:
        return "silent"
    if not item["places"]:
        return "invented"
    truth = {truth_key(place) for place in item["places"]}
    if found_key(guesses[0]) in truth:
        return "right"
    if any(found_key(guess) in truth for guess in guesses):
        return "second"
    return "same_state" if guesses[0].state in {state for _, state in truth} else "other_state"


def main(paths: Sequence[str]) -> None:
    """Print the table and the line of JSON."""
    if len(paths) != 2:
        sys.exit(f"usage: {__doc__}")
    items = [i for i in read_items(paths[:1]) if not i.get("unsure")]
    topic = topic_confusions(items, chosen().topic)
    places = place_confusions(read_places([Path(p) for p in paths]), Gazetteer.load())
    for label, counts in topic["labels"].items():
        print(f"{label:14}", "  ".join(f"{said} {n}" for said, n in counts.items()))
    for name in ("missed", "taken"):
        print(f"{name:14}", "  ".join(f"{kind} {n}/{of}" for kind, (n, of) in topic[name].items()))
    for kind, found in places.items():
        print(f"{kind:14}", "  ".join(f"{how} {n}" for how, n in found.items()))
    print(json.dumps({"topic": topic, "places": places}))


if __name__ == "__main__":
    main(sys.argv[1:])
