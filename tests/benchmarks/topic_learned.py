"""What learning would gain: a logistic regression over the same evidence, with one origin at a time really left out.

Nothing that ships is learned. The learner sees which groups of the topic file stand in title, lead and body of an item,
and what the rules make of it; it is fitted without an origin and asked about that origin alone. As a veto it may only
take away what the rules found, where it is quite sure. A learner that does not gain here has learnt names of the day.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from crawler.topic.topic import Topic

Item = dict[str, Any]
Features = dict[str, float]

_EPOCHS, _RATE, _SHRINK = 30, 0.15, 0.0005
_SURE = 0.25  # a veto's share of belief below which an item is taken away


def learned_figures(topic: Topic, items: list[Item], said: Callable[[Item], bool]) -> dict[str, float]:
    """F1 of the learner alone and of the rules with its veto, each origin judged by what the others taught."""
    read = {item["id"]: features(topic, item) for item in items}
    belief: dict[str, float] = {}
    for origin in sorted({origin_of(item) for item in items}):
        weights = fit([(read[i["id"]], is_activity(i)) for i in items if origin_of(i) != origin])
        belief |= {i["id"]: probability(weights, read[i["id"]]) for i in items if origin_of(i) == origin}
    return {
        "learned_left_out_f1": f1(items, lambda i: belief[i["id"]] >= 0.5),
        "veto_left_out_f1": f1(items, lambda i: said(i) and belief[i["id"]] >= _SURE),
    }


def origin_of(item: Item) -> str:
    """The collection that an item was found by."""
    return str(item.get("origin") or "unknown")


def is_activity(item: Item) -> bool:
    """Whether the labeller says so."""
    return bool(item["label"] == "ice_activity")


def features(topic: Topic, item: Item) -> Features:
    """Which evidence of which sign stands where, and the score of the rules."""
    text = item.get("text") or ""
    verdict = topic.judge(item["title"], text, item.get("lang") or "en", item.get("source") or "")
    found = {f"{e.where}:{e.term.casefold()}": math.copysign(1.0, e.weight) for e in verdict.evidence}
    return found | {"score": 4 * verdict.score, "bias": 1.0, "title only": float(not text)}


def fit(examples: list[tuple[Features, bool]]) -> dict[str, float]:
    """Weights by stochastic gradient descent, in an order that is always the same."""
    weights: defaultdict[str, float] = defaultdict(float)
    order = list(range(len(examples)))
    for epoch in range(_EPOCHS):
        random.Random(epoch).shuffle(order)
        rate = _RATE / (1 + epoch)
        for index in order:
            found, true = examples[index]
            error = true - probability(weights, found)
            for name, value in found.items():
                weights[name] += rate * (error * value - _SHRINK * weights[name])
    return dict(weights)


def probability(weights: dict[str, float], found: Features) -> float:
    """How likely an item with these features is activity."""
    total = sum(weights.get(name, 0.0) * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def f1(items: list[Item], said: Callable[[Item], bool]) -> float:
    """F1 of a judgement."""
    both = sum(is_activity(i) and said(i) for i in items)
    return round(2 * both / max(1, sum(map(is_activity, items)) + sum(map(said, items))), 3)
