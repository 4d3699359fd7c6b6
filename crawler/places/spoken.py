"""How the words around a place's name speak of it: as the scene, or as a place apart from it."""

import re
from typing import Literal

from crawler.places.background import is_comer, is_home, is_past, is_team, is_voice

Relation = Literal["scene", "held", "court", "apart", "origin", "carried", "past", "home", "voice"]

# Chosen by hand.
REACH = 110  # characters before and after a name that are looked at

_TAIL = r"\b[^.;:!?]{0,45}$"  # the rest of the phrase that ends in the name: "… the county jail in "

_TAKEN = re.compile(
    r"\b(?:(?:(?<!care )taken|transfer\w*|moved|(?<!re)sent|flown|flew|driven|buss?ed|transported|brought|shipped)"
    r"\b(?P<between>[^.;:!?]{0,60}?)\b(?:to|into)|(?:trasladad|enviad|llevad)[oa]s?\b[^.;:!?]{0,40}?\b(?:al?|hacia))"
    + _TAIL
)
# "Troops were sent to" is no transfer: what they do there, happens there.
_FORCE = re.compile(r"\b(?:agents?|troops|guard|officers|marines|soldiers|forces|personnel|teams?|agentes|tropas)\b")
_FORCE_SENT = re.compile(rf"{_FORCE.pattern} (?:\w+ ){{0,2}}$|\b(?:send|sent|sends) [^.;]{{0,20}}$")

_HELD = re.compile(
    r"\b(?:held|jailed|incarcerated|imprisoned|locked up|housed|in (?:ice |federal )?custody|remains? (?:in|detained)|"
    r"retenid[oa]s?|recluid[oa]s?)\b[^.;:!?]{0,40}?\b(?:at|in|inside|en)" + _TAIL
)
# "A vigil was held in", "held at gunpoint in": it happens there.
_GATHERING = re.compile(
    r"\b(?:rall(?:y|ies)|vigils?|protests?|meetings?|march(?:es)?|hearings?|conference|events?|forums?|demonstrations?|"
    r"gunpoint|hostage|town hall|mass|funeral|elections?|signs?|hands|candles|accountable)\b"
)
_THE_HELD = re.compile(  # "Dozens of men held at … refuse food": they are who the sentence is about
    r"^\W*(?:[\w,'-]+ ){0,8}?(?:people|m[ae]n|wom[ae]n|detainees?|(?:im)?migrants?|families|parents|those|children)"
    r"(?: (?!was|were|is|are|has|have|had|said)[\w-]+){0,4}? (?:who (?:is|are|was|were) (?:being )?|being )?held\b"
)
_DEATH = re.compile(r"\b(?:died?|dies|dead|deaths?|found unresponsive|suicide|muri(?:o|eron))\b")

# "He is in the county jail in …", "detained at X | Detention Center": what keeps people, not where they were found.
_JAIL = (
    r"(?:jail|prison|lockup|penitentiary|detention (?:cent(?:er|re)|facility|complex)|processing cent(?:er|re)|"
    r"correctional (?:cent(?:er|re)|facility|institution)|residential center|centro de detencion|carcel)"
)
_JAIL_IN = re.compile(rf"\b(?:in|at|inside|to|en|a)\b[^.;:!?]{{0,50}}\b{_JAIL} (?:in|at|en|de) (?:the )?$")
_JAIL_NAME = re.compile(rf" {_JAIL}$")
_JAIL_BEHIND = re.compile(
    rf"(?: ice| county| parish| immigration| federal| regional){{0,3}} (?:{_JAIL}|cent(?:er|re)|facility)\b"
)
_IN = tuple(f" {said} {article}" for said in ("in", "at", "inside", "en") for article in ("", "the ", "el ", "la "))
_HAPPENS = re.compile(
    r"\b(?:died?|dies|dead|deaths?|dying|hunger|strike|protest\w*|rall(?:y|ied)|vigil|visit\w*|tour\w*|inspect\w*|outbreak|"
    r"measles|escaped?|uprising|riot|conditions|solitary|opened|reopen\w*|overcrowd\w*|detainees?|abuse)\b"
)

