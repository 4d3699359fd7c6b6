"""How well copies of one text are found: python -m tests.benchmarks.copies FOLDER

FOLDER holds neardup_real.jsonl with neardup_real_pairs.tsv (1 = copy, -1 = not to be counted, unlisted = no copy) and
neardup_synth.jsonl. Pairs are printed as a whole and by halves, by the group of copies that one of the two is of: rules
are written in view of one half only. Articles arrive one by one in the order of their dates; an index on fingerprint()
finds the candidates, as the store does, and find_copy() decides.
"""

import json
import platform
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from crawler.grouping.copies import find_copy, fingerprint
from crawler.grouping.gist import Candidate
from crawler.store.holders import MOST_COPIES
from crawler.text.tokens import words
from tests.benchmarks.halves import HALVES, half_of_event

Item = dict[str, Any]
Pair = frozenset[str]


def read(path: Path) -> list[Item]:
    """The items of a JSON lines file, by date."""
    items = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return sorted(items, key=lambda item: str(item.get("date") or ""))


def read_pairs(path: Path) -> tuple[set[Pair], set[Pair]]:
    """(copies, pairs not to be counted)."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
    copies = {frozenset((a, b)) for a, b, label in rows if label == "1"}
    return copies, {frozenset((a, b)) for a, b, label in rows if label == "-1"}


def pairs_of(labels: dict[str, str]) -> set[Pair]:
    """Every pair of ids with one label."""
    members = defaultdict(list)
    for item, label in labels.items():
        members[label].append(item)
    return {frozenset(pair) for ids in members.values() for pair in combinations(ids, 2)}


def ratio(part: float, whole: float) -> float:
    """Their ratio; 0 of nothing."""
    return part / whole if whole else 0.0


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return ratio(2 * precision * recall, precision + recall)


def bcubed(gold: dict[str, str], found: dict[str, str], which: Iterable[str] | None = None) -> tuple[float, float]:
    """B-cubed (precision, recall) of a grouping; with `which`, of these items in it."""
    both = Counter((gold[i], found[i]) for i in gold)
    in_gold, in_found = Counter(gold.values()), Counter(found[i] for i in gold)
    items = list(gold if which is None else which)
    precision = sum(both[gold[i], found[i]] / in_found[found[i]] for i in items)
    recall = sum(both[gold[i], found[i]] / in_gold[gold[i]] for i in items)
    return ratio(precision, len(items)), ratio(recall, len(items))


def adjusted_rand(gold: dict[str, str], found: dict[str, str]) -> float:
    """The adjusted Rand index of a grouping."""

    def paired(counts: Iterable[int]) -> float:
        return sum(n * (n - 1) / 2 for n in counts)

    both = paired(Counter((gold[i], found[i]) for i in gold).values())
    a, b = paired(Counter(gold.values()).values()), paired(Counter(found[i] for i in gold).values())
    expected = ratio(a * b, paired([len(gold)]))
    return ratio(both - expected, (a + b) / 2 - expected)


def score_pairs(every: set[Pair], copies: set[Pair], ignored: set[Pair]) -> dict[str, float]:
    """Precision, recall and F1 of the pairs said to be copies, without and with those not to be counted."""
    counted = every - ignored
    precision, recall = ratio(len(counted & copies), len(counted)), ratio(len(counted & copies), len(copies))
    strict = f1(ratio(len(every & copies), len(every)), recall)
    return {"pair_precision": precision, "pair_recall": recall, "pair_f1": f1(precision, recall), "strict": strict}


def score(
    gold: dict[str, str], found: dict[str, str], said: set[Pair], copies: set[Pair], ignored: set[Pair]
) -> dict[str, float]:
    """The figures of a method: `said` are the pairs it calls copies, `found` the groups it made of them."""
    pairs = score_pairs(said, copies, ignored)
    figures = {
        **{name: pairs[name] for name in ("pair_precision", "pair_recall", "pair_f1")},
        "bcubed_f": f1(*bcubed(gold, found)), "ari": adjusted_rand(gold, found), "pair_f1_no_ignore": pairs["strict"],
        "grouped_pair_f1": score_pairs(pairs_of(found), copies, ignored)["pair_f1"],
    }  # fmt: skip
    return {name: round(figure, 4) for name, figure in figures.items()}


def by_half(
    gold: dict[str, str], said: set[Pair], copies: set[Pair], ignored: set[Pair]
) -> dict[str, dict[str, float]]:
    """The figures of the pairs that a half of the groups has a part in."""
    figures: dict[str, dict[str, float]] = {}
    for half in HALVES:
        ids = {i for i, group in gold.items() if half_of_event(group) == half}
        mine = [{pair for pair in pairs if pair & ids} for pairs in (said, copies, ignored)]
        figures[half] = {name: round(figure, 4) for name, figure in score_pairs(*mine).items()}
    return figures


class Arrivals:
    """Articles as the store meets them: each against the earlier ones that share a hash of its fingerprint."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.said: set[Pair] = set()
        known: list[Candidate] = []
        index: dict[int, list[int]] = defaultdict(list)
        spent = 0.0
        for number, item in enumerate(items):
            start = time.process_time()
            new = Candidate(number + 1, number + 1, item["title"], item["text"], None, ())
            sample = fingerprint(new.title, new.text)
            shared = Counter(n for h in sample for n in index.get(h, ()))
            copied = find_copy(new, [replace(known[n], hashes=c) for n, c in shared.most_common(MOST_COPIES)])
            spent += time.process_time() - start
            self.said |= {
                frozenset((item["id"], items[n]["id"]))
                for n, c in shared.items()
                if find_copy(new, [replace(known[n], copy_of=None, hashes=c)])
            }
            original = (copied.candidate.copy_of or copied.candidate.article_id) if copied else None
            known.append(replace(new, copy_of=original))
            for h in sample:
                index[h].append(number)
        self.groups = {items[c.article_id - 1]["id"]: items[(c.copy_of or c.article_id) - 1]["id"] for c in known}
        self.ms_per_article = round(1000 * spent / max(1, len(items)), 2)


