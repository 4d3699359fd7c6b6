"""Whether two texts are issues of one series: the same form, filled in for another day, week or month."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from crawler.grouping.nearness import Dated, days_apart
from crawler.text import folded_words

# Chosen by hand, with invented series and the copies of dedup/dev in view.
_LEAD_CHARACTERS = 600  # of the text: where an issue says what it is the issue of
_FIRST = 2  # sentences: further down even the same sentence may be about the request for a comment
_LEAST = 4  # words that make a form of a sentence, beside what it is filled in with
_ALIKE = 0.6  # of the words of headline and lead that are no day and no number
_APART = 0.75  # days: what is published sooner is the same issue

_MONTH = (
    r"(?:Jan(?:\.|uary)|Feb(?:\.|ruary)|Mar(?:\.|ch)|Apr(?:\.|il)|May|June?|July?|Aug(?:\.|ust)|Sept?(?:\.|ember)"
    r"|Oct(?:\.|ober)|Nov(?:\.|ember)|Dec(?:\.|ember)|(?i:enero|febrero|marzo|abril|mayo|junio|julio|agosto"
    r"|septiembre|octubre|noviembre|diciembre))"
)
_WEEKDAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?i:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo))"
)
_DAY = re.compile(
    rf"\b(?:{_MONTH}(?: \d\d?)?|\d\d? (?:de )?{_MONTH}|{_WEEKDAY}|\d\d?[/-]\d\d?|\d{{4}}-\d\d-\d\d"
    r"|(?i:week|day|issue|episode|vol\.|no\.|semana|d[ií]a|n[úu]m\.) ?#?\d+)(?![\w/-])"
)
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred dozen no none un una uno dos tres
    cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta cincuenta cien""".split()
)
# What calls itself an issue of something that comes again.
_PERIODIC = re.compile(
    r"\b(?:daily|(?:bi)?weekly|monthly|quarterly|(?:this|the past|last|of the) (?:week|month)|week in"
    r"|(?:today|tonight)['’]s|(?:morning|evening|midday|weekend) (?:memo|brief|update|report|read)"
    r"|memo|briefs?|briefing|newsletter|round-?up|digest|recap|log|blotter|docket|calendar|tracker|tally"
    r"|column|notebook|diary|letters?|opinion|editorial|commentary|podcast|diari[oa]|semanal|mensual"
    r"|(?:esta|de la) semana|(?:este|del) mes|bolet[ií]n|resumen|bit[áa]cora|columna|opini[óo]n|cartas?)\b",
    re.IGNORECASE,
)
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
    words: Counter[str]  # those of headline and lead
    whole: _Filled

    @classmethod
    def of(cls, title: str, text: str) -> "Form":
        """The form of a text; its beginning is enough."""
        lead = text[:_LEAD_CHARACTERS]
        sentences = {}
        for sentence in (title, *_SENTENCE.split(lead)[:_FIRST]):
            form, filled = _taken_out(sentence)
            if len(form) >= _LEAST:
                sentences[form] = filled
        words, whole = _taken_out(f"{title}\n{lead}")
        periodic = bool(_PERIODIC.search(title) or _PERIODIC.search(lead))
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
    if mine.label and mine.label == theirs.label and _PERIODIC.search(mine.label) and a.title != b.title:
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


def _taken_out(text: str) -> tuple[tuple[str, ...], _Filled]:
    """A text's words but for days and numbers, and these."""
    days = frozenset(" ".join(folded_words(m[0])) for m in _DAY.finditer(text))
    told = folded_words(_DAY.sub(" ", text))
    numbers = frozenset(word for word in told if word[0].isdigit() or word in _NUMBER_WORDS)
    return tuple(word for word in told if word not in numbers), _Filled(days, numbers)
