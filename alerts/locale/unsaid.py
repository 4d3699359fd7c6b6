"""A sentence that is not said yet: who reads it decides the language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from alerts.locale.dates import said_day
from alerts.locale.phrases import phrasebook
from alerts.locale.translation import translations
from alerts.locale.wording import in_words
from crawler.model import Why


@dataclass(frozen=True, slots=True)
class Called:
    """A kind, a language and the like, by the code under which the phrasebooks have it."""

    table: str  # as `Phrasebook.called` takes it
    code: str


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence as the catalogues know it, and what fills its %(name)s; what fills it may be a saying too."""

    sentence: str
    filled: "Mapping[str, Filling]"

    def said(self, language: str = "en") -> str:
        """The sentence in a language of ours."""
        filled = {name: _said(value, language) for name, value in self.filled.items()}
        return translations(language).gettext(self.sentence) % filled


Filling = Saying | Called | Why | date | str | int


def _said(value: Filling, language: str) -> str | int:
    match value:
        case Saying():
            return value.said(language)
        case Called(table, code):
            return phrasebook(language).called(table, code)
        case Why():
            return in_words(value, language)
        case date():
            return said_day(value, None, "long", language)
    return value


def saying(sentence: str, /, **filled: Filling) -> Saying:
    """A sentence to be said later; like `marked()`, it tells the catalogues of it.

    >>> saying("“%(word)s” joins two things", word="OR").said("es")
    '“OR” une dos cosas'
    """
    return Saying(sentence, filled)


def as_it_is(text: str) -> Saying:
    """What is the same in every language, as a query is."""
    return Saying("%(text)s", {"text": text})


def one_of(ways: Sequence[Filling]) -> Saying:
    """Several things to choose from, at least one; a text is the same in every language.

    >>> one_of(["state:MA", "state:ME"]).said("es")
    'state:MA o state:ME'
    """
    first, *others = [way if isinstance(way, Saying) else Saying("%(text)s", {"text": way}) for way in ways]
    return reduce(lambda one, other: saying("%(one)s or %(other)s", one=one, other=other), others, first)
