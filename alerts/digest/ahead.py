"""What a story says is to come of public bodies: a hearing, a vote, a meeting, and on which day."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from crawler.text import read_data, sentences

# Chosen by hand: a day that is wrong is worse than one that is missing.
_MOST_READ = 12_000  # characters of a report
_FURTHEST = timedelta(days=120)
_LONGEST_BODY = 60  # characters
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WHEN = (
    rf"(?:(?P<weekday>{'|'.join(_WEEKDAYS)})(?:,? (?P<half>morning|afternoon|evening|night))?(?:, | \()?)?"
    rf"(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?!\d|:| ?[ap]\.?m)(?:st|nd|rd|th)?(?:, (?P<year>20\d\d))?)?"
)
_AT = r"(?:on |this |(?:at|starting at) \d{1,2}(?::\d\d)? ?[ap]\.?m\.?,? (?:on )?)?"
_WILL = r"(?:will|is|are|votes|meets) ?(?:(?:set|scheduled|expected|slated|due|poised|planning) to )?"
_NO_END = "".join(f"(?<! {word})" for word in "by from of since after last until till through effective before".split())
_SET = (
    r"(?:is|has been) (?:now )?(?:set|scheduled|slated|planned) (?:to (?:begin|start|take place|be held) )?(?:for|on)?"
)
_BETWEEN = r"(?:(?! (?:after|when|since|following|before|until|if|unless|who|whose|but)\b)[^.;:—–?!]){0,90}?"
_DOUBT = re.compile(
    r"\b(?:not|n't|postponed|cancel\w*|delayed|rescheduled|would|could|might|may|if|unless|every|each|last|next|had|was|were|"
    r"originally|previously|called on|urged|asked|wants?|voted|met)\b|n['’]t\b"
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a public body is to do on a day."""

    day: date
    act: str  # "hearing", "vote", "meeting"
    body: str = ""  # as it is printed; "" = not said


@lru_cache(maxsize=2048)
def dates_ahead(text: str, days: frozenset[date], most: int = 2) -> tuple[Ahead, ...]:
    """The first that a text tells, soonest first. `days`: when its versions were published; a weekday that means
    another day for each of them means none.

    Precise rather than complete, and English: one sentence says the body, what it will do and the day, and nothing
    that makes it uncertain. Of several days in a sentence none is taken.
    """
    found: dict[tuple[date, str], Ahead] = {}
    for sentence in sentences(text[:_MOST_READ]):
        for ahead in _told(" ".join(sentence.split()), days):
            known = found.setdefault((ahead.day, ahead.act), ahead)
            if not known.body:
                found[ahead.day, ahead.act] = ahead
    return tuple(sorted(found.values(), key=lambda ahead: ahead.day)[:most])


def _told(sentence: str, days: frozenset[date]) -> Iterator[Ahead]:
    if not _patterns().quick.search(sentence) or _DOUBT.search(sentence):
        return
    for act, pattern in _patterns().acts:
        for match in pattern.finditer(sentence):
            day = _day(match, days)
            if day and _one_day(sentence):
                yield Ahead(day, act, _body(match, sentence))
                return


def _one_day(sentence: str) -> bool:
    """Whether no two days are named, so that it is clear which is meant."""
    named = re.findall(rf"\b(?:{'|'.join(_WEEKDAYS)})\b", sentence)
    dated = re.findall(rf"\b{_MONTH} \d{{1,2}}\b(?!:)", sentence)
    return len(set(named)) <= 1 and len(set(dated)) <= 1


def _body(match: re.Match[str], sentence: str) -> str:
    said = match.groupdict().get("body") or ""
    if not said and (found := _patterns().body.search(sentence)):
        said = found[0]
    said = re.sub(r"^(?:The|the|A|a|An|an) ", "", said)
    return said[:1].upper() + said[1:] if len(said) <= _LONGEST_BODY else ""


def _day(match: re.Match[str], days: frozenset[date]) -> date | None:
    """The one day that it means, whichever of these it was published on."""
    meant = {_resolved(match, published) for published in days}
    return meant.pop() if len(meant) == 1 else None


def _resolved(match: re.Match[str], published: date) -> date | None:
    weekday, month = match["weekday"], match["month"]
    if month:
        day = _dated(month, int(match["day"]), match["year"], published)
        return day if day and (not weekday or _WEEKDAYS[day.weekday()] == weekday) else None
    if not weekday:
        return None
    after = (_WEEKDAYS.index(weekday) - published.weekday()) % 7
    # Of the day on which it is published, "Monday" may be that day or a week later.
    return published + timedelta(days=after) if after or match["half"] else None


def _dated(month: str, day: int, year: str | None, published: date) -> date | None:
    """The day of that month that comes next, if it comes soon."""
    number = _MONTHS.index(month[:3]) + 1
    for of_year in [int(year)] if year else [published.year, published.year + 1]:
        try:
            meant = date(of_year, number, day)
        except ValueError:
            return None
        if timedelta(0) <= meant - published <= _FURTHEST:
            return meant
    return None


@dataclass(frozen=True, slots=True)
class _Patterns:
    quick: re.Pattern[str]
    body: re.Pattern[str]
    acts: Sequence[tuple[str, re.Pattern[str]]]


@cache
def _patterns() -> _Patterns:
    data = read_data(Path(__file__).with_name("ahead.toml"))
    acts, named = data.table("acts"), data.table("named")
    name = r"(?:the |The |a |A |an )?(?:(?:[A-Z][\w.'’-]* |St\. |of ){0,4}?)"
    body = rf"(?P<body>{name}(?:{'|'.join(data.texts('bodies'))}))"
    whose = r"(?: [A-Z][\w.'’-]+){0,3}(?:,? [^,.;]{1,40},)?"
    made: list[tuple[str, re.Pattern[str]]] = []
    for act in acts.keys:
        ways = "|".join(acts.texts(act))
        does = (
            rf"(?:{_WILL}(?:{ways})|{'votes' if act == 'vote' else 'meets' if act == 'meeting' else 'hears arguments'})"
        )
        told = rf"\b{body}{whose} {does}\b{_BETWEEN}{_NO_END} {_AT}{_WHEN}(?=$|[ .,;)])"
        first = rf"^(?:On |This )?{_WHEN},? (?:the |a )?{body}{whose} {does}\b"
        made += [(act, acts.pattern(act, told)), (act, acts.pattern(act, first))]
    for act in named.keys:
        ways = "|".join(named.texts(act))
        made.append((act, named.pattern(act, rf"\b(?:{ways})\b{_BETWEEN} {_SET} ?{_AT}{_WHEN}(?=$|[ .,;)])")))
    quick = re.compile(r"\b(?:will|set|scheduled|expected|slated|due|poised|planned|planning|votes|meets|hears)\b")
    return _Patterns(quick, re.compile(body), made)
