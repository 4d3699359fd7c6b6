"""Is a page worth extracting? A cheap look at its bytes that may only be wrong in one direction.

Most pages hold no term of the topic at all. Most others hold it in menus, scripts and links to other stories only. What
is left is read roughly, and passes when it adds up to a good share of what would make it activity.
"""

from collections.abc import Iterator
from itertools import islice

from crawler import glance as rough
from crawler.topic.topic import Topic

# Chosen by hand; by `tests.benchmarks.topic` the gate loses nothing of relevance/dev.
_MOST_BYTES = 4_000_000  # as many as extraction reads
_MOST_LETTERS = 400_000  # likewise
_MOST_BLOCKS = 40_000  # extraction refuses a page of more elements
_ENOUGH = 0.5  # of what makes a story activity: the true text may add up to more than a rough reading of it
_THIN = 1_000  # characters: a page with less text may keep its story in a script
_SHORT = 40  # characters: below, only a block with a term is read, as bylines and buttons would push back the lead


class Gate:
    """The gate of one topic. Deterministic; holds no state between calls."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic

    def holds_term(self, body: bytes) -> bool:
        """Whether a page holds a term of the topic anywhere in its bytes: the cheap half of the question."""
        raw = rough.unescaped(body[:_MOST_BYTES])
        return next(self._topic.hits(raw, raw.lower()), None) is not None

    def passes(self, body: bytes) -> bool:
        """Whether a page may be about activity. Any bytes can be asked about, in any charset that the web uses."""
        raw = rough.unescaped(body[:_MOST_BYTES])
        lowered = raw.lower()
        if next(self._topic.hits(raw, lowered), None) is None:
            return False
        page = rough.strip(raw, lowered)
        head = rough.head(page)
        if any(map(self._topic.names, (*head.titles, *head.descriptions))):
            return True  # who names the agency there has a story to tell: the judge decides
        return any(self._topic.promise(titles, text) >= _ENOUGH for titles, text in self._readings(page, head))

    def _is_told(self, scripts: bytes) -> bool:
        """Whether a script holds a term in prose."""
        return any(rough.is_prose(scripts, hit) for hit in self._topic.hits(scripts, scripts.lower()))

    def _readings(self, page: rough.RawPage, head: rough.Head) -> Iterator[tuple[list[str], str]]:
        """The titles of the page with every text that may be its story, where either holds a term."""
        blocks = list(islice(rough.blocks(rough.decoded(page.raw)), _MOST_BLOCKS))
        headings = [block.text for block in blocks if block.heading]
        titles = list(dict.fromkeys([*head.titles, *headings[:1]])) or [""]
        lines = [b.text for b in blocks if not b.linked and (len(b.text) >= _SHORT or self._holds_term(b.text))]
        lines = [t for t in lines if not any(t in title for title in titles)]  # a headline counts once
        texts = ["\n".join(lines), *head.descriptions, *head.bodies]
        if sum(map(len, lines)) < _THIN and self._is_told(page.scripts):
            texts.append("\n".join(filter(self._holds_term, rough.paragraphs(page.scripts))))
        named = any(map(self._holds_term, titles))
        return ((titles, text[:_MOST_LETTERS]) for text in texts if named or self._holds_term(text))

    def _holds_term(self, text: str) -> bool:
        return self._topic.gate(text)