def by_exact_text(items: Sequence[Item]) -> dict[str, str]:
    """A peer: the same words in the same order."""
    return {item["id"]: " ".join(words(item["text"])) for item in items}


def by_resemblance(items: Sequence[Item], threshold: float = 0.5) -> tuple[dict[str, str], set[Pair]]:
    """A peer: exact Jaccard of 5-word shingles, what MinHash estimates; every chain of its pairs is one group."""
    shingles = {}
    for item in items:
        w = words(item["text"])
        shingles[item["id"]] = set(zip(w, w[1:], w[2:], w[3:], w[4:], strict=False))
    group_of = {item["id"]: item["id"] for item in items}
    said = set()
    for a, b in combinations(shingles, 2):
        common = len(shingles[a] & shingles[b])
        if common >= threshold * (len(shingles[a]) + len(shingles[b]) - common) > 0:
            said.add(frozenset((a, b)))
            old, new = group_of[b], group_of[a]
            group_of = {i: new if g == old else g for i, g in group_of.items()}
    return group_of, said


def main(folder: Path) -> None:
    """Print the table and the line of JSON."""
    figures: dict[str, Any] = {"python": platform.python_version()}
    print("Pairs: is this article a copy of that one? B-cubed, ARI and grouped F1: the groups they were put into.")
    print(f"{'set':14}{'method':20}{'n':>5}{'P':>8}{'R':>8}{'F1':>8}{'B3 F':>8}{'ARI':>8}{'F1 all':>8}{'grouped':>8}")
    for name in ("neardup_real", "neardup_synth"):
        items = read(folder / f"{name}.jsonl")
        gold = {item["id"]: item["neardup_id"] for item in items}
        listed = folder / f"{name}_pairs.tsv"
        copies, ignored = read_pairs(listed) if listed.exists() else (pairs_of(gold), set[Pair]())
        arrivals, exact, resemblance = Arrivals(items), by_exact_text(items), by_resemblance(items)
        scores = {
            "find_copy()": score(gold, arrivals.groups, arrivals.said, copies, ignored),
            "exact text": score(gold, exact, pairs_of(exact), copies, ignored),
            "shingle Jaccard .5": score(gold, *resemblance, copies, ignored),
        }
        for method, row in scores.items():
            print(f"{name:14}{method:20}{len(items):5}" + "".join(f"{value:8.3f}" for value in row.values()))
        halves = by_half(gold, arrivals.said, copies, ignored)
        for half, row in halves.items():
            print(f"{name:14}{half:25}" + "".join(f"{value:8.3f}" for value in list(row.values())[:3]))
        figures[name] = scores["find_copy()"] | halves | {
            "n": len(items), "ms_per_article": arrivals.ms_per_article,
            "peer_exact_pair_f1": scores["exact text"]["pair_f1"],
            "peer_jaccard_pair_f1": scores["shingle Jaccard .5"]["pair_f1"],
        }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
