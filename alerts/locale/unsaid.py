"""A sentence that is not said yet: who reads it decides the language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from alerts.locale.translation import translations


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence as the catalogues know it, and what fills its %(name)s; what fills it may be a saying too."""

    sentence: str
    filled: "Mapping[str, Saying | str | int]"

    def said(self, language: str = "en") -> str:
        """The sentence in a language of ours."""
        filled = {
            name: value.said(language) if isinstance(value, Saying) else value for name, value in self.filled.items()
        }
        return translations(language).gettext(self.sentence) % filled


def saying(sentence: str, /, **filled: Saying | str | int) -> Saying:
    """A sentence to be said later; like `marked()`, it tells the catalogues of it.

    >>> saying("“%(word)s” joins two things", word="OR").said("es")
    '“OR” une dos cosas'
    """
    return Saying(sentence, filled)


def as_it_is(text: str) -> Saying:
    """What is the same in every language, as a query is."""
    return Saying("%(text)s", {"text": text})


def one_of(ways: list[str]) -> Saying:
    """Several things that are the same in every language, to choose from; at least one.

    >>> one_of(["state:MA", "state:ME"]).said("es")
    'state:MA o state:ME'
    """
    first, *others = map(as_it_is, ways)
    return reduce(lambda one, other: saying("%(one)s or %(other)s", one=one, other=other), others, first)
