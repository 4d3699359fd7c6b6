"""Who wrote it: people named in a byline, and the wire service or newsroom a story came from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.text import DataTable, fold, read_data

_FILE = Path(__file__).with_name("byline.toml")

_LEAD_IN = re.compile(
    r"^\W*(?:(?:story|words|text|reporting|report|article|posted|written|reported|published|escrito|publicado|texto)\s+)?"
    r"(?:by|por)\b[:\s]+",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"(?<!\S)[^\s@]++@(?=[^\s@]*?\.\w)[^\s@,;|/&]++|(?:https?://|www\.)\S+|@\w+|\([^)]*\)|[•●|–—\t\n\r]|\s-\s"
    r"|\b(?:updated|published|posted|publicado|actualizado)\b.*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:[;|/&]|,(?!\s*(?:jr|sr|ii|iii|iv)\b)|\b(?:and|with|y)\b)\s*", re.IGNORECASE)
_AFFILIATION = re.compile(
    r"(?:^|\s+)(?:for|of|from|at|to|in|special|staff|senior|contributing|para|de la redacci[oó]n)\s.+$", re.IGNORECASE
)
_TITLE = re.compile(r"^(?:dr|mr|mrs|ms|prof|professor|sir|rev)\.?\s+", re.IGNORECASE)
_NAME_TOKEN = re.compile(r"[^\W\d_]+(?:['’.\-][^\W\d_]*)*\.?")
_PARTICLE = re.compile(r"d[aeiou]|del|las?|los|das|dos|van|von|der|den|ter|bin|ibn|al|el|abu|st")
_CALL_SIGN = re.compile(r"[WK][A-Z]{2,3}")

_REPUBLISHED = re.compile(
    r"\b(?i:this|the) (?i:story|article|report|piece) (?:was|is|first|originally|has been)[^.]{0,40}?"
    r"(?:published|produced|appeared|reported)[^.]{0,30}? (?:by|in|on|at|from) "
    r"(?P<name>(?:[Tt]he )?[A-Z0-9][\w&'’-]*(?:\.\w+)*(?: (?:of |the |and |for |in )?[A-Z0-9][\w&'’-]*){0,7})"
)


@dataclass(frozen=True, slots=True)
class _Wire:
    """A service and how its name stands as a byline, in a dateline and in a credit."""

    shown: str
    names: tuple[str, ...]
    host: str  # the label that is its own in a host's name
    whole: re.Pattern[str]
    dateline: re.Pattern[str]
    credit: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """What byline.toml tells."""

    not_people: re.Pattern[str]
    wires: tuple[_Wire, ...]


@cache
def _knowledge() -> _Knowledge:
    data = read_data(_FILE).only("not_people", "wire")
    not_people = data.pattern("not_people", "|".join(data.texts("not_people")))
    return _Knowledge(not_people, tuple(map(_wire, data.tables("wire"))))


def _wire(table: DataTable) -> _Wire:
    shown, names = table.only("shown", "names", "host").text("shown"), table.texts("names")
    name = "(?:" + "|".join(n if n.isupper() else f"(?i:{re.escape(n)})" for n in names) + ")"
    return _Wire(
        shown,
        names,
        table.text("host", fold(shown).replace(" ", "")),
        re.compile(rf"\W*(?i:(?:by|from|via|source:|for)\s+)?{name}(?i:\s+(?:staff|reports?))?\W*"),
        re.compile(rf"(?:[^\n]{{0,60}}[(\[]{name}[)\]][\s.]*[-—–:]|\W*[(\[]{name}[)\]])"),
        re.compile(
            rf"(?:©|(?i:copyright)|\([cC]\))[^.\n]{{0,30}}\b{name}(?!\w)"
            rf"|(?i:(?:provided|produced|distributed|published|supplied) (?:by|in|on|at|from) (?:the )?)"
            rf"{name}(?!\w)"
            rf"|(?i:(?:part|member|affiliate) of (?:the )?){name}(?!\w)"
        ),
    )


def people(text: str) -> list[str]:
    """The persons named in one byline or author value, in order; no organisation, address, login or role.

    >>> people("By Ana Ruiz and TOM O'NEIL, Staff Writers")
    ['Ana Ruiz', "Tom O'Neil"]
    """
    found: list[str] = []
    plain = _NOISE.sub(" ; ", _LEAD_IN.sub("", text[:600]))
    for part in _SPLIT.split(plain):
        name = _AFFILIATION.sub("", _LEAD_IN.sub("", part.strip())).strip(" ,.:")
        name = _TITLE.sub("", name)
        if _is_person(name) and fold(name) not in map(fold, found):
            found.append(_cased(name))
    return found[:12]


def _is_person(name: str) -> bool:
    tokens = name.replace(",", " ").split()
    if not 2 <= sum(not _PARTICLE.fullmatch(fold(t)) for t in tokens) <= 4 or len(name) > 50:
        return False
    if any(not _NAME_TOKEN.fullmatch(t) or _knowledge().not_people.fullmatch(fold(t).strip(".")) for t in tokens):
        return False
    if name.isupper() or name.islower():
        return True
    return not any((t[0].islower() and not _PARTICLE.fullmatch(fold(t))) or _CALL_SIGN.fullmatch(t) for t in tokens)


def _cased(name: str) -> str:
    """A name all in capitals or small letters as it is written in a text."""
    if not (name.isupper() or name.islower()):
        return name
    return " ".join(t.lower() if _PARTICLE.fullmatch(t.lower()) else t.title() for t in name.split())


def wire_named(names: Iterable[str], host: str = "") -> str:
    """The wire service that one of these byline or organisation names is, "" when none is."""
    names = list(names)
    named = _named_in("\n".join(names), host)
    if not named:
        return ""
    pieces = [p for name in names for p in (name, *re.split(r"[,;|/•—–]| and | - ", name))]
    return next((wire.shown for piece in pieces for wire in named if wire.whole.fullmatch(piece)), "")


def _named_in(text: str, host: str) -> list[_Wire]:
    """The services whose name stands in a text at all, but for the host's own: most texts name none."""
    folded, labels = text.casefold(), host.split(".")
    return [
        wire
        for wire in _knowledge().wires
        if any(name in (text if name.isupper() else folded) for name in wire.names) and wire.host not in labels
    ]


def wire_in_text(lines: list[str], host: str = "") -> str:
    """The service credited by the dateline of the first lines, or by a credit in the first or last ones, or "".

    "AP contributed to this report" is no credit: the story is the outlet's own.
    """
    for line in lines[:3]:
        for wire in _named_in(line[:120], host):
            if wire.dateline.match(line[:120]):
                return wire.shown
    for line in [*lines[:2], *lines[-6:]]:
        if len(line) > 600 or "contribut" in line.lower():
            continue
        for wire in _named_in(line, host):
            if wire.credit.search(line):
                return wire.shown
        if found := _REPUBLISHED.search(line):
            return _republisher(found["name"])
    return wire_named((line for line in [*lines[:2], *lines[-3:]] if len(line) < 60), host)


def _republisher(name: str) -> str:
    shown = name.strip(" .,'’")
    reporter, _, outlet = shown.rpartition(" of ")
    shown = (outlet if people(reporter) else shown).removeprefix("the ")
    return wire_named([shown]) or shown
