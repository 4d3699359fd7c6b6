"""How well the topic judgement tells ICE activity: python -m tests.benchmarks.topic PATH…

A PATH is a file of labelled items, one JSON object a line: id, title, text, label, kind, and where known lang,
title_only, unsure. Items that the labeller was unsure of are left out of the figures.
Or it is a folder of saved pages (html/ID.html.gz, truth.jsonl with id, url, perhaps label), for the gate only. A page
that nobody labelled is on topic when its extracted text is judged activity.

f1_judged is the honest figure beside the plain one: of the half by outlet that nobody looks at (halves.py).
Where weights_NAME.jsonl stands beside NAME.jsonl, it says how many items of a whole stream each item stands for.
"""

import gzip
import html
import json
import platform
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.extract.article import NotAnArticle, extract
from crawler.topic.choice import chosen
from crawler.topic.gate import Gate
from crawler.topic.topic import Topic, TopicVerdict
from tests.benchmarks.kinds import kind_figures
from tests.benchmarks.topic_learned import learned_figures
from tests.benchmarks.topic_origins import half_figures, natural_figures

Item = dict[str, Any]

_NAME = re.compile(r"\bICE\b|Immigration and Customs Enforcement")
_ANY_ICE = re.compile(r"\b(?:ice|i\.c\.e\.|immigration and customs enforcement)(?!\w)", re.IGNORECASE)
_PHRASES = re.compile(
    _NAME.pattern + r"|(?i:immigration (?:agent|officer|raid|detention|enforcement)|deport(?:ed|ation))"
)
_ADJACENT = {
    "border_wall",
    "cbp_only",
    "dhs_other",
    "foreign",
    "immigration_econ",
    "migrant_busing",
    "national_guard",
    "protest_other",
    "refugees",
    "smuggling",
    "tps",
    "visas",
}


def read(paths: Iterable[str]) -> list[Item]:
    """The labelled items of all files."""
    return [json.loads(line) for path in paths for line in Path(path).read_text("utf-8").splitlines() if line.strip()]


def is_activity(item: Item) -> bool:
    """Whether the labeller says so."""
    return bool(item["label"] == "ice_activity")


def score(items: list[Item], said: Callable[[Item], bool]) -> dict[str, float]:
    """Precision, recall and F1 of a judgement."""
    found = [item for item in items if said(item)]
    true = sum(map(is_activity, found))
    wanted = sum(map(is_activity, items))
    precision, recall = true / max(1, len(found)), true / max(1, wanted)
    f1 = 2 * precision * recall / (precision + recall) if true else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3), "n": len(items)}


def share(items: list[Item], said: Callable[[Item], bool]) -> float | None:
    """How much of the items a judgement says yes to; None without items."""
    return round(sum(map(said, items)) / len(items), 3) if items else None


def text_of(item: Item) -> str:
    """Title and text in one."""
    return f"{item['title']}\n{item.get('text') or ''}"


def slices(items: list[Item], said: Callable[[Item], bool]) -> dict[str, float | None]:
    """The figures of EVALUATION.md."""
    whole = [i for i in items if not i.get("title_only")]
    other = [i for i in items if i["label"] == "not_ice"]
    no_word = [i for i in items if is_activity(i) and not _ANY_ICE.search(text_of(i))]
    adjacent = [i for i in other if i["kind"] in _ADJACENT]
    capital = [i for i in other if i["kind"] not in _ADJACENT and re.search(r"\bICE\b", text_of(i))]
    total = score(items, said)
    return {
        **{key: total[key] for key in ("precision", "recall", "f1")},
        "full_text_f1": score([i for i in whole if len(i["text"]) > 1000], said)["f1"],
        "excerpt_f1": score([i for i in whole if len(i["text"]) <= 1000], said)["f1"],
        "title_only_f1": score([i for i in items if i.get("title_only")], said)["f1"],
        "no_ice_word_recall": share(no_word, said),
        "mention_fp": share([i for i in items if i["label"] == "ice_mention"], said),
        "capital_ice_fp": share(capital, said),
        "adjacent_fp": share(adjacent, said),
        "es_f1": score([i for i in items if i.get("lang") == "es"], said)["f1"],
    }


def peers(items: list[Item]) -> dict[str, float]:
    """F1 of what a newsroom would try first, in the same run."""

    def twice(item: Item) -> bool:
        return bool(_PHRASES.search(item["title"])) or len(_PHRASES.findall(item.get("text") or "")) >= 2

    return {
        "peer_two_term_regex_f1": score(items, lambda i: bool(_NAME.search(text_of(i))))["f1"],
        "peer_title_or_two_f1": score(items, twice)["f1"],
    }


def judged(topic: Topic, items: list[Item]) -> tuple[dict[str, TopicVerdict], dict[str, float]]:
    """The verdict of each item by id, and the milliseconds of processor time that one takes."""
    verdicts, taken = {}, []
    for item in items:
        begun = time.process_time()
        verdicts[item["id"]] = topic.judge(
            item["title"], item.get("text") or "", item.get("lang") or "en", item.get("source") or ""
        )
        taken.append(1000 * (time.process_time() - begun))
    taken.sort()
    mean, slow = sum(taken) / max(1, len(taken)), taken[int(0.99 * len(taken))] if taken else 0.0
    return verdicts, {"ms_per_story": round(mean, 3), "ms_per_story_p99": round(slow, 3)}


