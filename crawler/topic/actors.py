"""Who acts in a story, and on whose word it stands: each with the sentence that says so, or nothing.

Somebody acts who is the subject of an act ("ICE agents arrested", "ICE detains a"), or stands behind its "by"
("taken into custody by ICE"). It stands on the word of those who say, in the sentence that tells of such an act, that
it happened. What is only feared, denied or possible is no act. Precise rather than complete: only listed words may
stand between the two.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.text import DataTable, sentences

_LONGEST_TITLE = 500  # characters
_LONGEST = 12_000  # characters of a text that are read
_CLAUSE = re.compile(r"[:;“”\"—]")
_WITHIN = ("within", "inside", "to", "part of", "arm of", "unit of", "branch of")
_NO_SUBJECT = r"(?<![\w-])" + "".join(f"(?<!{words} )" for words in _WITHIN)
_ASIDE = r"(?:['’]s)?(?:,[^,;.]{3,40},)?"  # "HSI, a part of ICE, arrested"
_WORD = r"\w++(?:['’.]\w++)*+"  # read in one way only: no text makes it slow
_APART = r"[\s,]+"


@dataclass(frozen=True, slots=True)
class Named:
    """An actor or somebody whose word it is, by its code, and the sentence that says so."""

    who: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Acted:
    """Who acts, and on whose word; each once, with the first sentence."""

    actors: tuple[Named, ...] = ()
    said_by: tuple[Named, ...] = ()


class Actors:
    """The actors and words of a data file, ready to find. Deterministic; holds no state between calls.

    `usual` are the codes of those who are meant where nobody says otherwise.
    """

    def __init__(self, data: DataTable) -> None:
        act, between, said = data.table("act"), data.table("between"), data.table("said")
        did, does, done = (act.texts(key) for key in ("did", "does", "done"))
        self._never = re.compile(rf"(?:\b{_any(between.texts('never'))}\b|n['’]t\b)", re.IGNORECASE)
        doing = rf"(?:{_any(did)}\b|{_any(does)}{_APART}{_any(act.texts('objects'))}\b)"
        actors = data.table("actor")
        tables = {who: actors.table(who) for who in actors.keys}
        everybody = [name for table in tables.values() for name in _names(table.texts("names"))]
        between_active = _any([*between.texts("actor"), *everybody])
        between_passive = _any([*between.texts("passive"), *everybody])
        passive = rf"\b{_any(done)}(?:\W+{_WORD}){{0,6}}?\W+(?:by|por)\b(?:{_APART}{between_passive}){{0,6}}?{_APART}"
        self.usual = frozenset(who for who, table in tables.items() if table.flag("main"))
        self._needs = {who: table.text("needs", "") for who, table in tables.items()}
        self._actors: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {}
        for who, table in tables.items():
            name = _any(_names(table.texts("names")))
            subject = rf"{_NO_SUBJECT}{name}{_ASIDE}(?!,\s+(?i:{doing}))"
            active = rf"{subject}(?:{_APART}{between_active}){{0,8}}{_APART}(?P<act>(?i:{doing}))"
            self._actors[who] = re.compile(active), re.compile(rf"(?P<act>(?i:{passive})){name}(?![\w-])")
        self._any_act = re.compile(rf"\b(?P<act>{_any((*did, *done, *said.texts('tells')))})\b", re.IGNORECASE)
        self._about = re.compile(rf"\b{_any(_names(said.texts('about')))}\b")
        words = data.table("word")
        self._words = {who: self._word(words.table(who).texts("names"), said) for who in words.keys}

    @staticmethod
    def _word(names: Sequence[str], said: DataTable) -> re.Pattern[str]:
        """Somebody before or behind a verb of saying, or behind "according to"."""
        name, verb, according = _any(_names(names)), _any(said.texts("verbs")), _any(said.texts("according"))
        few = r"(?:\s+(?!(?:they|he|she|it|that|when|after|who|ellos|que)\b)" + _WORD + ")"
        whose = "".join(f"|{word}" for word in said.texts("whose", ()))
        someone = (
            rf"(?:,?\s+(?:[A-Z][\w.'’-]+|his|her|their|the|a|an|el|la|su|un|una|local|federal|city|county{whose}))"
        )
        # Behind "who" and the like it is said of somebody; "the mayor tells people to leave" says nothing.
        free, no_order = r"(?<!where )(?<!that )(?<!who )(?<!which )", r"(?!\s+\w+\s+to\b)"
        return re.compile(
            rf"{free}\b{name}\b(?:,[^,;]{{1,40}},|{few}{{0,2}}?)\s+(?i:{verb})\b{no_order}"
            rf"|\b(?i:{verb}){someone}{{0,6}}?,?\s+{name}(?=[.,;”\"]|\s+(?:with|for|at|of|from|de|del)\b|$)"
            rf"|\b(?i:{according})\b(?:\s+{_WORD}\.?){{0,4}}?\s+{name}\b"
        )

    @property
    def actors(self) -> tuple[str, ...]:
        """The codes of those who may act."""
        return tuple(self._actors)

    @property
    def words(self) -> tuple[str, ...]:
        """The codes of those on whose word a story may stand."""
        return tuple(self._words)

    def found(self, title: str, text: str) -> Acted:
        """Who acts in a story, and on whose word, in the order of the data."""
        read = [title[:_LONGEST_TITLE], *sentences(text[:_LONGEST])]
        whole = f"{read[0]}\n{text}"
        actors = {who: s for who in self._actors if self._may(who, whole) and (s := self._first(who, read))}
        telling = [sentence for sentence in read if self._tells(sentence)]
        said = {who: s for who in self._words if (s := next(filter(self._words[who].search, telling), ""))}
        return Acted(tuple(Named(*a) for a in actors.items()), tuple(Named(*s) for s in said.items()))

    def _may(self, who: str, whole: str) -> bool:
        return not self._needs[who] or bool(re.search(self._needs[who], whole, re.IGNORECASE))

    def _first(self, who: str, read: Sequence[str]) -> str:
        return next((sentence for sentence in read if self._acts(who, sentence)), "")

    def _acts(self, who: str, sentence: str) -> bool:
        active, passive = self._actors[who]
        found: Iterator[re.Match[str]] = (m for pattern in (active, passive) for m in pattern.finditer(sentence))
        return any(not self._is_unreal(sentence, match) for match in found)

    def _tells(self, sentence: str) -> bool:
        """Whether a sentence tells of an act of the topic's agents, whoever they are."""
        found = self._any_act.finditer(sentence)
        return bool(self._about.search(sentence)) and any(not self._is_unreal(sentence, match) for match in found)

    def _is_unreal(self, sentence: str, match: re.Match[str]) -> bool:
        """Whether what leads to an act takes it back: "was not arrested by", "could be detained by"."""
        before = _CLAUSE.split(sentence[: match.start("act")])[-1]
        return bool(self._never.search(" ".join(before.split()[-7:])))


def _any(terms: Sequence[str]) -> str:
    return f"(?:{'|'.join(sorted(terms, key=len, reverse=True))})"


def _names(names: Sequence[str]) -> list[str]:
    """Names in capitals as they are, others in any case."""
    return [name if name.isupper() else f"(?i:{name})" for name in names]
