"""What a sentence says has happened: a release, a ruling, a charge; not what is planned, wished or long past."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from crawler.changes.phrases import ABOUT, HAPPENED, TOLD, pattern
from crawler.changes.rewording import NUMBERS, value
from crawler.text import fold

Span = tuple[int, int]

_MOST_TOLD = 8  # of one kind in a sentence; more is a list
_LONGEST_AHEAD = 100  # characters that are looked at for the words before
_REACH = 5  # words before a verb that may turn it into a plan or its contrary
_ABOUT_REACH = 90  # characters after a court's verb
_MOST_PEOPLE = 5000  # a larger number is a statistic

_DONE = {kind: pattern(said) for kind, said in HAPPENED.items()}
_KNOWN = {kind: pattern(f"{said}\n{TOLD[kind]}") for kind, said in HAPPENED.items()}
_ABOUT = {what: re.compile(rf"\b(?:{said})") for what, said in ABOUT.items()}

# Before a verb, these make it a plan, a wish, a condition, a question, or what did not happen.
_UNDONE = pattern("""
    not|never|no|nobody|none|nor|neither|without|[a-z]+n't
    will|would|could|may|might|should|must|can|cannot|shall|be|if|whether|until|unless|yet|why|how|ahead of|before|to
    pending|potential|potentially|possible|possibly|planned|plans?|planning|expected|scheduled|await(?:s|ed|ing)?|likely
    hop(?:e|es|ed|ing)|fear(?:s|ed)?|refus(?:e|es|ed|al)|declin(?:e|es|ed)|ask(?:s|ed|ing)?|urg(?:e|es|ed|ing)|deserves?
    demand(?:s|ed|ing)?|call(?:s|ed|ing)? (?:for|on|to)|seek(?:s|ing)?|sought|wants?|wanted|push(?:es|ed)? (?:for|to)
    nunca|sera|seran|seria|podria|podrian|puede|pueden|si|pid(?:e|en|io|ieron)|exig(?:e|en|io|ieron)|esperan?|sean?|ser
    sin|antes de|para que""")
# Between those who act and their verb.
_NOT_YET = pattern("""
    not|never|no|[a-z]+n't|will|would|could|may|might|should|must|can|to|if|whether|yet|declin(?:es|ed)|asked|urged
    plans?|planned|planning|vow(?:s|ed)?|podria|puede|debe""")
_BY_SOMEBODY = frozenset(
    {"ruling", "refusal", "removal order", "decision", "confirmation", "denial", "inquiry", "protest"}
)
_PLANNED = re.compile(r" (?:(?:is|are|was|were|has been|also) ){0,2}(?:planned|scheduled|expected|set for|to be)\b")
# Long past, or elsewhere: background, whatever it says.
_MONTHS = (
    "january|february|march|april|june|july|august|september|october|november|december|enero|febrero|marzo|abril|mayo"
    "|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_LONG_PAST = pattern(f"""
    last (?:year|spring|summer|fall|autumn|winter|month)|(?:years?|months?) (?:ago|before|earlier)|earlier this year
    previous|previously|prior|formerly|in the past|decades?|historically|over the (?:past|last)|in recent [a-z]+
    (?:in|since|of|from|until|by|early|late|en|desde|de|during) (?:19|20)\\d\\d
    had (?:been|already|previously|earlier|once)|has already been|have already been
    since ~3 (?:{_MONTHS}|president|trump|taking)|(?:in|en) (?:{_MONTHS})(?! \\d)
    el ano pasado|hace ~1 (?:anos|meses)""")
_STATISTICS = pattern("""
    nationwide|nationally|statewide|across the (?:country|nation|state|u.s)|other (?:states|cities)|elsewhere
    (?:this|so far this|past|fiscal|calendar) year|record high|average|percent|per cent
    a nivel nacional|en todo el pais""")
_FIRST_WORDS = 20  # characters: "Last year, …" dates the whole sentence
_BEFORE, _AFTER = 15, 45  # characters at which "had been" and "in 2019" still belong to a verb
_WHOSE_PAST = re.compile(r"\b(?:who|whom|que)(?: [\w']+){0,2} $")
_PAST_OF_A_PERSON = frozenset({"charge", "verdict", "sentence", "deportation", "arrest", "plea"})
_CLAUSE = re.compile(r"[;:,()–—]|\b(?:after|when|who|and|but|tras|cuando|y)\b(?= \w+ \w+ \w)")
_DETAILED = frozenset({"ruling", "refusal"})
_KIN = re.compile(r"\b(?:father|mother|parents?|grand\w+|uncle|aunt|cousin|padre|madre|abuel[oa]|tio)(?: \w+)? $")

_PUBLISHED = (
    r"(?:video|footage|photos?|data|records?|names?|statements?|reports?|documents?|details|images?|figures"
    r"|information|audio|numbers|identit(?:y|ies)|memo|letter|list|recording|transcript|plans?|polic(?:y|ies)|guidance"
    r"|statistics|study|poll|news|comunicado|informe)"
)
_PUBLISHES = re.compile(rf" (?:[\w'-]+ ){{0,4}}?{_PUBLISHED}\b")
_ENGLISH_RELEASE = frozenset({"released", "releases", "freed", "frees"})
# Papers, films and products are released, too: with an article, it must be people.
_OBJECT = re.compile(r" (?:a|an|the|its|their|new|more)\b(?P<what>(?: [\w'-]+){1,5})")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|got) (?:\w+ly )?$")
_IS_PUBLISHED = re.compile(rf"\b{_PUBLISHED},?(?: [\w'-]+){{0,3}} $")
_BEFORE_RELEASE = 60  # characters
_THEMSELVES = re.compile(
    r"identif\w+ (?:himself|herself|themselves|(?:\w+ )?as (?:ice|federal|immigration|police|agents?|officers?))"
)
_FROM_JAIL = re.compile(r"(?:transferred|sent|moved) (?:\w+ ){0,3}to (?:ice|immigration|federal|hsi)\b")

_QUOTED = re.compile(r'["“«][^"”»]*(?:["”»]|$)|^[^“"«]*[”»]')
_SPELLED = "|".join(w for w in NUMBERS if w not in ("one", "uno", "zero", "cero"))
_NUMBER = rf"(?<![\w$.,-])(\d{{1,3}}(?:,\d{{3}})*|{_SPELLED})(?![\w,.:%-])"
_NO_PEOPLE = r"(?! (?:years?|days?|months?|hours?|weeks?|times|miles|minutes|counts|anos|dias|meses|horas)\b)"
_NO_MARKS = str.maketrans("", "", '"“”«»')
_HAS_NUMBER = re.compile(_NUMBER)
_ABOUT_AS_MANY = "(?:at least |about |more than |nearly |some |al menos |unos |mas de )?"
_PEOPLE = (
    "(?:people|persons|men|women|workers|immigrants|migrants|detainees|individuals|children|students|employees"
    "|residents|members|others|personas|hombres|mujeres|trabajadores|inmigrantes|migrantes|empleados)"
)
_SOMEBODY = re.compile(
    r"\b(?:m[ae]n|wom[ae]n|father|mother|dad|mom|teen\w*|child|boy|girl|student|teacher|worker|detainee|immigrant|migrant"
    r"|brothers?|sisters?|family|couple|two|three|four|five|pair|others?|rest|activist|resident|refugee|asylum)\b|"
    + _PEOPLE
)
# What follows "released" when it is somebody: nothing, when or how it was, whom, or from what.
_OF_PEOPLE = re.compile(
    r"$|[^\w ]| (?:from|on|after|by|without|with|following|pending|in|at|to|late|early|before|into|while|again|and)\b"
    r"| (?:but|him|her|them|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|.{0,60}\b(?:custody|detention|bond|bail|jail)\b"
    rf"|.{{0,40}}(?:{_SOMEBODY.pattern})"
)
_ENDS = r"(?: (?:at|in|during|near|after|outside|on|from|as|en|durante|tras)\b|$)"
_COUNTED = [
    (kind, re.compile(rf"{_NUMBER}{_NO_PEOPLE} (?:[\w'-]+ ){{0,4}}?(?:{past})\b"))
    for kind, past in (
        ("arrest", "arrested|detained|arrests|taken|detenid[oa]s|arrestad[oa]s"),
        ("death", "dead|killed|died|deaths|muertos"),
        ("release", "released|freed|liberad[oa]s"),
        ("charge", "charged|indicted"),
        ("hospital", "injured|wounded|hospitalized|heridos"),
    )
] + [
    (kind, re.compile(rf"\b(?:{verb}) {_ABOUT_AS_MANY}{_NUMBER}(?: (?:[\w'-]+ ){{0,2}}?{_PEOPLE}\b|{_ENDS})"))
    for kind, verb in (
        ("arrest", "arrests?|arrested|detains?|detained|arrestan|detienen|detuvieron"),
        ("death", "kills|killed|death toll (?:rises|climbs|grows|rose) to"),
        ("release", "releases|released|frees|freed|liberan"),
        ("charge", "charges?|charged|indicts?|indicted"),
        ("hospital", "injures|injured|wounds|wounded"),
    )
]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a sentence says has happened."""

    kind: str
    detail: str = ""  # "release" of a ruling about it
    number: float = 0.0  # of people, when it says how many
    at: int = 0  # which of the sentence's words says it, the last of several, as separated by white space


