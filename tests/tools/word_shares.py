"""Makes alerts/query/data/word_shares.txt: which words many reports of ICE activity hold, and how many of them do.

    python -m tests.tools.word_shares DATA/relevance/dev.jsonl DATA/relevance/dev2.jsonl DATA/relevance/dev_es.jsonl

A line is a share in hundredths and its words. Single words and counts only: nothing of a text can be read from it. The
words of our topic are taken to stand in a few reports at least: those are what readers search for.
"""

import json
import sys
import tomllib
from collections import Counter
from pathlib import Path

from crawler.text import search_words

TARGET = Path(__file__).parents[2] / "alerts/query/data/word_shares.txt"
TOPIC = Path(__file__).parents[2] / "crawler/topic/ice/terms.toml"
ROLES = ("agency", "ice", "act", "support", "word")
LEAST = 2  # hundredths; a word of fewer reports is rare


def main(paths: list[str]) -> None:
    """Write the file anew."""
    held: Counter[str] = Counter()
    reports = 0
    for line in (line for path in paths for line in Path(path).read_text("utf-8").splitlines()):
        item = json.loads(line)
        if item["label"] == "ice_activity" and len(item["text"]) > 500:
            held.update(set(search_words(f"{item['title']}\n{item['text']}")))
            reports += 1
    by_share: dict[int, list[str]] = {}
    for word, count in held.items():
        if 100 * count >= LEAST * reports:
            by_share.setdefault(round(100 * count / reports), []).append(word)
    by_share.setdefault(LEAST, []).extend(_topic_words() - {word for words in by_share.values() for word in words})
    lines = [f"{share} {' '.join(sorted(words))}" for share, words in sorted(by_share.items(), reverse=True)]
    TARGET.write_text("\n".join(lines) + "\n", "utf-8")
    print(reports, "reports,", sum(map(len, by_share.values())), "words,", TARGET.stat().st_size, "bytes")


def _topic_words() -> set[str]:
    groups = tomllib.loads(TOPIC.read_text("utf-8"))["group"].values()
    terms = [term for group in groups if group["role"] in ROLES for term in group["terms"]]
    return {word for term in terms for word in search_words(term.replace("*", "").replace("|", " ")) if len(word) > 2}


if __name__ == "__main__":
    main(sys.argv[1:])
