"""Is a story about ICE activity: weighed evidence from its title and its text. The terms and weights are data."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from crawler.story import Label
from crawler.terms import SHOUTED, Group, Role, TermFinder, Terms, TopicError, load_terms, mark, unmark
from crawler.words import fold, sentence_spans, sentences

__all__ = ["Evidence", "Topic", "TopicError", "TopicVerdict"]

Where = Literal["title", "text"]

# A scan for a capital I is fast. In a page's scripts a letter before the word may end an escape: \nICE, \u003eICE.
_GATE_ICE = re.compile(rb"I(?:\.C\.E\.|(?:CE|ce)(?!\w)(?:(?<!\w...)|(?<=\\[nrt]...)|(?<=\\u[0-9a-fA-F]{4}...)))")
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


@dataclass(frozen=True, slots=True)
class _Hit:
    group: Group
    term: str
    doubtful: bool  # ICE among other capitals, where it may be any ice
    weight: float

    @property
    def clear(self) -> bool:
        """Whether it leaves no doubt which ice is meant."""
        return self.group.role in ("agency", "act") and not self.doubtful


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    where: Where
    factor: float
    hits: dict[str, _Hit]  # by group (or "first+second" of a pair): a group counts once in a sentence

    def total(self, roles: frozenset[Role]) -> float:
        """The weight of the hits of these roles."""
        return sum(hit.weight for hit in self.hits.values() if hit.group.role in roles)

    def has(self, role: Role) -> bool:
        """Whether a term of this role stands here, of any weight."""
        return any(hit.group.role == role for hit in self.hits.values())


_POSITIVE: frozenset[Role] = frozenset({"agency", "ice", "act", "support"})
_NAMES: frozenset[Role] = frozenset({"agency", "ice"})
_DECISIVE: frozenset[Role] = frozenset({"agency", "ice", "act"})
_NEAR: frozenset[Role] = frozenset({"near", "neighbour"})
_AGAINST: frozenset[Role] = _NEAR | {"sense", "subject", "elsewhere"}


class Topic:
    """A topic file, ready to judge. Deterministic; holds no state between calls."""

    def __init__(self, terms: Terms) -> None:
        self._terms, self._reading, self._lines = terms, terms.reading, terms.lines
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

    def _promise(self, title: str, body: list[_Sentence]) -> float:
        headline = self._read(title, "title", 1.0)
        story = self._make_sense([headline, *body] if headline.hits else body, "")
        if self._is_roundup(title, story):
            return 0.0
        return max(0.0, self._strength(story, _POSITIVE) - self._title_against(story)) / self._lines.activity

    def judge(self, title: str, text: str, language: str = "en") -> TopicVerdict:
        """What a story is to the topic. The text's paragraphs are separated by line breaks."""
        story = self._story(title, text, language)
        strength = self._strength(story, _POSITIVE)
        raw = max(0.0, self._ceiling(title, story, strength - self._against(story)))
        label = self._label(story, raw, self._strength(story, _NEAR) if strength else 0.0)
        score = math.floor(1000 * raw / (1 + raw)) / 1000
        return TopicVerdict(label, self._kind(story, label), score, _evidence(story))

    def _story(self, title: str, text: str, language: str) -> list[_Sentence]:
        """Title and sentences that hold a term, each term with the weight it deserves."""
        headline = self._read(title, "title", 1.0)
        body = self._sentences(text)
        return self._make_sense([headline, *body] if headline.hits else body, language)

    def _sentences(self, text: str) -> list[_Sentence]:
        """The sentences of a text that hold a term."""
        read = (self._read(text[a:b].strip(), "text", self._reading.factor(a)) for a, b in sentence_spans(text))
        return [sentence for sentence in read if sentence.hits]

    def _read(self, text: str, where: Where, factor: float) -> _Sentence:
        """The terms of one sentence: the heaviest of each group, and the pairs."""
        hits: dict[str, _Hit] = {}
        for found, group, capital in self._finder.find(fold(mark(text))):
            hit = _Hit(group, unmark(found), capital and SHOUTED in found, group.weight)
            if group.name not in hits or (hits[group.name].doubtful and not hit.doubtful):
                hits[group.name] = hit
        for pair in self._terms.pairs:
            if pair.first in hits and pair.second in hits:
                first, second = hits[pair.first], hits[pair.second]
                hits[pair.group.name] = _Hit(pair.group, f"{first.term} + {second.term}", False, pair.group.weight)
        return _Sentence(text, where, factor, hits)

    def _make_sense(self, story: list[_Sentence], language: str) -> list[_Sentence]:
        """The story with the weight that its ICE in capitals deserves: another meaning takes it away."""
        clear = sum(any(hit.clear for hit in s.hits.values()) for s in story)
        support = clear or any(s.has("support") for s in story)
        known = not language or language.lower().split("-")[0] in self._terms.languages
        senses = {h.group.name: h.weight for s in story for h in s.hits.values() if h.group.role == "sense"}
        against = sum(senses.values()) if sum(s.has("sense") for s in story) > clear else 0.0

        def weighed(hit: _Hit) -> _Hit:
            if hit.group.role == "sense" and not against:
                return replace(hit, weight=0.0)
            if hit.group.role not in _NAMES or "ICE" not in hit.term:
                return hit
            share = 1.0 if support or (known and not hit.doubtful) else self._reading.doubtful
            return replace(hit, weight=max(0.0, hit.weight * share - against))

        return [replace(s, hits={name: weighed(hit) for name, hit in s.hits.items()}) for s in story]

    def _strength(self, story: list[_Sentence], roles: frozenset[Role]) -> float:
        """What the title and the sentences of the text add up to, each further sentence less."""
        reading = self._reading
        title = sum(min(reading.title, s.total(roles)) for s in story if s.where == "title")
        values = sorted(
            (min(reading.sentence, s.total(roles)) * s.factor for s in story if s.where == "text"), reverse=True
        )
        return title + sum(value * reading.further**n for n, value in enumerate(values))

    def _against(self, story: list[_Sentence]) -> float:
        """What other subjects take away: in full in the title, a share in the lead; neighbours in the title only."""
        named = any(s.total(_NAMES) for s in story)
        weights: dict[tuple[str, Where], float] = {}
        for s in story:
            share = 1.0 if s.where == "title" else self._reading.against if s.factor == self._reading.lead else 0.0
            for hit in s.hits.values():
                role = hit.group.role
                if role == "subject" or (role == "elsewhere" and not named) or (role in _NEAR and s.where == "title"):
                    place = (hit.group.name, s.where)
                    weights[place] = max(weights.get(place, 0.0), share * hit.weight)
        return sum(weights.values())

    def _title_against(self, story: list[_Sentence]) -> float:
        """What other subjects in the title take away; a neighbour is none, as agencies act together."""
        named = any(s.total(_NAMES) for s in story)
        return _title(story).total(frozenset({"subject", "near"} if named else {"subject", "near", "elsewhere"}))

    def _ceiling(self, headline: str, story: list[_Sentence], raw: float) -> float:
        """What a story may reach at most: a roundup, a neighbour's story and mere support stay below the line."""
        line = self._lines.activity
        undecided = not any(s.total(_DECISIVE) for s in story)
        if undecided or self._is_roundup(headline, story) or _is_neighbours(_title(story), story):
            return min(raw, _BELOW * line)
        return raw

    def _is_roundup(self, headline: str, story: list[_Sentence]) -> bool:
        """Whether the title says that the page holds many stories."""
        title = _title(story)
        return _is_list(headline) or (title.has("roundup") and title.total(_POSITIVE) < self._lines.activity)

    def _label(self, story: list[_Sentence], raw: float, near: float) -> Label:
        if raw >= self._lines.activity:
            return "activity"
        if near >= self._lines.near:
            return "near"
        return "mention" if any(s.total(_NAMES) for s in story) else "none"

    def _kind(self, story: list[_Sentence], label: Label) -> str:
        """The heaviest kind of the title and of the sentences that carry evidence; "" when nothing says."""
        if label in ("none", "mention"):
            return ""
        kinds = self._terms.kinds
        found: defaultdict[str, float] = defaultdict(float)
        for s in story:
            share = 3.0 if s.where == "title" else s.factor
            if s.where == "title" or s.total(_DECISIVE | _NEAR):
                for kind in {hit.group.kind for hit in s.hits.values() if hit.group.kind}:
                    found[kind] += share * kinds[kind]
        if label == "activity":
            found.pop("cbp", None)
        return max(kinds, key=lambda kind: found[kind]) if found else ""


