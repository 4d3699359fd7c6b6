"""Whether two texts are issues of one series: the same form, filled in for another day, week or month."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from crawler.grouping.nearness import Dated, days_apart
from crawler.text import folded_words

# Chosen by hand, with invented series and the copies of dedup/dev in view.
_LEAD_CHARACTERS = 600  # of the text: where an issue says what it is the issue of
_FIRST = 2  # sentences: further down even the same sentence may be about the request for a comment
_LEAST = 4  # words that make a form of a sentence, beside what it is filled in with
_ALIKE = 0.6  # of the words of headline and lead that are no day and no number
_APART = 0.75  # days: what is published sooner is the same issue

_MONTHS = {name: name[:3] for name in (
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov"
    " november dec december enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()}  # fmt: skip
_NO_MONTH_ALONE = frozenset("mar march may".split())
_WEEKDAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado
    domingo""".split()
)
_COUNTED = frozenset("week day issue episode vol volume semana dia numero".split())  # before a number
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred dozen no none un una uno dos tres
    cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta cincuenta cien""".split()
)
# What calls itself an issue of something that comes again.
_PERIODIC = frozenset(
    """daily weekly biweekly monthly quarterly memo brief briefs briefing newsletter roundup digest recap log blotter
    docket calendar tracker tally column notebook diary letter letters opinion editorial commentary podcast diario
    diaria semanal mensual boletin resumen bitacora columna opinion carta cartas""".split()
)
_PERIODIC_PAIRS = frozenset(
    tuple(pair.split()) for pair in (
        "this week", "past week", "last week", "the week", "week in", "this month", "past month", "last month",
        "round up", "morning update", "evening update", "morning report", "morning read", "esta semana", "la semana",
        "este mes", "del mes",
    )
)  # fmt: skip
_LABEL = re.compile(r"^([^:|]{3,40}?)(?:: | [|–—] )(?=\S+ \S)")
_CLOSING_LABEL = re.compile(r"(?<=\S) [|–—] ([^:|–—]{3,40})$")
_SENTENCE = re.compile(r"\n+|(?<=[a-z\d)”\"][.!?]) (?=[A-ZÁÉÍÓÚ\d“\"])")


@dataclass(frozen=True, slots=True)
class _Filled:
    """What a text is filled in with."""

    days: frozenset[str]
    numbers: frozenset[str]

    def other_days(self, other: "_Filled") -> bool:
        return bool(self.days - other.days and other.days - self.days)

    def other_numbers(self, other: "_Filled") -> bool:
        return bool(self.numbers - other.numbers and other.numbers - self.numbers)


@dataclass(frozen=True, slots=True)
class Form:
    """A text as a form that was filled in."""

    label: str  # "daily memo", of a headline "Daily Memo: …"
    periodic: bool  # headline or lead calls it an issue of something that comes again
    sentences: Mapping[tuple[str, ...], _Filled]  # the headline's and the first ones' words, without days and numbers
    words: Counter[str]  # those of headline and lead, of an issue
    whole: _Filled  # the same

    @classmethod
    def of(cls, title: str, text: str) -> "Form":
        """The form of a text; its beginning is enough."""
        lead = text[:_LEAD_CHARACTERS]
        sentences = {}
        for sentence in (title, *_SENTENCE.split(lead, _FIRST)[:_FIRST]):
            form, filled = _taken_out(folded_words(sentence))
            if len(form) >= _LEAST:
                sentences[form] = filled
        told = folded_words(f"{title}\n{lead}")
        periodic = _is_periodic(told)
        words, whole = _taken_out(told if periodic else ())
        return cls(label_of(title), periodic, sentences, Counter(words), whole)


class Issued(Dated, Protocol):
    """A dated text with its form."""

    @property
    def title(self) -> str: ...
    @property
    def form(self) -> Form: ...


def another_issue(a: Issued, b: Issued) -> bool:
    """Whether two texts have one form and are of other days: next week's count, another day of a log, a column.

    A text that another outlet repeats, or that grew, says the same days. Of what calls itself an issue other numbers
    will do, a day later.
    """
    mine, theirs = a.form, b.form
    both = [(mine.sentences[s], theirs.sentences[s]) for s in mine.sentences.keys() & theirs.sentences.keys()]
    if any(x.other_days(y) for x, y in both):
        return True
    if not (mine.periodic and theirs.periodic) or days_apart(a, b) < _APART:
        return False
    if mine.label and mine.label == theirs.label and _is_periodic(mine.label.split()) and a.title != b.title:
        return True
    return any(x.other_numbers(y) for x, y in both) or _of_other_days(mine, theirs)


def label_of(title: str) -> str:
    """What stands before a headline, or behind it, and names a series, a column or a running topic; "" for nothing."""
    found = _LABEL.search(title) or _CLOSING_LABEL.search(title)
    return " ".join(folded_words(found[1])) if found else ""


def _of_other_days(a: Form, b: Form) -> bool:
    """Alike in their words, with not a day in common."""
    common, said = (a.words & b.words).total(), a.words.total() + b.words.total()
    days = a.whole.days, b.whole.days
    return 2 * common >= _ALIKE * said and all(days) and days[0].isdisjoint(days[1])


def _is_periodic(words: Sequence[str]) -> bool:
    return not _PERIODIC.isdisjoint(words) or not _PERIODIC_PAIRS.isdisjoint(pairwise(words))


def _taken_out(words: Sequence[str]) -> tuple[tuple[str, ...], _Filled]:
    """A text's words but for days and numbers, and these."""
    days: set[str] = set()
    numbers: set[str] = set()
    form: list[str] = []
    dated: set[int] = set()  # where a number is part of a day
    for at, word in enumerate(words):
        if word in _WEEKDAYS:
            days.add(word)
        elif word in _MONTHS or word in _COUNTED:
            number = _number_beside(words, at)
            if number is not None:
                dated.add(number)
                days.add(f"{_MONTHS.get(word, word)} {words[number].lstrip('0')}")
            elif word in _MONTHS and word not in _NO_MONTH_ALONE:
                days.add(_MONTHS[word])
            else:
                form.append(word)
        elif word[0].isdigit() or word in _NUMBER_WORDS:
            numbers.add(word)
        else:
            form.append(word)
    return tuple(form), _Filled(frozenset(days), frozenset(numbers - {words[at] for at in dated}))


def _number_beside(words: Sequence[str], at: int) -> int | None:
    """Where the number stands that makes a day of a month, or an issue of a week: "Nov. 14", "14 de noviembre"."""
    for beside in (at + 1, at - 1, at - 2):
        is_behind = beside < at
        if is_behind and (words[at] in _COUNTED or (beside == at - 2 and words[at - 1] != "de")):
            continue
        if 0 <= beside < len(words) and words[beside].isdigit() and len(words[beside]) <= 2:
            return beside
    return None
