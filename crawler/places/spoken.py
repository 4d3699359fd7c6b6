"""How the words around a place's name speak of it: as the scene, or as a place apart from it."""

import re
from collections.abc import Mapping
from typing import Literal

from crawler.places.background import ANSWERS, GRAVE_BEHIND, is_comer, is_home, is_past, is_team, is_voice

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

_HELD = (
    r"\b(?:held|jailed|incarcerated|imprisoned|locked up|housed|in (?:(?:AGENCY|federal) )?custody|"
    r"remains? (?:in|detained)|retenid[oa]s?|recluid[oa]s?|"
    r"(?:estan?|permanecen?|siguen?|continuan?) (?:\w+ )?(?:detenid|encarcelad)[oa]s?)\b"
    r"[^.;:!?]{0,40}?\b(?:at|in|inside|en)" + _TAIL
)
# "A vigil was held in", "held at gunpoint in": it happens there.
_GATHERING = re.compile(
    r"\b(?:rall(?:y|ies)|vigils?|protests?|meetings?|march(?:es)?|hearings?|conference|events?|forums?|demonstrations?|"
    r"gunpoint|hostage|town hall|mass|funeral|elections?|signs?|hands|candles|accountable)\b"
)
_THE_HELD = (  # "Dozens of men held at … refuse food": they are who the sentence is about
    r"^\W*(?:[\w,'-]+ ){0,8}?(?:people|m[ae]n|wom[ae]n|detainees?|PEOPLE|families|parents|those|children)"
    r"(?: (?!was|were|is|are|has|have|had|said)[\w-]+){0,4}? (?:who (?:is|are|was|were) (?:being )?|being )?held\b"
)
_DEATH = re.compile(r"\b(?:died?|dies|dead|deaths?|found unresponsive|suicide|muri(?:o|eron))\b")

# "He is in the county jail in …", "detained at X | Detention Center": what keeps people, not where they were found.
_JAIL = (
    r"(?:jail|prison|lockup|penitentiary|detention (?:cent(?:er|re)|facility|complex)|processing cent(?:er|re)|"
    r"correctional (?:cent(?:er|re)|facility|institution)|residential center|centro de detencion|carcel)"
)
_JAIL_IN = rf"\b(?:in|at|inside|to|en|a)\b[^.;:!?]{{0,50}}\b{_JAIL} (?:in|at|en|de) (?:the )?$"
_JAIL_NAME = re.compile(rf" {_JAIL}$")
_JAIL_BEHIND = rf"(?: (?:AGENCY|LAW|county|parish|federal|regional)){{0,3}} (?:{_JAIL}|cent(?:er|re)|facility)\b"
_IN = tuple(f" {said} {article}" for said in ("in", "at", "inside", "en") for article in ("", "the ", "el ", "la "))
_HAPPENS = re.compile(
    r"\b(?:died?|dies|dead|deaths?|dying|hunger|strike|protest\w*|rall(?:y|ied)|vigil|visit\w*|tour\w*|inspect\w*|outbreak|"
    r"measles|escaped?|uprising|riot|conditions|solitary|opened|reopen\w*|overcrowd\w*|detainees?|abuse)\b"
)

_COURT = (
    r"(?:\b(?:u\.?s\.?|federal|district|circuit|appeals|LAW|distrito|juez|jueza)\b[^,;:!?]{0,25}?"
    r"\b(?:court|judge|magistrate|jury|federal|corte)|\bjudge(?: [^,;:!?]{0,30})?)"
    r" (?:in|for|de|en) (?:the |downtown )?$"
    r"|\bdistrict of \w+(?: \w+)? in $"
)
# An appeals court hears the cases of many states.
_APPEALS = (
    r"\b(?:appeals?|circuit|appellate|supreme)\b[^.;:!?]{0,40}?\b(?:court|panel|judges?)\b[^.;:!?]{0,20}"
    r"\b(?:in|based in|de|en) (?:the )?$"
    r"|\bcircuit(?: court)?(?: of appeals)?(?:,| based)? in $|\bcorte de apelaciones\b[^.;:!?]{0,25}(?:de|en) $"
)
_COMPASS = r"(?:north|south|east|west|norte|sur|este|oeste)+(?:ern)?"
_AWAY = (
    rf"\b(?:{_COMPASS}(?: \w+)? of|(?:miles?|minutes?|hours?|kilometers?|millas|kilometros)(?: \w+)? (?:from|of|de)|"
    r"(?:suburbs?|outskirts) (?:of|in)|(?:on the way|en route|camino) (?:to|a)|hasta|"
    r"(?:years|decades|anos|decadas) (?:in|en)) (?:downtown )?$"
)
_FAR_OFF = re.compile(
    r"^,? (?:about |some |roughly |more than )?[\w-]+ (?:miles?|minutes?|hours?|kilometers?)"
    r" (?:away|off|from|north|south|east|west)\b"
)
# "The plane left after refueling in Nashville": where it only came down.
_STOPOVER = re.compile(r"\b(?:stop(?:s|ped|ping|over)?|layover|refuel\w*|touch\w* down|escala) (?:off )?(?:at|in|en) $")
_FLIGHT = re.compile(
    r"\b(?:flights?|flew|flown|planes?|jets?|charters?|aircraft|airport|airfield|vuelos?|avion(?:es)?)\b"
)
_IN_CUSTODY = r"^,? (?:in|under) (?:the )?(?:(?:AGENCY|federal) )?custody\b"
_RESIDES = (
    r"\b(?:lives?|lived|living|work(?:s|ed|ing)|resid(?:e|es|ed|ing)|viven?|vivian?|crecio|crecieron|settled|based|"
    r"headquartered|grew up|raised|stationed) (?:\w+ )?(?:in|en) (?:the )?$|"
    r"\b(?:wife|husband|daughter|son|sister|brother|relatives|lawyers?|advocates) in $|"
    r"\b(?:left|salio de|salieron de) $|"
    r"\b(?:reported|reporting|came|come|commut\w+|drove|travell?ed) from $"
)
_LIKENED = (
    r"\b(?:similar|unlike|elsewhere|previously|earlier|other \w+)\b[^.;:!?]{0,45}\b(?:in|at|of|like) $|"
    r"\b(?:such as|as far (?:away )?as) $"
)
_EXPERT = (
    r"\b(?:professor|researcher|scholar|lecturer|lawyers?|attorneys?|fellow|expert|historian|scientist)s?"
    r"(?: \w+){0,3} (?:at|of|from|with|in) (?:the )?$"
)
_SPEAKS_FOR = r"\b(?:sen|rep|senator|representative|congress\w+|lawmaker|assembly\w+)\b[^,;:!?]{0,40} of $"
_FROM_BIRTH = (
    r"\b(?:natives? of|born in|natural de|originari[oa]s? de|oriund[oa]s? de|nacid[oa]s? en|[ei]mmigrated from|"
    r"(?:SENT|returned)\b[^.;:!?]{0,30}\b(?:to|al?)|landed in) (?:the )?$"
)

