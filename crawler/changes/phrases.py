"""The words of phrases.toml and of the topic as patterns, made when they are first needed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.changes.rewording import NUMBERS
from crawler.text import DataTable
from crawler.topic import Subject, chosen

_FILE = Path(__file__).with_name("phrases.toml")
_UP_TO = re.compile(r"~(\d+) ?")
_WORDS_BETWEEN = r"(?:(?:[\\w$'.-]|,\\d)+ ){0,\1}?"
_SPELLED = "|".join(w for w in NUMBERS if w not in ("one", "uno", "zero", "cero"))
_NUMBER = rf"(?<![\w$.,-])(\d{{1,3}}(?:,\d{{3}})*|{_SPELLED})(?![\w,.:%-])"
_NO_PEOPLE = r"(?! (?:years?|days?|months?|hours?|weeks?|times|miles|minutes|counts|anos|dias|meses|horas)\b)"
_ABOUT_AS_MANY = "(?:at least |about |more than |nearly |some |al menos |unos |mas de )?"
_ENDS = r"(?: (?:at|in|during|near|after|outside|on|from|as|en|durante|tras)\b|$)"

Kinds = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns of folded text; phrases.toml explains each list of words."""

    happened: Kinds
    known: Kinds  # the same and what tells of it besides
    about: Kinds
    undone: re.Pattern[str]
    not_yet: re.Pattern[str]
    long_past: re.Pattern[str]
    statistics: re.Pattern[str]
    unconfirmed: re.Pattern[str]
    themselves: re.Pattern[str]  # those who act say who they are: nobody is identified
    handed_over: re.Pattern[str]  # from a jail, which is known as an arrest
    is_published: re.Pattern[str]  # ends before "is released": what that is
    publishes: re.Pattern[str]  # begins behind "releases"
    somebody: re.Pattern[str]
    of_people: re.Pattern[str]  # what follows "released" when it is somebody
    number: re.Pattern[str]
    counted: Sequence[tuple[str, re.Pattern[str]]]  # kind, and the number of people as the first group


def phrases() -> Phrases:
    """Those for stories of the chosen topic."""
    return phrases_of(chosen())


@cache
def phrases_of(subject: Subject, path: Path = _FILE) -> Phrases:
    """Those for stories of a topic, made once in each process. Raises TopicError, which names file and key."""
    return subject.added_to(path, "changes.toml", _read)


def _read(data: DataTable) -> Phrases:
    named = data.table("named").alternatives()
    happened, told, about = (data.table(name) for name in ("happened", "told", "about"))
    told.only(*happened.keys)
    kinds = {kind: ways for kind in happened.keys if (ways := happened.texts(kind))}
    published = rf"(?:{'|'.join(data.texts('published'))})"
    people = rf"(?:{'|'.join(data.texts('people'))})"
    somebody = rf"\b(?:{'|'.join(data.texts('somebody'))})\b|{people}"
    return Phrases(
        happened={kind: _whole_words(happened, kind, ways, named) for kind, ways in kinds.items()},
        known={kind: _whole_words(told, kind, (*ways, *told.texts(kind)), named) for kind, ways in kinds.items()},
        about={what: about.pattern(what, rf"\b(?:{'|'.join(about.texts(what))})") for what in about.keys},
        undone=_whole_words(data, "undone", data.texts("undone"), named),
        not_yet=_whole_words(data, "not_yet", data.texts("not_yet"), named),
        long_past=_whole_words(data, "long_past", data.texts("long_past"), named),
        statistics=_whole_words(data, "statistics", data.texts("statistics"), named),
        unconfirmed=_whole_words(data, "unconfirmed", data.texts("unconfirmed"), named),
        themselves=re.compile(rf"identif\w+ (?:himself|herself|themselves|(?:\w+ )?as (?:{named['OFFICER']}))"),
        handed_over=re.compile(rf"(?:transferred|sent|moved) (?:\w+ ){{0,3}}to (?:{named['KEEPER']})\b"),
        is_published=data.pattern("published", rf"\b{published},?(?: [\w'-]+){{0,3}} $"),
        publishes=data.pattern("published", rf" (?:[\w'-]+ ){{0,4}}?{published}\b"),
        somebody=data.pattern("somebody", somebody),
        of_people=_of_people(data, somebody),
        number=re.compile(_NUMBER),
        counted=tuple(_counted(data, people)),
    )


def _whole_words(table: DataTable, key: str, ways: Sequence[str], named: Mapping[str, str]) -> re.Pattern[str]:
    """What any of these ways says, as whole words; the first of them that fits counts."""
    joined = "|".join(ways)
    for name, meant in named.items():
        joined = joined.replace(name, meant)
    return table.pattern(key, rf"(?<![\w$-])(?:{_UP_TO.sub(_WORDS_BETWEEN, joined)})(?![\w-])")


def _of_people(data: DataTable, somebody: str) -> re.Pattern[str]:
    """Nothing, when or how it was, whom, or from what."""
    return data.pattern(
        "somebody",
        r"$|[^\w ]"
        r"| (?:from|on|after|by|without|with|following|pending|in|at|to|late|early|before|into|while|again|and)\b"
        r"| (?:but|him|her|them|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
        r"|.{0,60}\b(?:custody|detention|bond|bail|jail)\b"
        rf"|.{{0,40}}(?:{somebody})",
    )


def _counted(data: DataTable, people: str) -> list[tuple[str, re.Pattern[str]]]:
    """A number of people and what happened to them, in either order."""
    first, last = data.table("number_first"), data.table("number_last")
    return [
        (kind, first.pattern(kind, rf"{_NUMBER}{_NO_PEOPLE} (?:[\w'-]+ ){{0,4}}?(?:{'|'.join(first.texts(kind))})\b"))
        for kind in first.keys
    ] + [(kind, last.pattern(kind, _number_last("|".join(last.texts(kind)), people))) for kind in last.keys]


def _number_last(verbs: str, people: str) -> str:
    return rf"\b(?:{verbs}) {_ABOUT_AS_MANY}{_NUMBER}(?: (?:[\w'-]+ ){{0,2}}?{people}\b|{_ENDS})"
