"""How far a story reaches: an event somewhere, or the whole country, of which the places named are only examples."""

import re
from collections.abc import Iterable

from crawler.places.context import Mention
from crawler.text import fold, sentence_spans

_COUNTRY = r"(?:the )?(?:country|nation|u\.?s\.?(?=\W|$)|usa|united states|globe)"
_EVERYWHERE = re.compile(
    rf"\b(?:nationwide|(?:across|around|throughout|all over|in every corner of) {_COUNTRY}|coast[ -]to[ -]coast|"
    r"(?:several|multiple|many|dozens of|\d+|two|three|four|five|six|seven|ten|twelve|all 50|every|most|other|various) (?:other )?(?:u\.?s\.? )?"
    r"(?:states|state capitals)|national (?:protests?|demonstrations?|movement|poll|survey|outcry|strike|boycott)|"
    r"(?:por|en|a lo largo de) todo (?:el pais|estados unidos)|a nivel nacional|(?:varios|muchos|\d+) estados)\b"
)
# What is said of the country only to set an event somewhere in its light.
_ASIDE = re.compile(
    r"\b(?:as|amid|part of|join(?:s|ed|ing)?|ahead of|during|among|while|one of|like|similar to|mirroring|echoing|despite|unlike|como parte de|en medio de)"
    r" [^.;:!?]{0,60}$"
)


def is_national(title: str, text: str, named: Iterable[Mention]) -> bool:
    """Whether headline or first sentence speak of the whole country, and of no place as the scene before that."""
    scenes = [m for m in named if m.relation == "scene"]
    said = fold(title)
    if any(m.part == "title" for m in scenes):
        return False
    if _speaks_of_all(said):
        return True
    first = next((text[start:end] for start, end in sentence_spans(text) if end - start > len("Updated at 10:15 p.m.")), "")
    reach = _speaks_of_all(fold(first))
    if reach is None:
        return False
    before = first[: reach.start()]
    return not any(m.sentence == first.strip() and fold(before).find(m.key.split()[0]) >= 0 for m in scenes)


def _speaks_of_all(said: str) -> re.Match[str] | None:
    return next((m for m in _EVERYWHERE.finditer(said) if not _ASIDE.search(said[: m.start()])), None)
