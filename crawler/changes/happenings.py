"""What a sentence says has happened: a release, a ruling, a charge; not what is planned, wished or long past."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from crawler.changes.phrases import Kinds, Phrases, phrases
from crawler.changes.rewording import value
from crawler.text import fold

Span = tuple[int, int]

# Chosen by hand; `tests.benchmarks.development` tells what they miss.
_MOST_TOLD = 8  # of one kind in a sentence; more is a list
_LONGEST_AHEAD = 100  # characters that are looked at for the words before
_REACH = 5  # words before a verb that may turn it into a plan or its contrary
_ABOUT_REACH = 90  # characters after a court's verb
_MOST_PEOPLE = 5000  # a larger number is a statistic

_BY_SOMEBODY = frozenset(
    {"ruling", "refusal", "removal order", "decision", "confirmation", "denial", "inquiry", "protest"}
)
_PLANNED = re.compile(r" (?:(?:is|are|was|were|has been|also) ){0,2}(?:planned|scheduled|expected|set for|to be)\b")
_FIRST_WORDS = 20  # characters: "Last year, …" dates the whole sentence
_BEFORE, _AFTER = 15, 45  # characters at which "had been" and "in 2019" still belong to a verb
_WHOSE_PAST = re.compile(r"\b(?:who|whom|que)(?: [\w']+){0,2} $")
_PAST_OF_A_PERSON = frozenset({"charge", "verdict", "sentence", "removal", "arrest", "plea"})
_CLAUSE = re.compile(r"[;:,()–—]|\b(?:after|when|who|and|but|tras|cuando|y)\b(?= \w+ \w+ \w)")
_DETAILED = frozenset({"ruling", "refusal"})
_KIN = re.compile(r"\b(?:father|mother|parents?|grand\w+|uncle|aunt|cousin|padre|madre|abuel[oa]|tio)(?: \w+)? $")

_ENGLISH_RELEASE = frozenset({"released", "releases", "freed", "frees"})
# Papers, films and products are released, too: with an article, it must be people.
_OBJECT = re.compile(r" (?:a|an|the|its|their|new|more)\b(?P<what>(?: [\w'-]+){1,5})")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|got) (?:\w+ly )?$")
_BEFORE_RELEASE = 60  # characters

_QUOTED = re.compile(r'["“«][^"”»]*(?:["”»]|$)|^[^“"«]*[”»]')
_NO_MARKS = str.maketrans("", "", '"“”«»')


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a sentence says has happened."""

    kind: str
    detail: str = ""  # "release" of a ruling about it
    number: float = 0.0  # of people, when it says how many
    at: int = 0  # which of the sentence's words says it, the last of several, as separated by white space


def happenings(sentence: str) -> list[Happening]:
    """What has just happened by this sentence's own account, not by what it quotes."""
    said, folded = phrases(), _folded(_QUOTED.sub(_blanked, sentence))
    if said.statistics.search(folded):
        return []
    return [*_said(said.happened, folded), *_counts(said, folded)]


def known_happenings(sentence: str, kinds: Collection[str]) -> list[Happening]:
    """What a reader of this sentence knows already, of these kinds: said in whatever words, also in quotation marks."""
    folded = _folded(sentence.translate(_NO_MARKS))
    asked = {kind: ways for kind, ways in phrases().known.items() if kind in kinds}
    return list(_said(asked, folded, widely=True))


def known_counts(sentence: str) -> list[Happening]:
    """How many people it counts, of whatever time."""
    return list(_counts(phrases(), _folded(sentence.translate(_NO_MARKS)), of_any_time=True))


def _said(patterns: Kinds, folded: str, widely: bool = False) -> Iterator[Happening]:
    past: list[Span] | None = None
    for kind, said in patterns.items():
        for match in islice(said.finditer(folded), _MOST_TOLD):
            past = _past_markers(folded) if past is None else past
            if not _is_long_past(match, past) and _is_done(kind, folded, match, widely):
                yield Happening(kind, _detail(kind, folded, match), at=folded[: match.end()].count(" "))
                if kind not in _DETAILED:
                    break


def _is_done(kind: str, folded: str, match: re.Match[str], widely: bool) -> bool:
    ahead = _ahead(folded, match.start())
    between = match[0].partition(" order")[0] if kind == "removal order" else match[0]
    if not widely and (ahead.endswith("had ") or " had " in match[0]):  # before what the sentence is about
        return False
    if phrases().undone.search(ahead) or (kind in _BY_SOMEBODY and phrases().not_yet.search(between)):
        return False
    if _PLANNED.match(folded, match.end()):
        return False
    if kind == "release":
        return not _is_publishing(folded, match)
    if kind == "identity":
        return not phrases().themselves.match(folded, max(0, folded.rfind("identif", 0, match.end())))
    if kind == "transfer" and phrases().handed_over.match(folded, match.start()):
        return widely
    if kind in ("death", "removal") and _KIN.search(ahead):
        return False
    return widely or not (kind in _PAST_OF_A_PERSON and _WHOSE_PAST.search(ahead))


def _is_publishing(folded: str, match: re.Match[str]) -> bool:
    """Whether it is a video, a statement or a product that is released."""
    before = folded[max(0, match.start() - _BEFORE_RELEASE) : match.start()]
    if phrases().is_published.search(before):
        return True
    if match[0] not in _ENGLISH_RELEASE or _PASSIVE.search(before):
        return False
    if match[0] == "released" and not phrases().of_people.match(folded, match.end()):
        return True
    if phrases().publishes.match(folded, match.end()):
        return True
    what = _OBJECT.match(folded, match.end())
    return what is not None and not phrases().somebody.search(what["what"])


def _past_markers(folded: str) -> list[Span]:
    return [marker.span() for marker in phrases().long_past.finditer(folded)]


def _is_long_past(match: re.Match[str], markers: Iterable[Span]) -> bool:
    return any(start < _FIRST_WORDS or match.start() - _BEFORE <= end <= match.end() + _AFTER for start, end in markers)


def _ahead(folded: str, start: int) -> str:
    """The few words before, in the same clause, with a blank at the end."""
    before = folded[max(0, start - _LONGEST_AHEAD) : start]
    who = _WHOSE_PAST.search(before)
    clause = who[0] if who else _CLAUSE.split(before)[-1]
    return f"{' '.join(clause.split()[-_REACH:])} "


def _detail(kind: str, folded: str, match: re.Match[str]) -> str:
    if kind not in _DETAILED:
        return ""
    after = folded[match.start() : match.end() + _ABOUT_REACH]
    return next((what for what, said in phrases().about.items() if said.search(after)), "")


def _counts(said: Phrases, folded: str, of_any_time: bool = False) -> Iterator[Happening]:
    for kind, ways in said.counted if said.number.search(folded) else ():
        for match in ways.finditer(folded):
            number = value(match[1])
            if number is None or not 1 < number <= _MOST_PEOPLE:
                continue
            if of_any_time or not (
                said.undone.search(_ahead(folded, match.start())) or _is_long_past(match, _past_markers(folded))
            ):
                yield Happening(kind, number=number, at=folded[: match.end()].count(" "))


def _folded(sentence: str) -> str:
    """Folded, with one blank between words, so that blanks count words."""
    return " ".join(fold(sentence).split())


def _blanked(match: re.Match[str]) -> str:
    """As many words as were quoted, that say nothing."""
    return " ".join("_" for _ in match[0].split())