def happenings(sentence: str) -> list[Happening]:
    """What has just happened by this sentence's own account, not by what it quotes."""
    told = _folded(_QUOTED.sub(_blanked, sentence))
    return [] if _STATISTICS.search(told) else [*_found(_DONE, told), *_counts(told)]


def known_happenings(sentence: str, kinds: Collection[str]) -> list[Happening]:
    """What a reader of this sentence knows already, of these kinds: said in whatever words, also in quotation marks."""
    told = _folded(sentence.translate(_NO_MARKS))
    patterns = {kind: said for kind, said in _KNOWN.items() if kind in kinds}
    return [*_found(patterns, told, widely=True), *_counts(told, of_any_time=True)]


def _found(patterns: Mapping[str, re.Pattern[str]], told: str, widely: bool = False) -> Iterator[Happening]:
    past: list[Span] | None = None
    for kind, said in patterns.items():
        for found in islice(said.finditer(told), _MOST_TOLD):
            past = _past_markers(told) if past is None else past
            if not _is_long_past(found, past) and _is_done(kind, told, found, widely):
                yield Happening(kind, _detail(kind, told, found), at=told[: found.end()].count(" "))
                if kind not in _DETAILED:
                    break


def _is_done(kind: str, told: str, found: re.Match[str], widely: bool) -> bool:
    ahead = _ahead(told, found.start())
    between = found[0].partition(" order")[0] if kind == "removal order" else found[0]
    if not widely and (ahead.endswith("had ") or " had " in found[0]):  # before what the sentence is about
        return False
    if _UNDONE.search(ahead) or (kind in _BY_SOMEBODY and _NOT_YET.search(between)):
        return False
    if _PLANNED.match(told, found.end()):
        return False
    if kind == "release":
        return not _is_publishing(told, found)
    if kind == "identity":
        return not _THEMSELVES.match(told, max(0, told.rfind("identif", 0, found.end())))
    if kind == "transfer" and _FROM_JAIL.match(told, found.start()):
        return widely
    if kind in ("death", "deportation") and _KIN.search(ahead):
        return False
    return widely or not (kind in _PAST_OF_A_PERSON and _WHOSE_PAST.search(ahead))


