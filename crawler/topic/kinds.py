"""Which kind a story is: what its headline says that somebody does, before any noun in it.

A sentence is cut into its main clauses, what is said beside them ("as …") and what was before ("after …"). A kind is
told by acts and names of `kinds.toml`; behind the main verb and before another name they count less.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawler.text import DataTable, fold, sentence_spans

_BOUNDARY = re.compile(r"[:;?!|()\[\]…•]|,(?!\d)|[—–]|\s-\s|\.(?:\s|\.+|$)")
_FORMS = ("act", "name", "hint")
_NUMBERS = (
    "dozen dozens hundred hundreds thousand thousands two three four five six seven eight nine ten eleven several "
    "docena docenas cientos miles dos tres cuatro cinco seis siete ocho nueve diez once doce varios varias"
).split()
_NUMBER = rf"(?:\d+(?:[.,]\d+){0, 3}[a-z]*|{'|'.join(_NUMBERS)})"
# Agents behind these words do nothing themselves in what follows: "man detained by ICE returns".
_NO_SUBJECT = "".join(
    f"(?<!\\b{words} )" for words in ("by", "by federal", "by us", "por", "por el", "por agentes de", "from")
)
_GAP = r"(?:\W++\w++(?:['’]\w++)*+){0,6}?"  # words are told apart in one way only: no text makes it slow
_SENTENCES = 8  # of the text: what comes later says little of a story's kind
_CHARACTERS = 2500
_LONGEST_TITLE = 500
_GRAVITY = 0.5  # of a kind that says nothing of it


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of story, and what it means in one sentence."""

    name: str
    means: str
    weight: float  # what its words count beside those of other kinds
    object: float  # what counts of a name behind its act: the object of "march against deportations"
    back: float  # what counts of it where it was before: "after ICE raid" is no raid, "after arrest" still the arrest
    part_of: tuple[str, ...]  # kinds beside which it is only a part of the story
    gravity: float  # how far up a mail tells it
    to_somebody: bool  # something is done to a person: then it matters on whose word that stands
    terms: Mapping[str, re.Pattern[str]]  # by form


@dataclass(frozen=True, slots=True)
class _Found:
    """A kind's word in a clause."""

    kind: str
    form: str
    start: int
    end: int


