"""Places that a sentence names for what lies behind the event: another event, a home, whom somebody speaks for."""

import re

# Chosen by hand. All texts are folded; `before` and `after` are what stands beside the name in its sentence.

# "A march after the killing of a woman in": another event, which this one answers or is counted from.
_GRAVE = r"(?:kill\w*|shoot\w*|shot|deaths?|died|dies|fatal\w*|slain|murder\w*|asesin\w*|muert\w*|tirote\w*|balea\w*)"
_AFTER = (
    r"\b(?:after|since|following|amid|over|before|protest(?:ing|s|ed)?|(?:wake|light) of|response to|outrage at|"
    r"(?:sparked|prompted|triggered|fueled) by|remember\w*|mourn\w*|honou?r(?:s|ed|ing)?|memorial for|vigil for|"
    r"recuerda\w*|tras|luego de|despues de|a raiz de|desde)\b"
)
_ANSWERED = re.compile(rf"{_AFTER}[^,.;:!?]{{0,60}}?\b{_GRAVE}\b[^,.;:!?]{{0,40}}$")
_AFTER_NAME = re.compile(rf"{_AFTER}[^,.;:!?]{{0,30}}$")
GRAVE_BEHIND = rf"^(?: (?:AGENCY))?(?:'s)? (?:[\w-]+ )?{_GRAVE}\b|^ (?:wom[ae]n|m[ae]n|activist|mother|nurse|poet)\b"
_BACK_THEN = re.compile(
    r"\b(?:last year|(?:a|two|three|four|five|several|many|few|\d+) (?:years?|months?) (?:ago|earlier|before)|"
    r"years? earlier|(?:in|en) (?:19|20)\d\d|el ano pasado|hace (?:\w+ )?(?:anos|meses))\b"
)
_HOME_BEHIND = re.compile(
    r"^(?:'s)?(?: \w+)? (?:man|woman|resident|native|father|mother|dad|mom|grandmother|grandfather|family|couple|teen|"
    r"teenager|brothers|sisters|son|daughter|boy|girl|student|worker|activist|business owner|landscaper|roofer)\b"
)
_HOME_BEFORE = re.compile(
    r", (?:of|de) $|\b\d{1,2}, $|\b(?:familia|vecin[oa]s?|residentes?|joven|padre|madre|mujer|hombre) de $"
)
_VOICE_BEHIND = re.compile(
    r"^(?:'s)?(?: city)? (?:mayor|alcaldes?a?|attorney|lawyer|council(?:or|man|woman|member)|alder(?:man|woman|person)|"
    r"sen(?:ator)?|rep|democrat|republican|professor|pastor|bishop|superintendent|consul)\b\.?(?! (?:arrest|detain))"
)
# "A driver from Ogden saw it", "a priest from": who only comes from there.
_COMER = re.compile(
    r"\b(?:an?|one|another|the|his|her|un|una|otr[oa]|el|la) (?:[\w-]+ ){0,2}?"
    r"(?:\w{3,}(?:er|or|ist|ian|man|woman|ero|era|ista)|"
    r"priest|nurse|nun|cook|monk|friend|cousin|uncle|aunt|tio|tia|prima|primo|novi[oa]|herman[oa]),? (?:from|de) $"
)
# "Selah beat Prosser 21 to 7": a town's team.
_SCORE = r"\d{1,3}(?:-| to | a )\d{1,3}\b"
_BEATEN = re.compile(r"\b(?:beats?|past|over|defeat\w*|topp?\w*|edg\w+|against|vs\.?|lost to|falls? to) $")
_SCORED = re.compile(
    rf"^,? {_SCORE}|^ (?:beats?|defeat\w*|tops?|topped|edge[sd]?|falls? to|lost to)\b[^.;!?]{{0,40}}{_SCORE}"
)
# "The agency, in New Orleans, said", "the sheriff of Burke County said": who answers for it.
ANSWERS = r"\b(?:AGENCY),? (?:in|en) $|\b(?:sheriff|police|policia|alguacil) (?:of|de|del)(?: condado de)? $"
_BY = re.compile(r"\b(?:by|por)\b[^.,;:!?]{0,30}$")  # "arrested by the agency in Geneva": what it did there
_SAID = re.compile(r"\b(?:said|says|told|called|wrote|posted|warned|urged|added|wants?|asked|dijo|pidio|respondio)\b")
_VOICE_BEFORE = re.compile(
    r"\b(?:write|wrote|letter|complain\w*|calls?|called|e?mail\w*|asked|pidio|consul\w*)\b[^.;:!?]{0,40}"
    r"\b(?:office|consul\w+) (?:in|en|de) $|"
    r"\b(?:consul|alcaldes?a?|vocer[oa])\b[^.;:!?]{0,30} (?:en|de) $|\b(?:spokes\w+|consul)\b[^.;:!?]{0,30} in $"
)
# "A Brown University student": who is known by a school, wherever it happens.
_SCHOOLED = (
    r"(?:students?|graduates?|grad|alum\w*|scholars?|researchers?|scientists?|doctoral|ph\.?d|postdoc\w*|professors?|"
    r"fellows?|estudiantes?|profesor\w*)"
)
_SCHOOLED_BEHIND = re.compile(rf"^(?:'s)?(?: [\w-]+){{0,3}}? {_SCHOOLED}\b(?! (?:walk|protest|rall|march))")
_SCHOOLED_BEFORE = re.compile(rf"\b{_SCHOOLED}\b[^.;:!?]{{0,30}} (?:at|of|from|with|de|en) (?:the |la )?$")


def is_past(before: str, after: str, grave_behind: re.Pattern[str]) -> bool:
    """Whether another event was there, which the story's answers or is counted from; by GRAVE_BEHIND, filled."""
    if _ANSWERED.search(before) or (_AFTER_NAME.search(before) and grave_behind.match(after)):
        return True
    return bool(_BACK_THEN.search(before))


def is_home(before: str, after: str) -> bool:
    """Whether somebody of the story is from there: "a Waltham man", "Ruiz, 34, of Waltham"."""
    return bool(_HOME_BEHIND.match(after) or _HOME_BEFORE.search(before))


def is_voice(before: str, after: str, answers: re.Pattern[str]) -> bool:
    """Whether somebody speaks for it: "Boston Mayor Ana Ruiz said"; by ANSWERS, filled."""
    if _VOICE_BEFORE.search(before):
        return True
    answering = answers.search(before) and not _BY.search(before)
    return bool((_VOICE_BEHIND.match(after) or answering) and _SAID.search(after))


def is_team(before: str, after: str) -> bool:
    """Whether the town's team is meant, in a game whose score is told."""
    scored = _SCORED.match(after)
    return bool(scored and (scored[0][0] != " " or not scored[0].lstrip(" ,")[0].isdigit() or _BEATEN.search(before)))


def is_comer(before: str) -> bool:
    """Whether somebody who only comes from there is named."""
    return bool(_COMER.search(before))


def is_schooling(before: str, after: str) -> bool:
    """Whether a school is only named for a person who is known by it."""
    return bool(_SCHOOLED_BEHIND.match(after) or _SCHOOLED_BEFORE.search(before))