def _is_publishing(told: str, found: re.Match[str]) -> bool:
    """Whether it is a video, a statement or a product that is released."""
    before = told[max(0, found.start() - _BEFORE_RELEASE) : found.start()]
    if _IS_PUBLISHED.search(before):
        return True
    if found[0] not in _ENGLISH_RELEASE or _PASSIVE.search(before):
        return False
    if found[0] == "released" and not _OF_PEOPLE.match(told, found.end()):
        return True
    what = _OBJECT.match(told, found.end())
    return bool(_PUBLISHES.match(told, found.end()) or (what and not _SOMEBODY.search(what["what"])))


def _past_markers(told: str) -> list[Span]:
    return [marker.span() for marker in _LONG_PAST.finditer(told)]


def _is_long_past(found: re.Match[str], markers: Iterable[Span]) -> bool:
    return any(start < _FIRST_WORDS or found.start() - _BEFORE <= end <= found.end() + _AFTER for start, end in markers)


def _ahead(told: str, start: int) -> str:
    """The few words before, in the same clause, with a blank at the end."""
    before = told[max(0, start - _LONGEST_AHEAD) : start]
    who = _WHOSE_PAST.search(before)
    clause = who[0] if who else _CLAUSE.split(before)[-1]
    return f"{' '.join(clause.split()[-_REACH:])} "


def _detail(kind: str, told: str, found: re.Match[str]) -> str:
    if kind not in _DETAILED:
        return ""
    after = told[found.start() : found.end() + _ABOUT_REACH]
    return next((what for what, said in _ABOUT.items() if said.search(after)), "")


def _counts(told: str, of_any_time: bool = False) -> Iterator[Happening]:
    for kind, said in _COUNTED if _HAS_NUMBER.search(told) else ():
        for found in said.finditer(told):
            number = value(found[1])
            if number is None or not 1 < number <= _MOST_PEOPLE:
                continue
            if of_any_time or not (
                _UNDONE.search(_ahead(told, found.start())) or _is_long_past(found, _past_markers(told))
            ):
                yield Happening(kind, number=number, at=told[: found.end()].count(" "))


def _folded(sentence: str) -> str:
    """Folded, with one blank between words, so that blanks count words."""
    return " ".join(fold(sentence).split())


def _blanked(found: re.Match[str]) -> str:
    """As many words as were quoted, that say nothing."""
    return " ".join("_" for _ in found[0].split())