class Kinds:
    """The kinds of a data file, ready to tell. Deterministic; holds no state between calls."""

    def __init__(self, data: DataTable) -> None:
        lists = data.table("lists")
        self._lists = {name: lists.texts(name) for name in lists.keys}
        weights = data.table("weights")
        self._weights = {name: weights.number(name) for name in weights.keys}
        parts = data.table("parts")
        side, back = (self._pattern(parts.texts(name)).pattern for name in ("side", "back"))
        self._turn = re.compile(f"(?P<back>{back})|(?P<side>{side})")
        self._void = self._pattern(data.table("void").texts("terms"))
        rules = data.table("rules").only("argued", "neighbour", "to_somebody")
        self._argued, self._neighbour = rules.text("argued"), rules.text("neighbour", "")
        self._to_somebody = rules.texts("to_somebody", ())
        kinds = data.table("kind")
        self.all = tuple(self._kind(name, kinds.table(name)) for name in kinds.keys)
        self._named = {kind.name: kind for kind in self.all}

    def _kind(self, name: str, table: DataTable) -> Kind:
        written = {form: table.texts(f"{form}s", ()) for form in _FORMS}
        numbers = {"weight": 1.0, **{key: self._weights[key] for key in ("object", "back")}}
        own = {key: table.number(key) if key in table.keys else usual for key, usual in numbers.items()}
        return Kind(
            name,
            table.text("means"),
            **own,
            part_of=table.texts("part_of", ()),
            gravity=table.number("gravity") if "gravity" in table.keys else _GRAVITY,
            to_somebody=name in self._to_somebody,
            terms={f: self._pattern(terms) for f, terms in written.items() if terms},
        )

    def _pattern(self, terms: Sequence[str]) -> re.Pattern[str]:
        longest_first = sorted(terms, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(self._term, longest_first))})(?!\w)")

    def _term(self, term: str) -> str:
        """A term as a regular expression on folded text."""
        written = _NO_SUBJECT if term.startswith("@agents ..") else ""
        for at, word in enumerate(term.split()):
            if word == "..":
                written += _GAP
                continue
            written += r"\W+" if at else ""
            written += self._word(word)
        return written

    def _word(self, word: str) -> str:
        """A word of a term and its alternatives."""
        options: list[str] = []
        for option in word.split("|"):
            if option.startswith("@"):
                options += map(self._term, self._lists[option[1:]])
            else:
                options.append(re.escape(option).replace(r"\*", r"\w*").replace(r"\#", _NUMBER))
        return f"(?:{'|'.join(options)})"

    def told(self, title: str, text: str, *, near: bool = False) -> tuple[str, ...]:
        """The kinds of a story, one or two, the main one first; `near`: it is about a neighbouring subject."""
        weights = self.weighed(title, text)
        if self._neighbour:
            weights[self._neighbour] = 2 * weights.get(self._neighbour, 0.0) if near else 0.0
        ranked = sorted(weights, key=lambda kind: -weights[kind])
        if not ranked or weights[ranked[0]] < self._weights["least"]:
            ranked = [self._argued, *(kind for kind in ranked if kind != self._argued)]
            weights[self._argued] = self._weights["least"]
        line = self._weights["second"] * weights[ranked[0]]
        return tuple(kind for kind in ranked[:2] if weights[kind] >= line)

    def weighed(self, title: str, text: str) -> dict[str, float]:
        """What speaks for each kind."""
        weights = defaultdict(float, self._of_sentence(title[:_LONGEST_TITLE]))
        told = max(weights.values(), default=0.0) >= self._weights["least"]
        for sentence, share in self._sentences(text):
            for kind, weight in self._of_sentence(sentence).items():
                weights[kind] += weight * (share if told else max(2 * share, self._weights["untitled"]))
        return {kind: weight * self._part(kind, weights) for kind, weight in weights.items()}

    def _part(self, kind: str, weights: Mapping[str, float]) -> float:
        """What is left of a kind beside one that it is usually a part of."""
        whole = max((weights.get(other, 0.0) for other in self._named[kind].part_of), default=0.0)
        return self._weights["part"] if whole >= weights[kind] / 2 else 1.0

    def _sentences(self, text: str) -> Iterator[tuple[str, float]]:
        """The first sentences of a text, and what each counts beside the title."""
        places = ("opening", "further", "further", *["body"] * (_SENTENCES - 3))
        opening = text[:_CHARACTERS]
        for place, (start, end) in zip(places, sentence_spans(opening), strict=False):
            yield opening[start:end], self._weights[place]

    def _of_sentence(self, sentence: str) -> dict[str, float]:
        best: dict[str, float] = {}
        for clause, part in self._clauses(fold(sentence)):
            for name, weight in self._of_clause(clause).items():
                kind = self._named[name]
                share = {"main": 1.0, "side": self._weights["side"], "back": kind.back}[part]
                best[name] = max(best.get(name, 0.0), share * weight * kind.weight)
        return best

    def _clauses(self, folded: str) -> Iterator[tuple[str, str]]:
        """The parts of a sentence: "main", said "side" by side with it, or from "back" before it."""
        for part in _BOUNDARY.split(folded):
            name, start = "main", 0
            for turn in self._turn.finditer(part):
                yield part[start : turn.start()], name
                name, start = "back" if name == "back" else turn.lastgroup or "side", turn.end()
            yield part[start:], name

    def _of_clause(self, clause: str) -> dict[str, float]:
        clause = self._void.sub(lambda m: "_" * len(m[0]), clause)
        found = list(self._found(clause))
        verb = min((f for f in found if f.form == "act"), key=lambda f: f.end, default=None)
        starts = {f.start for f in found if f.form != "hint"}
        best: dict[str, float] = {}
        for f in found:
            weight = self._weights[f.form]
            if verb and f.start >= verb.end:
                weight *= self._named[verb.kind].object
            elif f.form == "name" and any(0 < start - f.end <= 1 for start in starts):
                weight *= self._weights["modifier"]
            best[f.kind] = max(best.get(f.kind, 0.0), weight)
        return best

    def _found(self, clause: str) -> Iterator[_Found]:
        for kind in self.all:
            for form, pattern in kind.terms.items():
                for match in pattern.finditer(clause):
                    yield _Found(kind.name, form, match.start(), match.end())

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds' names, in the order of the data."""
        return tuple(self._named)

    def named(self, name: str) -> Kind | None:
        """A kind by its name; None for one that this topic has not."""
        return self._named.get(name)

    def gravity(self, name: str) -> float:
        """How far up a mail tells stories of a kind."""
        return kind.gravity if (kind := self.named(name)) else _GRAVITY