# What is said at a convention is about another place; a protest there is not.
_OCCASION = (
    r"^(?!.*\b(?:protest|arrest|detain|rall)).*\b(?:convention|conference|summit|festival|symposium|expo|premier\w+)"
    r"\b[^.;:!?]{0,30}\b(?:at|in) (?:the )?$"
)

# Each pattern is tried only where one of its stems stands, which costs a tenth. In the patterns of this room a name in
# capitals stands for words of language.toml and of the topic.
_TELLING: tuple[tuple[Relation, str, str], ...] = (
    ("origin", _FROM_BIRTH, "native born natural originari oriund nacid migrated returned landed SENT"),
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
_TAKEN_STEMS = tuple(
    "taken transfer moved sent flown flew driven bus transport brought ship traslad enviad llevad".split()
)
_HELD_STEMS = tuple(
    "held jailed prison incarcerated locked housed custody remain retenid recluid detenid encarcelad".split()
)


class Spoken:
    """Tells it with the words that a topic adds to those of language.toml. Holds no state between calls."""

    def __init__(self, named: Mapping[str, str]) -> None:
        """`named`: what each name in the patterns stands for."""
        self._named = named
        self._telling = tuple(
            (said, self._pattern(written), tuple("|".join(named.get(stem, stem) for stem in stems.split()).split("|")))
            for said, written, stems in _TELLING
        )
        self._held, self._the_held = self._pattern(_HELD), self._pattern(_THE_HELD)
        self._in_custody, self._jail_behind = self._pattern(_IN_CUSTODY), self._pattern(_JAIL_BEHIND)
        self._grave_behind, self._answers = self._pattern(GRAVE_BEHIND), self._pattern(ANSWERS)
        self._act = self._pattern(r"\b(?:ACT)\b")

    def _pattern(self, written: str) -> re.Pattern[str]:
        for name, words in self._named.items():
            written = written.replace(name, words)
        return re.compile(written)

    def is_act(self, sentence: str) -> bool:
        """Whether a sentence says who acts, what they do or where they keep people."""
        return bool(self._act.search(sentence))

    def relation(self, before: str, name: str = "", after: str = "", whole: str = "") -> Relation:
        """What a name is to the event, from what stands before and after it in its sentence (see REACH), all folded.

        "held" is where someone is kept or brought to, "court" where papers are filed, "apart" what only measures,
        compares or says where a person lives, "origin" where a person came from, was sent to or only spoke, "past"
        where another event was, "home" where somebody is from, "voice" for whom somebody speaks: "scene" in "she was
        arrested in", "held" in "he was later moved to the county jail in".
        """
        for said, pattern, stems in self._telling:
            if any(stem in before for stem in stems) and pattern.search(before):
                return "scene" if said == "held" and _HAPPENS.search(whole) else said
        if is_team(before, after):
            return "origin"
        if _STOPOVER.search(before) and _FLIGHT.search(whole):
            return "origin"
        if _FAR_OFF.match(after) or is_comer(before):
            return "apart"
        if self._in_custody.match(after):
            return "held"
        if is_past(before, after, self._grave_behind):
            return "past"
        if is_home(before, after):
            return "home"
        if is_voice(before, after, self._answers):
            return "voice"
        if _is_taken(before) or self._is_held(before) or self._is_jail(before, name, after, whole):
            return "held"
        return "scene"

    def _is_held(self, before: str) -> bool:
        if not any(stem in before for stem in _HELD_STEMS) or not self._held.search(before):
            return False
        return not any(pattern.search(before) for pattern in (_GATHERING, self._the_held, _DEATH))

    def _is_jail(self, before: str, name: str, after: str, sentence: str) -> bool:
        jail = before.endswith(_IN) and (_JAIL_NAME.search(name) or self._jail_behind.match(after))
        return bool(jail) and not _HAPPENS.search(sentence)


def _is_taken(before: str) -> bool:
    taken = _TAKEN.search(before) if any(stem in before for stem in _TAKEN_STEMS) else None
    if not taken:
        return False
    return not (_FORCE_SENT.search(before[: taken.start()]) or _FORCE.search(taken["between"] or ""))