def gate_figures(topic: Topic, items: list[Item]) -> tuple[list[Item], dict[str, Any]]:
    """On-topic items that the gate would lose, and its speed on a large page without any term."""
    lost = [i for i in items if is_activity(i) and not topic.gate(text_of(i))]
    page = "<p class='story'>The council met on Tuesday to vote on a new library, ñandú and office PRICES.</p>\n" * 3300
    begun = time.process_time()
    for _ in range(20):
        topic.gate(page)
    passed = share([i for i in items if i["label"] == "not_ice"], lambda i: topic.gate(text_of(i)))
    ms = 1000 * (time.process_time() - begun) / 20
    return lost, {"gate_lost": len(lost), "gate_ms_300kb": round(ms, 2), "gate_passes_not_ice": passed}


def page_of(item: Item) -> bytes:
    """An item as a page of an outlet whose menu, most-read box and footer mention ICE on every page."""
    title, text = html.escape(item["title"]), item.get("text") or item["title"]
    menu = "".join(f"<li><a href='/tag/{tag}'>{tag}</a></li>" for tag in ("News", "Sports", "ICE", "Immigration"))
    read_most = "<h3>Most read</h3><ul><li><a href='/1'>ICE agents arrest four at car wash</a></li></ul>"
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.splitlines() if line.strip())
    return (
        f"<!doctype html><html><head><title>{title} | The Paper</title></head><body><nav><ul>{menu}</ul></nav><article>"
        f"<h1>{title}</h1>{lines}</article><aside>{read_most}</aside><footer>More on ICE in our state</footer></body>"
    ).encode()


def pages(folders: list[Path]) -> Iterator[tuple[Item, bytes]]:
    """The saved pages with their truth."""
    for folder in folders:
        for truth in read([str(folder / "truth.jsonl")]):
            yield truth, gzip.decompress((folder / "html" / f"{truth['id']}.html.gz").read_bytes())


def is_page_of_activity(topic: Topic, truth: Item, body: bytes) -> bool:
    """As labelled, else as the whole pipeline judges it."""
    if truth.get("label"):
        return is_activity(truth)
    try:
        article = extract(body, truth.get("url") or "https://paper.example/story", "", datetime.now(UTC))
    except NotAnArticle:
        return False
    return topic.judge(article.title, article.text, article.language).label == "activity"


def page_gate_figures(topic: Topic, items: list[Item], folders: list[Path]) -> dict[str, Any]:
    """What the gate for pages loses and lets pass: items in a template that mentions ICE, and saved pages."""
    gate = Gate(topic)
    stopped = [i for i in items if not gate.passes(page_of(i))]
    lost = [i["id"] for i in stopped if is_activity(i)]
    kept = [i["id"] for i in stopped if topic.judge(i["title"], i.get("text") or "").label == "activity"]
    other = [i for i in items if not is_activity(i)]
    figures = {
        "gate_texts_lost": len(lost),
        "gate_loses_kept": len(kept),
        "gate_passes_off_topic_texts": round(1 - (len(stopped) - len(lost)) / max(1, len(other)), 3),
    }
    seconds = size = rejected = lost_pages = count = 0.0
    for truth, body in pages(folders):
        begun = time.process_time()
        passed = gate.passes(body)
        taken = time.process_time() - begun
        count += 1
        if not passed:
            seconds, size, rejected = seconds + taken, size + len(body), rejected + 1
            if is_page_of_activity(topic, truth, body):
                lost_pages += 1
                lost.append(truth["id"])
    for name in lost:
        print(f"lost by the gate for pages: {name}")
    if not count:
        return figures
    return figures | {
        "gate_pages": int(count),
        "gate_pages_lost": int(lost_pages),
        "gate_pages_rejected": int(rejected),
        "gate_ms_rejected_page": round(1000 * seconds / max(1, rejected), 2),
        "gate_kb_rejected_page": round(size / max(1, rejected) / 1000),
    }


def main(paths: list[str]) -> None:
    """Judge, compare, print."""
    topic = chosen().topic
    folders = [Path(path) for path in paths if Path(path).is_dir()]
    everything = read(path for path in paths if not Path(path).is_dir())
    items = [i for i in everything if not i.get("unsure")]
    verdicts, times = judged(topic, items)

    def said(item: Item) -> bool:
        return verdicts[item["id"]].label == "activity"

    lost, gate = gate_figures(topic, items)
    for name, wrong in (("missed", True), ("false", False)):
        print(f"-- {name}")
        for i in items:
            if is_activity(i) is wrong and said(i) is not wrong:
                verdict = verdicts[i["id"]]
                print(f"{i['id']} {i['kind']:16} {verdict.label:8} {verdict.score:.2f}  {i['title'][:90]}")
    for i in lost:
        print(f"lost by the gate: {i['id']} {i['title'][:90]}")
    figures = {
        **slices(items, said),
        **peers(items),
        **half_figures(items, said, slices),
        **natural_figures(items, paths, said),
        **learned_figures(topic, items, said),
        **kind_figures(items, verdicts),
        **times,
        **gate,
        **page_gate_figures(topic, items, folders),
        "items": len(items),
        "unsure_left_out": len(everything) - len(items),
        "python": platform.python_version(),
    }
    for key, value in figures.items():
        print(f"{key:24} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
