"""ICE in capitals that is no agency, as the text itself spells out: a school, a fair, a drug, a train, a contact."""

import re

_JOIN = r"(?:\s*,)?\s+(?:(?:of|and|&|the|for|y|de|del|la)\s+){0,2}"
_SPELLED = re.compile(rf"\b([Ii]\w{{1,20}}){_JOIN}[Cc]\w{{1,20}}{_JOIN}[Ee]\w{{1,20}}")
_AGENCY = re.compile(r"[Ii][mn]migra")
_BEFORE, _AFTER = 60, 40  # characters between the name and what it stands for
_MEANT = re.compile(
    r"\bICE(?: [A-Z]\w{1,20})?,? (?:\(|— |– )?(?:which stands for |short for |or |the |an? |its |una? |el |la )"
    r"(?:\w[\w'’-]{0,20} ){0,4}"
    r"(?:chain|cinemas?|theaters?|theatres?|fair|expo|convention|conference|festival|grid|table|method|acronym|school|institute|"
    r"college|academy|exchange|street name|slang|drug|train|trains|program that|treatment|therapy|contact|"
    r"league|team|club|band|cafe|bar|contest|game|software|app|test|protocol|feria|escuela|droga|tren|instituto|equipo)\b"
)
_THING = re.compile(
    r"\bIntercontinental ?Exchange|\b(?:grams|pounds|ounces|kilos) of ICE\b"
    r"|\bICE (?:trains?|table|theaters?|theatres?|contact)\b"
)
_AGENCY_NAME = re.compile(
    r"[Cc]ustoms [Ee]nforcement|[Cc]ontrol de [Aa]duanas|[Ii]mmigration (?:agents|officers|raid|arrest)"
)


def is_other_ice(title: str, text: str) -> bool:
    """Whether the text says that its ICE is something else. The agency's own full name says that it is not."""
    if "ICE" not in text and "ICE" not in title:
        return False
    whole = f"{title}\n{text}"
    if _AGENCY_NAME.search(whole):
        return False
    return bool(_MEANT.search(whole) or _THING.search(whole)) or any(
        _stands_near(whole, spelled) for spelled in _SPELLED.finditer(whole) if not _AGENCY.match(spelled[1])
    )


def _stands_near(whole: str, spelled: re.Match[str]) -> bool:
    """Whether the name stands beside what it may stand for."""
    around = whole[max(0, spelled.start() - _BEFORE) : spelled.end() + _AFTER]
    return re.search(r"\bICE\b", around) is not None