def _title(story: list[_Sentence]) -> _Sentence:
    """The title of a story; an empty one when it holds no term."""
    return next((s for s in story if s.where == "title"), _Sentence("", "title", 1.0, {}))


def _is_list(headline: str) -> bool:
    """Whether a headline strings together three or more whole sentences, as roundups do."""
    return sum(len(sentence.split()) > 3 for sentence in sentences(headline)) > 2


def _is_neighbours(title: _Sentence, story: list[_Sentence]) -> bool:
    """Whether another agency acts more than ICE, which the title does not name."""
    acting = sum(s.has("neighbour") for s in story)
    named = sum(s.total(_NAMES) > 0 for s in story)
    if acting <= named or title.total(_NAMES):
        return False
    return title.has("neighbour") or (not named and (acting > 1 or not title.total(_DECISIVE)))


def _evidence(story: list[_Sentence]) -> tuple[Evidence, ...]:
    """The heaviest hit of each group and place, heaviest first."""
    best: dict[tuple[str, Where], Evidence] = {}
    for s in story:
        for name, hit in s.hits.items():
            sign = 1 if hit.group.role in _POSITIVE else -1 if hit.group.role in _AGAINST else 0
            weight = round(sign * hit.weight * s.factor, 3)
            if weight and abs(weight) > abs(best[name, s.where].weight if (name, s.where) in best else 0):
                best[name, s.where] = Evidence(hit.term, s.where, weight, s.text)
    heaviest = sorted(best.values(), key=lambda e: (-abs(e.weight), e.where != "title", e.term))
    return tuple(heaviest[:_MOST_EVIDENCE])
