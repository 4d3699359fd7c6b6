"""Is a story about ICE activity: weighed evidence from its title and its text. The terms and weights are data."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from crawler.model import Label
from crawler.text import fold, sentence_spans
from crawler.topic.evidence import (
    AGAINST,
    DECISIVE,
    NAMES,
    NEAR,
    OTHER,
    POSITIVE,
    UNNAMED,
    Statement,
    TermHit,
    Where,
    is_abroad,
    is_echoed,
    is_list,
    is_neighbours,
    reweighed,
    title_of,
    unlisted,
)
from crawler.topic.terms import SHOUTED, Role, TermFinder, Terms, TopicError, load_terms, mark, unmark

__all__ = ["Evidence", "Topic", "TopicError", "TopicVerdict"]

# A scan for a capital I is fast. In a page's scripts a letter before the word may end an escape: \nICE, \u003eICE.
_GATE_ICE = re.compile(rb"I(?:\.C\.E\.|(?:CE|ce)(?!\w)(?:(?<!\w...)|(?<=\\[nrt]...)|(?<=\\u[0-9a-fA-F]{4}...)))")
_PART = re.compile(r"[,;|•·] ")  # between the items of a headline that lists stories
# Chosen by hand.
_MOST_EVIDENCE = 16
_BELOW = 0.95  # of the line: where a story stands that must not cross it


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a verdict."""

    term: str
    where: Where
    weight: float  # of the term where it stands, before limits; a negative one speaks against
    sentence: str


@dataclass(frozen=True, slots=True)
class TopicVerdict:
    """What a story is to the topic: score 0..1, where 0.5 and more is activity; evidence heaviest first."""

    label: Label
    kind: str
    score: float
    evidence: tuple[Evidence, ...]


