"""Who wrote it: people named in a byline, and the wire service or newsroom a story came from."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from crawler.text import fold

_LEAD_IN = re.compile(
    r"^\W*(?:(?:story|words|text|reporting|report|article|posted|written|reported|published|escrito|publicado|texto)\s+)?"
    r"(?:by|por)\b[:\s]+",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\S+@\S+\.\w+|(?:https?://|www\.)\S+|@\w+|\([^)]*\)|[•●|–—\t\n\r]|\s-\s"
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
# Words that are part of an organisation's name, a role or a login, and hardly ever of a person's (folded).
_NOT_A_PERSON = re.compile(
    r"admin(?:istrator)?|agenc(?:e|ia|y)|alerts?|america[ns]?|anonymous|archives?|associat(?:ed|ion)|authors?|blog|board"
    r"|broadcasting|bulletin|bureau|business|cent(?:er|re)|channel|chronicle|city|columnists?|com|committee|communications?|community|company"
    r"|contribut(?:ed|ors?|ing)|corporation|correspondents?|council|county|courier|crew|daily|department|desk|diario|digital"
    r"|digest|directors?|dispatch|editors?|editorials?|education|equipo|events|examiner|express|former|foundation|gazette|government|group"
    r"|guest|health|herald|inquirer|inc|institute|journal(?:is[mt]s?)?|ledger|letters|llc|local|ltd|magazine|manager|media|mins?|monitor|networks?|news"
    r"|news(?:papers?|room|wire)|noticias|observer|office|official|online|opinion|periodico|photograph(?:ers?|y)|police"
    r"|politics|press|producers?|project|publisher|radio|read(?:ers?)?|redaccion|redactor|release|report(?:ers?)?|republic"
    r"|research|reviews?|school|senior|services?|sentinel|sheriff|society|special|sports|sponsored|staff|standard|statement|station|studio"
    r"|submitted|support|syndicate|system|team|telegram|television|the|times|tribune|tv|union|university|users?|video|web"
    r"|weather|website|webmaster|weekly|wires?|wordpress|world|writers?|your|unknown|null|none|undefined"
    r"|written|by|chief|officer|marketing|consultant|certified|developer|specialist|strategist|analyst|founder|ceo|time"
    r"|abc|afp|ap|bbc|cbs|cnn|efe|fox|nbc|npr|pbs|reuters|upi"
)

# How a service is shown and the names it is credited under: capitals are read exactly, the rest in any case.
_WIRES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("AP", ("the associated press", "associated press", "AP")),
    ("Reuters", ("thomson reuters", "reuters")),
    ("AFP", ("agence france-presse", "agence france presse", "AFP")),
    ("EFE", ("agencia efe", "EFE")),
    ("UPI", ("united press international", "UPI")),
    ("Bloomberg", ("bloomberg news", "bloomberg")),
    ("CNN", ("the-cnn-wire", "the cnn wire", "cnn newsource", "cnn wire", "CNN")),
    ("States Newsroom", ("states newsroom",)),
    ("Stateline", ("stateline",)),
    ("State House News Service", ("state house news service", "statehouse news service", "SHNS")),
    ("Tribune News Service", ("tribune news service", "tribune content agency", "TNS")),
    ("KFF Health News", ("kff health news",)),
    ("CalMatters", ("calmatters",)),
    ("ProPublica", ("propublica",)),
    ("The Marshall Project", ("the marshall project",)),
    ("City News Service", ("city news service",)),
    ("Bay City News", ("bay city news service", "bay city news foundation", "bay city news", "BCN")),
    ("Capitol News Illinois", ("capitol news illinois",)),
    ("Courthouse News Service", ("courthouse news service",)),
    ("The Center Square", ("the center square",)),
    ("The Conversation", ("the conversation",)),
    ("Gray News", ("gray news",)),
    ("Nexstar Media Wire", ("nexstar media wire",)),
    ("Scripps News", ("scripps news",)),
    ("NewsNation", ("newsnation",)),
    ("The Texas Tribune", ("the texas tribune", "texas tribune")),
)
_OWN_HOST = {"AP": "apnews"}  # else the name without blanks


def _reads(names: tuple[str, ...]) -> str:
    return "(?:" + "|".join(n if n.isupper() else f"(?i:{re.escape(n)})" for n in names) + ")"


class _Wire(NamedTuple):
    """A service and how its name stands as a byline, in a dateline and in a credit."""

    shown: str
    names: tuple[str, ...]
    whole: re.Pattern[str]
    dateline: re.Pattern[str]
    credit: re.Pattern[str]


def _wire(shown: str, names: tuple[str, ...]) -> _Wire:
    name = _reads(names)
    return _Wire(
        shown,
        names,
        re.compile(rf"\W*(?i:(?:by|from|via|source:|for)\s+)?{name}(?i:\s+(?:staff|reports?))?\W*"),
        re.compile(rf"(?:[^\n]{{0,60}}[(\[]{name}[)\]][\s.]*[-—–:]|\W*[(\[]{name}[)\]])"),
        re.compile(
            rf"(?:©|(?i:copyright)|\([cC]\))[^.\n]{{0,30}}\b{name}(?!\w)"
            rf"|(?i:(?:provided|produced|distributed|published|supplied) (?:by|in|on|at|from) (?:the )?)"
            rf"{name}(?!\w)"
            rf"|(?i:(?:part|member|affiliate) of (?:the )?){name}(?!\w)"
        ),
    )


_SERVICES = tuple(_wire(shown, names) for shown, names in _WIRES)
_REPUBLISHED = re.compile(
    r"\b(?i:this|the) (?i:story|article|report|piece) (?:was|is|first|originally|has been)[^.]{0,40}?"
    r"(?:published|produced|appeared|reported)[^.]{0,30}? (?:by|in|on|at|from) "
    r"(?P<name>(?:[Tt]he )?[A-Z0-9][\w&'’-]*(?:\.\w+)*(?: (?:of |the |and |for |in )?[A-Z0-9][\w&'’-]*){0,7})"
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
    if any(not _NAME_TOKEN.fullmatch(t) or _NOT_A_PERSON.fullmatch(fold(t).strip(".")) for t in tokens):
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
    folded = text.casefold()
    return [
        wire
        for wire in _SERVICES
        if any(name in (text if name.isupper() else folded) for name in wire.names) and not _is_own(wire.shown, host)
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


def _is_own(shown: str, host: str) -> bool:
    own = _OWN_HOST.get(shown) or fold(shown).replace(" ", "")
    return own in host.split(".")