_COURT = re.compile(
    r"(?:\b(?:u\.?s\.?|federal|district|circuit|appeals|immigration|distrito|juez|jueza)\b[^,;:!?]{0,25}?"
    r"\b(?:court|judge|magistrate|jury|federal|corte)|\bjudge(?: [^,;:!?]{0,30})?)"
    r" (?:in|for|de|en) (?:the |downtown )?$"
    r"|\bdistrict of \w+(?: \w+)? in $"
)
# An appeals court hears the cases of many states.
_APPEALS = re.compile(
    r"\b(?:appeals?|circuit|appellate|supreme)\b[^.;:!?]{0,40}?\b(?:court|panel|judges?)\b[^.;:!?]{0,20}"
    r"\b(?:in|based in|de|en) (?:the )?$"
    r"|\bcircuit(?: court)?(?: of appeals)?(?:,| based)? in $|\bcorte de apelaciones\b[^.;:!?]{0,25}(?:de|en) $"
)
_COMPASS = r"(?:north|south|east|west|norte|sur|este|oeste)+(?:ern)?"
_AWAY = re.compile(
    rf"\b(?:{_COMPASS}(?: \w+)? of|(?:miles?|minutes?|hours?|kilometers?|millas|kilometros)(?: \w+)? (?:from|of|de)|"
    r"(?:suburbs?|outskirts) (?:of|in)|(?:on the way|en route|camino) (?:to|a)|hasta|"
    r"(?:years|decades|anos|decadas) (?:in|en)) (?:downtown )?$"
)
_FAR_OFF = re.compile(
    r"^,? (?:about |some |roughly |more than )?[\w-]+ (?:miles?|minutes?|hours?|kilometers?)"
    r" (?:away|off|from|north|south|east|west)\b"
)
_IN_CUSTODY = re.compile(r"^,? (?:in|under) (?:the )?(?:ice |federal )?custody\b")
_RESIDES = re.compile(
    r"\b(?:lives?|lived|living|work(?:s|ed|ing)|resid(?:e|es|ed|ing)|viven?|vivian?|crecio|crecieron|settled|based|"
    r"headquartered|grew up|raised|stationed) (?:\w+ )?(?:in|en) (?:the )?$|"
    r"\b(?:wife|husband|daughter|son|sister|brother|relatives|lawyers?|advocates) in $|"
    r"\b(?:left|salio de|salieron de) $|"
    r"\b(?:reported|reporting|came|come|commut\w+|drove|travell?ed) from $"
)
_LIKENED = re.compile(
    r"\b(?:similar|unlike|elsewhere|previously|earlier|other \w+)\b[^.;:!?]{0,45}\b(?:in|at|of|like) $|"
    r"\b(?:such as|as far (?:away )?as) $"
)
_EXPERT = re.compile(
    r"\b(?:professor|researcher|scholar|lecturer|lawyers?|attorneys?|fellow|expert|historian|scientist)s?"
    r"(?: \w+){0,3} (?:at|of|from|with|in) (?:the )?$"
)
_SPEAKS_FOR = re.compile(r"\b(?:sen|rep|senator|representative|congress\w+|lawmaker|assembly\w+)\b[^,;:!?]{0,40} of $")
_FROM_BIRTH = re.compile(
    r"\b(?:natives? of|born in|natural de|originari[oa]s? de|oriund[oa]s? de|nacid[oa]s? en|[ei]mmigrated from|"
    r"(?:deported|removed|returned|deportad[oa]s?)\b[^.;:!?]{0,30}\b(?:to|al?)|landed in) (?:the )?$"
)

