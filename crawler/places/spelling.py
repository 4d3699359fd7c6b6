"""How the gazetteer spells a name: folded, short words written out, one spelling of each ending."""

import re
from functools import lru_cache

from crawler.text import WORD, fold

_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "twp": "township", "centre": "center"}
_OKINA = re.compile(r"['`](?<=[aeiou].)(?=[aeiou])")  # Hawai'i; the letter itself, ʻ, is folded away
COMPASS = {"n": "north", "s": "south", "e": "east", "w": "west"}


def name_words(name: str) -> list[str]:
    """The words of a name as the gazetteer compares them.

    >>> name_words("St. Mary's"), name_words("N. Attleborough")
    (['saint', "mary's"], ['north', 'attleboro'])
    """
    found = WORD.findall(_folded(name))
    last = len(found) - 1
    return [normal_word(w) if i == last else normal_word(COMPASS.get(w, w)) for i, w in enumerate(found)]


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else fold(text)  # the same, faster


def normal_word(word: str) -> str:
    """One word in the spelling that the gazetteer compares."""
    word = _folded(word)
    if "'" in word or "`" in word:
        word = _OKINA.sub("", word)
    if word.endswith("borough") and len(word) > 7:
        return word[:-3]
    return _SHORT.get(word, word)


@lru_cache(100_000)
def squeezed(name: str) -> str:
    """What the spellings of one name share: "Mc Farland" and "McFarland", "Haleʻiwa" and "Haleiwa", "O Fallon".

    >>> squeezed("De Witt") == squeezed("DeWitt"), squeezed("St. Mary's") == squeezed("Saint Marys")
    (True, True)
    """
    return "".join(name_words(name)).replace("'", "")
