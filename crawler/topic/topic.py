"""Is a story about the topic: weighed evidence from its title and its text. The terms and weights are data."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ahocorasick_rs import BytesAhoCorasick, Implementation

from crawler.model import Label
from crawler.text import sentence_spans
from crawler.topic.bare_word import SHOUTED
from crawler.topic.ceilings import ceiling_of, is_roundup
from crawler.topic.evidence import (
    AGAINST,
    DECISIVE,
    NAMES,
    NEAR,
    OTHER,
    POSITIVE,
    UNNAMED,
    ReadStory,
    Statement,
    TermHit,
    Where,
    is_echoed,
)
from crawler.topic.finder import TermFinder
from crawler.topic.terms import Frame, Role, TermGroup, Terms

__all__ = ["Evidence", "Topic", "TopicVerdict"]

_ONE_SPACE = bytes.maketrans(b"\t\n\r", b"   ")
# Chosen by hand.
_MOST_EVIDENCE = 16
_LONGEST_TITLE = 500  # characters: what follows is no headline any more
_SHORT = 1500  # characters of a brief, all of which is its opening
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
    score: float
    evidence: tuple[Evidence, ...]


class Topic:
    """A topic file, ready to judge. Deterministic; holds no state between calls."""

    def __init__(self, terms: Terms) -> None:
        self._terms, self._weights, self._lines, self._bare = terms, terms.weights, terms.lines, terms.bare
        self._near_pairs = frozenset(pair.group.name for pair in terms.pairs if pair.group.role == "near")
        # All stems in one pass, in a twentieth of the time that it takes to look for one after another.
        stems = [stem.encode() for stem in terms.stems]
        self._stems = BytesAhoCorasick(stems, implementation=Implementation.DFA)

    @cached_property
    def _finder(self) -> TermFinder[TermGroup]:
        """Made when it is first wanted: who only asks the gate has no use for it, and it takes ten times the memory."""
        return TermFinder(self._terms.groups, self._terms.bare)

    def load(self) -> None:
        """Make all that judging wants."""
        self._finder  # noqa: B018
        if self._terms.countries:
            self._terms.countries.load()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that its terms may tell."""
        return self._terms.kinds

    @property
    def groups(self) -> int:
        """How many groups of terms it has."""
        return len(self._terms.groups)

    def gate(self, page: str) -> bool:
        """Whether a raw page may be about the topic: False only when it holds no term of it at all."""
        raw = page.encode("utf-8", "surrogatepass")  # ten times faster than text that is not all ASCII
        return next(self.hits(raw, raw.lower()), None) is not None

    def hits(self, raw: bytes, lowered: bytes) -> Iterator[int]:
        """Where a raw page in UTF-8 or any superset of ASCII holds a term of the topic or part of one, in no order.

        A page without a hit is not about the topic; one with hits need not be: a stem also stands in other words.
        """
        for found in self._bare.raw.finditer(raw):
            yield found.start()
        found_stems = self._stems.find_matches_as_indexes(lowered.translate(_ONE_SPACE), overlapping=True)
        yield from (start for _, start, _ in found_stems)

    def names(self, text: str) -> bool:
        """Whether a headline or a line below it names the agency, in a way that leaves no doubt."""
        return any(h.group.role in NAMES and not h.doubtful for h in self._read(text, "title", 1.0).hits.values())

    def promise(self, titles: Iterable[str], text: str) -> float:
        """What a rough reading of a page adds up to, as a share of what makes it activity: 1 and more reaches it.

        It is that of the title that promises most. More lenient than `judge`, as the text may be mixed with that of
        other stories: only the title can speak against it, by another subject or as that of a roundup.
        """
        body = self._sentences(text)
        heads = (title[:_LONGEST_TITLE] for title in titles)
        return max((self._promise(ReadStory(t, text, self._read(t, "title", 1.0), body)) for t in heads), default=0.0)

    def _promise(self, read: ReadStory) -> float:
        framed = self._framed(read)
        story = self._make_sense(replace(read, body=(*read.body, framed)) if framed else read, "")
        if is_roundup(story, self._terms):
            return 0.0
        # A neighbour in the title takes nothing away, as agencies act together.
        against = story.title.total(OTHER | {"near"})
        return max(0.0, self._strength(story, POSITIVE) - against) / self._lines.activity

    def judge(self, title: str, text: str, language: str = "en", site: str = "") -> TopicVerdict:
        """What a story is to the topic. The text's paragraphs are separated by line breaks; `site` is its host."""
        title = title[:_LONGEST_TITLE]
        read = ReadStory(title, text, self._read(title, "title", 1.0), self._sentences(text), site)
        story = self._make_sense(read, language)
        raw = self._raw(story)
        if raw < self._lines.activity and (framed := self._framed(read)):
            story = self._make_sense(replace(read, body=(*read.body, framed)), language)
            raw = self._raw(story)
        strength = self._strength(story, POSITIVE)
        label = self._label(story, raw, strength)
        score = math.floor(1000 * raw / (1 + raw)) / 1000
        return TopicVerdict(label, score, _evidence(story))

    def kept_out_by(self, title: str, text: str, language: str = "en", site: str = "") -> str:
        """What keeps a story below the line though enough adds up, as CEILINGS calls it; "" when nothing does."""
        read = ReadStory(title, text, self._read(title, "title", 1.0), self._sentences(text), site)
        framed = self._framed(read)
        for one in (read, *([replace(read, body=(*read.body, framed))] if framed else [])):
            story = self._make_sense(one, language)
            if self._strength(story, POSITIVE) - self._against(story) >= self._lines.activity:
                return ceiling_of(story, self._terms)
        return ""

    def _raw(self, story: ReadStory) -> float:
        """What a story adds up to, and never as much as makes activity where something keeps it below."""
        raw = max(0.0, self._strength(story, POSITIVE) - self._against(story))
        if raw >= self._lines.activity and ceiling_of(story, self._terms):
            return _BELOW * self._lines.activity
        return raw

    def _sentences(self, text: str) -> tuple[Statement, ...]:
        """The sentences of a text that hold a term."""
        spans = list(sentence_spans(text))
        story = [self._read(text[a:b].strip(), "text", self._weights.factor(a)) for a, b in spans]
        if story and self._opens(story[0]):
            story[0] = replace(story[0], factor=self._weights.opening)
        return tuple(sentence for sentence in story if sentence.hits)

    def _opens(self, first: Statement) -> bool:
        """Whether the first sentence of a text comes to the topic at once, not as the last item of a list."""
        if not first.total(DECISIVE):
            return False
        beginning = first.text[: int(self._weights.opening_characters)]
        return self._read(beginning, first.where, first.factor).total(DECISIVE) > 0

    def _read(self, text: str, where: Where, factor: float) -> Statement:
        """The terms of one sentence: the heaviest of each group, and the pairs."""
        hits: dict[str, TermHit] = {}
        for found, group, capital in self._finder.find(text):
            term = self._bare.unmark(found)
            hit = TermHit(group, term, capital and SHOUTED in found, group.weight, self._bare.stands_in(term))
            if group.name not in hits or (hits[group.name].doubtful and not hit.doubtful):
                hits[group.name] = hit
        for pair in self._terms.pairs:
            if pair.first in hits and pair.second in hits:
                first, second = hits[pair.first], hits[pair.second]
                spells = first.spells_bare or second.spells_bare
                term = f"{first.term} + {second.term}"
                hits[pair.group.name] = TermHit(pair.group, term, False, pair.group.weight, spells)
        return Statement(text, where, factor, hits)

    def _framed(self, story: ReadStory) -> Statement | None:
        """What the opening says as a whole where the title does not: the heaviest frame, as a sentence more."""
        if story.title.total(DECISIVE):
            return None
        opening = story.opening(self._weights.lead, _SHORT)
        found = {name: hit for s in reversed(list(opening)) for name, hit in s.hits.items()}
        met = [frame for frame in self._terms.frames if _is_met(frame, found)]
        if not met:
            return None
        frame = max(met, key=lambda f: f.group.weight)
        said = [next(found[name].term for name in sorted(part) if name in found) for part in frame.parts]
        spells = any(map(self._bare.stands_in, said))
        hit = TermHit(frame.group, " + ".join(said), False, frame.group.weight, spells)
        return Statement(story.headline, "text", 1.0, {frame.group.name: hit})

    def _make_sense(self, story: ReadStory, language: str) -> ReadStory:
        """The story with the weight that its bare word in capitals deserves: another meaning takes it away."""
        if self._terms.other and self._terms.other.told(story.headline, story.text):
            return story.reweighed(lambda hit: replace(hit, weight=0.0) if hit.spells_bare else hit)
        clear = sum(s.is_clear for s in story.statements)
        support = clear or any(s.has("support") for s in story.statements)
        known = not language or language.lower().split("-")[0] in self._terms.languages
        senses = {h.group.name: h.weight for s in story.statements for h in s.hits.values() if h.group.role == "sense"}
        other = sum(s.has("sense") for s in story.statements) > clear and not self._is_plain(story)
        against = sum(senses.values()) if other else 0.0

        def weighed(hit: TermHit) -> TermHit:
            if hit.group.role == "sense" and not against:
                return replace(hit, weight=0.0)
            if hit.group.role not in NAMES or not hit.spells_bare:
                return hit
            share = 1.0 if support or (known and not hit.doubtful) else self._weights.doubtful
            return replace(hit, weight=max(0.0, hit.weight * share - against))

        sense = story.reweighed(weighed)
        if not any(s.total(NAMES) for s in sense.statements):
            return sense
        return sense.reweighed(lambda hit: replace(hit, weight=0.0) if hit.group.role in UNNAMED else hit)

    def _is_plain(self, story: ReadStory) -> bool:
        """Whether title or opening say that the agency does something: then rinks and engines are where it does it."""
        return any(s.is_act and s.is_clear and s.total(NAMES) for s in (story.title, *story.body[:1]))

    def _strength(self, story: ReadStory, roles: frozenset[Role]) -> float:
        """What the title and the sentences of the text add up to, each further sentence less."""
        weights = self._weights
        echo = weights.echo if is_echoed(story.title) else 1.0
        values = sorted((self._value(s, roles) * s.factor * echo for s in story.body), reverse=True)
        title = min(weights.title, story.title.total(roles))
        return title + sum(value * weights.further**n for n, value in enumerate(values))

    def _value(self, sentence: Statement, roles: frozenset[Role]) -> float:
        """What a sentence of the text says, before its position: less where it only names the agency."""
        said = sentence.total(roles)
        if sentence.total(NAMES) and not sentence.is_act:
            said *= self._weights.named
        return min(self._weights.sentence, said)

    def _against(self, story: ReadStory) -> float:
        """What other subjects take away: in full in the title, a share in the lead where the title names no act."""
        weights: dict[tuple[str, Where], float] = {}
        decided = story.title.total(DECISIVE) > 0
        spared: set[Role] = set()  # what is only the scene, or acts together with the agency
        spared |= {"setting"} if decided else set()
        spared |= {"neighbour"} if story.title.total(NAMES) else set()
        spared |= {"subject", "setting"} if story.title.is_done or story.title.is_prosecuted else set()
        for s in story.statements:
            is_lead = s.factor >= self._weights.lead and not decided
            share = 1.0 if s.where == "title" else self._weights.against if is_lead else 0.0
            for name, hit in s.hits.items():
                if hit.group.role in spared:
                    continue
                if hit.group.role in (OTHER | NEAR if s.where == "title" else OTHER):
                    weights[name, s.where] = max(weights.get((name, s.where), 0.0), share * hit.weight)
        return sum(weights.values())

    def _label(self, story: ReadStory, raw: float, strength: float) -> Label:
        if raw >= self._lines.activity:
            return "activity"
        hits = [hit for sentence in story.statements for hit in sentence.hits.values() if hit.group.role in NEAR]
        named = any(hit.group.name in self._near_pairs or hit.spells_bare for hit in hits)
        told = named or strength >= self._lines.near_words
        if told and self._strength(story, NEAR) >= self._lines.near:
            return "near"
        named = any(s.total(NAMES) or "impostor" in s.hits for s in story.statements)
        return "mention" if named else "none"


def _is_met(frame: Frame, found: Mapping[str, TermHit]) -> bool:
    """Whether a group of each part was found, and none that speaks against the frame."""
    return all(part & found.keys() for part in frame.parts) and not frame.unless & found.keys()


def _evidence(story: ReadStory) -> tuple[Evidence, ...]:
    """The heaviest hit of each group and place, heaviest first."""
    best: dict[tuple[str, Where], Evidence] = {}
    for s in story.statements:
        for name, hit in s.hits.items():
            sign = 1 if hit.group.role in POSITIVE else -1 if hit.group.role in AGAINST else 0
            weight = round(sign * hit.weight * s.factor, 3)
            if weight and abs(weight) > abs(best[name, s.where].weight if (name, s.where) in best else 0):
                best[name, s.where] = Evidence(hit.term, s.where, weight, s.text)
    heaviest = sorted(best.values(), key=lambda e: (-abs(e.weight), e.where != "title", e.term))
    return tuple(heaviest[:_MOST_EVIDENCE])
