"""How far a story reaches: an event somewhere, or the whole country, of which the places named are only examples."""

import re
from collections.abc import Iterable

from crawler.places.context import Mention
from crawler.text import fold, sentence_spans

_COUNTRY = r"(?:the )?(?:country|nation|u\.?s\.?(?=\W|$)|usa|united states|globe)"
_MANY = (
    r"(?:several|multiple|many|dozens of|\d+|two|three|four|five|six|seven|ten|twelve|all 50|every|most|other|various)"
)
_EVERYWHERE = re.compile(
    rf"\b(?:nationwide|(?:across|around|throughout|all over|in every corner of) {_COUNTRY}|coast[ -]to[ -]coast|"
    rf"{_MANY} (?:other )?(?:u\.?s\.? )?(?:states|state capitals)|"
    r"national (?:protests?|demonstrations?|movement|poll|survey|outcry|strike|boycott)|"
    r"(?:por|en|de|a lo largo de) todo (?:el pais|estados unidos)|a nivel nacional|(?:varios|muchos|\d+) estados)\b"
)
_VIEWS = (
    r"(?:letters?(?: to the editor)?|editorial|opinions?|column(?:ist)?|commentary|guest \w+|op-?ed|viewpoints?|"
    r"(?:our|your|my|another) (?:view|turn|voice)|perspective|cartas?(?: al editor)?|columna)"
)
_OPINION = re.compile(rf"^{_VIEWS}\b[^:|–—]{{0,30}}(?::|\||–|—| - )|(?:\||–|—| - ) ?{_VIEWS}$")
# What is said of the country only to set an event somewhere in its light.
_ASIDE = re.compile(
    r"\b(?:as|amid|part of|join(?:s|ed|ing)?|ahead of|during|among|while|one of|like|similar to|mirroring|echoing|"
    r"despite|unlike|como parte de|en medio de) [^.;:!?]{0,60}$"
)
_SHORTEST = 25  # characters of a first sentence: "Updated at 10:15 p.m." is none


def is_national(title: str, text: str, named: Iterable[Mention]) -> bool:
    """Whether headline or first sentence speak of the whole country, and of no place as the scene before that."""
    scenes = [m for m in named if m.relation == "scene"]
    if any(m.part == "title" for m in scenes):
        return False
    if _speaks_of_all(fold(title)):
        return True
    first = next((text[start:end] for start, end in sentence_spans(text) if end - start > _SHORTEST), "").strip()
    said = fold(first)
    reach = _speaks_of_all(said)
    if reach is None:
        return False
    before = said[: reach.start()]
    return not any(m.sentence == first and m.key.split()[0] in before for m in scenes)


def is_opinion(title: str) -> bool:
    """Whether a headline calls its text an opinion, where far places stand as examples."""
    return bool(_OPINION.search(fold(title)))


def _speaks_of_all(said: str) -> re.Match[str] | None:
    return next((m for m in _EVERYWHERE.finditer(said) if not _ASIDE.search(said[: m.start()])), None)