# What is said at a convention is about another place; a protest there is not.
_OCCASION = re.compile(
    r"^(?!.*\b(?:protest|arrest|detain|rall)).*\b(?:convention|conference|summit|festival|symposium|expo|premier\w+)"
    r"\b[^.;:!?]{0,30}\b(?:at|in) (?:the )?$"
)

# Each pattern is tried only where one of its stems stands, which costs a tenth.
_TELLING: tuple[tuple[Relation, re.Pattern[str], str], ...] = (
    ("origin", _FROM_BIRTH, "native born natural originari oriund nacid migrated deport removed returned landed"),
    ("origin", _APPEALS, "appeal circuit appellate supreme apelacion"),
    ("court", _COURT, "court judge jue corte magistrate jury federal district"),
    ("apart", _RESIDES, "live living work resid vive vivi creci settled based headquartered grew raised stationed wife "
                        "husband daughter son sister brother relative lawyer advocate report came come commut drove "
                        "travel"),
    ("apart", _LIKENED, "similar unlike elsewhere previously earlier other such far"),
    ("apart", _EXPERT, "professor researcher scholar lecturer lawyer attorney fellow expert historian scientist"),
    ("apart", _SPEAKS_FOR, "sen rep congress lawmaker assembly"),
    ("apart", _AWAY, "north south east west norte sur este mile minute hour kilom millas outskirts suburb way route "
                    "camino hasta year decade ano decada"),
    ("origin", _OCCASION, "convention conference summit festival symposium expo premier"),
    ("held", _JAIL_IN, "jail prison lockup penitentiary detention processing correctional resident detencion carcel"),
)  # fmt: skip
_STEMS = tuple((said, pattern, tuple(stems.split())) for said, pattern, stems in _TELLING)
_TAKEN_STEMS = tuple(
    "taken transfer moved sent flown flew driven bus transport brought ship traslad enviad llevad".split()
)
_HELD_STEMS = tuple("held jailed prison incarcerated locked housed custody remain retenid recluid".split())


def relation(before: str, name: str = "", after: str = "", whole: str = "") -> Relation:
    """What a name is to the event, from what stands before and after it in its sentence (see REACH), all folded.

    "held" is where someone is kept or brought to, "court" where papers are filed, "apart" what only measures,
    compares or says where a person lives, "origin" where a person came from, was deported to or only spoke,
    "past" where another event was, "home" where somebody is from, "voice" for whom somebody speaks.

    >>> relation("she was arrested in "), relation("he was later moved to the county jail in ")
    ('scene', 'held')
    """
    for said, pattern, stems in _STEMS:
        if any(stem in before for stem in stems) and pattern.search(before):
            return "scene" if said == "held" and _HAPPENS.search(whole) else said
    if is_team(before, after):
        return "origin"
    if _FAR_OFF.match(after) or is_comer(before):
        return "apart"
    if _IN_CUSTODY.match(after):
        return "held"
    if is_past(before, after):
        return "past"
    if is_home(before, after):
        return "home"
    if is_voice(before, after):
        return "voice"
    if _is_taken(before) or _is_held(before) or _is_jail(before, name, after, whole):
        return "held"
    return "scene"


def _is_taken(before: str) -> bool:
    taken = _TAKEN.search(before) if any(stem in before for stem in _TAKEN_STEMS) else None
    if not taken:
        return False
    return not (_FORCE_SENT.search(before[: taken.start()]) or _FORCE.search(taken["between"] or ""))


def _is_held(before: str) -> bool:
    if not any(stem in before for stem in _HELD_STEMS) or not _HELD.search(before):
        return False
    return not any(pattern.search(before) for pattern in (_GATHERING, _THE_HELD, _DEATH))


def _is_jail(before: str, name: str, after: str, sentence: str) -> bool:
    jail = before.endswith(_IN) and (_JAIL_NAME.search(name) or _JAIL_BEHIND.match(after))
    return bool(jail) and not _HAPPENS.search(sentence)
