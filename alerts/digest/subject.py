"""What of a subject has to fit: the places in it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from alerts.locale import said_list, translations

MOST_PLACES = 3
LONGEST_SUBJECT = 78  # characters; RFC 5322 wants no longer lines, and no list of mails shows more


def towns_of(places: Iterable[str]) -> Sequence[str]:
    """Places by their names, each once, in their order; with the state where two are called the same.

    >>> towns_of(["Waltham, MA", "Lawrence, MA", "Lawrence, KS", "Waltham, MA", ""])
    ['Waltham', 'Lawrence, MA', 'Lawrence, KS']
    """
    known = [place for place in dict.fromkeys(places) if place]
    names = {place: place.rsplit(",", 1)[0] for place in known}
    alike = Counter(names.values())
    return [name if alike[name] == 1 else place for place, name in names.items()]


def with_places(said: str, towns: Sequence[str], language: str = "en") -> str:
    """A subject with the first three towns behind it that there is room for, and how many more.

    >>> with_places("ICE news, May 1: 5 stories", ["Hilo", "Lihue", "Paia", "Kula", "Hana"])
    'ICE news, May 1: 5 stories (Hilo, Lihue, Paia, and 2 more)'
    """
    subject, shown = said, list[str]()
    for town in towns:
        longer = [*shown, town]
        text = f"{said} ({said_list([*longer, *_further(len(towns) - len(longer), language)], language)})"
        if len(longer) <= MOST_PLACES and len(text) <= LONGEST_SUBJECT:
            subject, shown = text, longer
    return subject


def _further(number: int, language: str) -> Sequence[str]:
    said = translations(language).ngettext("%(n)d more", "%(n)d more", number) % {"n": number}
    return [said] if number else []