class Topic:
    """A topic file, ready to judge. Deterministic; holds no state between calls."""

    def __init__(self, terms: Terms) -> None:
        self._terms, self._weights, self._lines = terms, terms.weights, terms.lines
        self._near_pairs = frozenset(pair.group.name for pair in terms.pairs if pair.group.role == "near")
        self._stems = tuple(stem.encode() for stem in terms.stems)
        self._finder = TermFinder(terms.groups)

    @classmethod
    def load(cls, path: Path | None = None) -> "Topic":
        """The topic of a file, or the shipped one. Raises TopicError, which says what is wrong where."""
        return cls(load_terms(path))

    def gate(self, page: str) -> bool:
        """Whether a raw page may be about the topic: False only when it holds no term of it at all."""
        raw = page.encode("utf-8", "surrogatepass")  # ten times faster than text that is not all ASCII
        return next(self.hits(raw, raw.lower()), None) is not None

    def hits(self, raw: bytes, lowered: bytes) -> Iterator[int]:
        """Where a raw page in UTF-8 or any superset of ASCII holds a term of the topic or part of one, in no order.

        A page without a hit is not about the topic; one with hits need not be: a stem also stands in other words.
        """
        for found in _GATE_ICE.finditer(raw):
            yield found.start()
        for stem in self._stems:
            at = lowered.find(stem)
            while at >= 0:
                yield at
                at = lowered.find(stem, at + 1)

    def promise(self, titles: Iterable[str], text: str) -> float:
        """What a rough reading of a page adds up to, as a share of what makes it activity: 1 and more reaches it.

        It is that of the title that promises most. More lenient than `judge`, as the text may be mixed with that of
        other stories: only the title can speak against it, by another subject or as that of a roundup.
        """
        body = self._sentences(text)
        return max((self._promise(title, body) for title in titles), default=0.0)

    def _promise(self, title: str, body: list[Statement]) -> float:
        headline = self._read(title, "title", 1.0)
        story = self._make_sense([headline, *body] if headline.hits else body, "")
        if self._is_roundup(title, story):
            return 0.0
        # A neighbour in the title takes nothing away, as agencies act together.
        return (
            max(0.0, self._strength(story, POSITIVE) - title_of(story).total(OTHER | {"near"})) / self._lines.activity
        )

    def judge(self, title: str, text: str, language: str = "en") -> TopicVerdict:
        """What a story is to the topic. The text's paragraphs are separated by line breaks."""
        story = self._story(title, text, language)
        strength = self._strength(story, POSITIVE)
        raw = max(0.0, self._ceiling(title, story, strength - self._against(story)))
        label = self._label(story, raw, strength)
        score = math.floor(1000 * raw / (1 + raw)) / 1000
        return TopicVerdict(label, self._kind(story, label), score, _evidence(story))

    def _story(self, title: str, text: str, language: str) -> list[Statement]:
        """Title and sentences that hold a term, each term with the weight it deserves."""
        headline = self._read(title, "title", 1.0)
        body = self._sentences(text)
        return self._make_sense([headline, *body] if headline.hits else body, language)

    def _sentences(self, text: str) -> list[Statement]:
        """The sentences of a text that hold a term."""
        spans = list(sentence_spans(text))
        story = [self._read(text[a:b].strip(), "text", self._weights.factor(a)) for a, b in spans]
        if story and self._opens(story[0]):
            story[0] = replace(story[0], factor=self._weights.opening)
        return [sentence for sentence in story if sentence.hits]

    def _opens(self, first: Statement) -> bool:
        """Whether the first sentence of a text comes to the topic at once, not as the last item of a list."""
        if not first.total(DECISIVE):
            return False
        beginning = first.text[: int(self._weights.opening_characters)]
        return self._read(beginning, first.where, first.factor).total(DECISIVE) > 0

    def _read(self, text: str, where: Where, factor: float) -> Statement:
        """The terms of one sentence: the heaviest of each group, and the pairs."""
        hits: dict[str, TermHit] = {}
        for found, group, capital in self._finder.find(fold(mark(text))):
            hit = TermHit(group, unmark(found), capital and SHOUTED in found, group.weight)
            if group.name not in hits or (hits[group.name].doubtful and not hit.doubtful):
                hits[group.name] = hit
        for pair in self._terms.pairs:
            if pair.first in hits and pair.second in hits:
                first, second = hits[pair.first], hits[pair.second]
                hits[pair.group.name] = TermHit(pair.group, f"{first.term} + {second.term}", False, pair.group.weight)
        return Statement(text, where, factor, hits)

    def _make_sense(self, story: list[Statement], language: str) -> list[Statement]:
        """The story with the weight that its ICE in capitals deserves: another meaning takes it away."""
        clear = sum(any(hit.clear for hit in s.hits.values()) for s in story)
        support = clear or any(s.has("support") for s in story)
        known = not language or language.lower().split("-")[0] in self._terms.languages
        senses = {h.group.name: h.weight for s in story for h in s.hits.values() if h.group.role == "sense"}
        against = sum(senses.values()) if sum(s.has("sense") for s in story) > clear else 0.0

        def weighed(hit: TermHit) -> TermHit:
            if hit.group.role == "sense" and not against:
                return replace(hit, weight=0.0)
            if hit.group.role not in NAMES or "ICE" not in hit.term:
                return hit
            share = 1.0 if support or (known and not hit.doubtful) else self._weights.doubtful
            return replace(hit, weight=max(0.0, hit.weight * share - against))

        sense = [unlisted(reweighed(s, weighed), self._weights.listed) for s in story]
        if not any(s.total(NAMES) for s in sense):
            return sense
        return [reweighed(s, lambda hit: replace(hit, weight=0.0) if hit.group.role in UNNAMED else hit) for s in sense]

    def _strength(self, story: list[Statement], roles: frozenset[Role]) -> float:
        """What the title and the sentences of the text add up to, each further sentence less."""
        weights = self._weights
        title = sum(min(weights.title, s.total(roles)) for s in story if s.where == "title")
        echo = weights.echo if is_echoed(title_of(story)) else 1.0
        values = sorted(
            (min(weights.sentence, s.total(roles)) * s.factor * echo for s in story if s.where == "text"), reverse=True
        )
        return title + sum(value * weights.further**n for n, value in enumerate(values))

    def _against(self, story: list[Statement]) -> float:
        """What other subjects take away: in full in the title, a share in the lead; neighbours in the title only."""
        weights: dict[tuple[str, Where], float] = {}
        for s in story:
            share = 1.0 if s.where == "title" else self._weights.against if s.factor >= self._weights.lead else 0.0
            for hit in s.hits.values():
                if hit.group.role in (OTHER | NEAR if s.where == "title" else OTHER):
                    place = (hit.group.name, s.where)
                    weights[place] = max(weights.get(place, 0.0), share * hit.weight)
        return sum(weights.values())

    def _ceiling(self, headline: str, story: list[Statement], raw: float) -> float:
        """What a story may reach at most: a roundup, a neighbour's story and mere support stay below the line."""
        line = self._lines.activity
        undecided = not any(s.total(DECISIVE) for s in story)
        if undecided or self._is_roundup(headline, story) or is_neighbours(title_of(story), story) or is_abroad(story):
            return min(raw, _BELOW * line)
        return raw

    def _is_roundup(self, headline: str, story: list[Statement]) -> bool:
        """Whether the title says that the page holds many stories."""
        title = title_of(story)
        weak = title.total(POSITIVE) < self._lines.activity
        return is_list(headline) or (title.has("roundup") and (weak or len(_PART.findall(headline)) > 1))

    def _label(self, story: list[Statement], raw: float, strength: float) -> Label:
        if raw >= self._lines.activity:
            return "activity"
        hits = [hit for sentence in story for hit in sentence.hits.values() if hit.group.role in NEAR]
        named = any(hit.group.name in self._near_pairs or "ICE" in hit.term for hit in hits)
        told = named or strength >= self._lines.near_words
        if told and self._strength(story, NEAR) >= self._lines.near:
            return "near"
        return "mention" if any(s.total(NAMES) for s in story) else "none"

    def _kind(self, story: list[Statement], label: Label) -> str:
        """The heaviest kind of the title and of the sentences that carry evidence; "" when nothing says."""
        if label in ("none", "mention"):
            return ""
        kinds = self._terms.kinds
        found: defaultdict[str, float] = defaultdict(float)
        for s in story:
            share = 3.0 if s.where == "title" else s.factor
            if s.where == "title" or s.total(DECISIVE | NEAR):
                for kind in {hit.group.kind for hit in s.hits.values() if hit.group.kind}:
                    found[kind] += share * kinds[kind]
        if label == "activity":
            found.pop("cbp", None)
        return max(kinds, key=lambda kind: found[kind]) if found else ""


def _evidence(story: list[Statement]) -> tuple[Evidence, ...]:
    """The heaviest hit of each group and place, heaviest first."""
    best: dict[tuple[str, Where], Evidence] = {}
    for s in story:
        for name, hit in s.hits.items():
            sign = 1 if hit.group.role in POSITIVE else -1 if hit.group.role in AGAINST else 0
            weight = round(sign * hit.weight * s.factor, 3)
            if weight and abs(weight) > abs(best[name, s.where].weight if (name, s.where) in best else 0):
                best[name, s.where] = Evidence(hit.term, s.where, weight, s.text)
    heaviest = sorted(best.values(), key=lambda e: (-abs(e.weight), e.where != "title", e.term))
    return tuple(heaviest[:_MOST_EVIDENCE])


@cache
def shipped() -> Topic:
    """The shipped topic, loaded once in each process, when it is first needed."""
    return Topic.load()
