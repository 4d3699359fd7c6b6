"""What an article tells of an event: the words of its opening by weight, names, numbers, day and places."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from sys import intern
from typing import TYPE_CHECKING, Any

from crawler.grouping.series import Form
from crawler.text import folded_words
from crawler.topic import StockWords, chosen

if TYPE_CHECKING:
    from crawler.places import Place

# Chosen with dedup/dev and ice_pages/dev in view, as `tests.benchmarks.events` measures.
OPENING_CHARACTERS = 1600  # of the text: what is read of it here

_TITLE_WEIGHT = 3
_NAME_WEIGHT = 1.3  # a word written as a name in the middle of a sentence
_REPEATED = 0.75  # power of what is said of a word: by its protagonist, named in every line, no event is known
_OPENING_WORDS = 200
_NAMING_CHARACTERS = 1200  # names of two words, and numbers

_EMPTY = frozenset(
    """a about after all also an and any are as at be because been before being but by can could did do does for from
    had has have he her here him his how i if in into is it its just like may me more most my new no not now of on one
    only or other our out over said say says she should so some such than that the their them then there these they
    this those through to told too two under until up us was we were what when where which while who will with would
    year years you your al como con de del el en es esta este fue ha han la las le lo los mas no para pero por que se
    segun ser si sin sobre su sus un una y""".split()
)
_NAME = re.compile(r"\b[A-ZÁÉÍÓÚÑ][\w'’-]+(?: (?:(?:de|del|la|of|the) )?[A-ZÁÉÍÓÚÑ][\w'’-]+)+")
_NO_NAMES = (  # beside the topic's own
    "Department", "President", "Trump", "White House", "United States", "Associated Press", "Supreme Court",
    "Social Media", "Estados Unidos", "Attorney General", "Police", "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
)  # fmt: skip
_CAPITAL = re.compile(r"(?<=[a-z,;’'”\"] )[A-ZÁÉÍÓÚÑ][\w’'-]+")  # in the middle of a sentence
_NUMBER = re.compile(r"(?<![\w.,])\$?\d+(?:[.,]\d+)*(?!\w)")
_SHORT_NUMBER = re.compile(r"\b\d{1,3}\b")
_YEARS_OLD = re.compile(r"[ -]years?[ -]old|[ -]años")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that a new one may be a copy of, or the new one itself."""

    article_id: int
    story_id: int
    title: str
    text: str
    published_at: datetime | None
    places: "tuple[Place, ...]"
    copy_of: int | None = None  # the article_id of its original
    hashes: int | None = None  # how many of its fingerprint's the new one has; None: not counted

    @property
    def form(self) -> Form:
        """What it would be filled in with, as an issue of a series."""
        return Form.of(self.title, self.text)


@dataclass(frozen=True, eq=False)
class Account:
    """One article as a report of an event. Its time is aware; `opening` is the beginning of its text."""

    article_id: int  # 0: not stored yet
    story_id: int
    title: str
    opening: str
    published_at: datetime | None
    places: "tuple[Place, ...]"
    by_hand: bool = False  # a person arranged its story

    @classmethod
    def of(cls, article: Candidate) -> "Account":
        """What an article tells."""
        opening = article.text[:OPENING_CHARACTERS]
        return cls(article.article_id, article.story_id, article.title, opening, article.published_at, article.places)

    def read(self) -> "Account":
        """The same, of which all is found that is found but once, and in no time from then on."""
        for name in _FOUND:
            getattr(self, name)
        return self

    def stored_as(self, article_id: int, story_id: int, by_hand: bool) -> "Account":
        """The same of the article that was stored; what was found of it is not looked for again."""
        known = replace(self, article_id=article_id, story_id=story_id, by_hand=by_hand)
        known.__dict__.update({name: self.__dict__[name] for name in _FOUND if name in self.__dict__})
        return known

    def __setstate__(self, state: dict[str, Any]) -> None:
        """As it comes out of another process: its words are kept once here, too."""
        self.__dict__.update(state)
        if "terms" in state:
            self.__dict__["terms"] = {intern(term): weight for term, weight in state["terms"].items()}

    @cached_property
    def terms(self) -> dict[str, float]:
        """How much is said of each word: three times as much in the title, more of names, damped.

        Without the names of its places, which are evidence of their own and would count twice.
        """
        told = map(intern, terms(folded_words(self.opening)[:_OPENING_WORDS]))  # kept once for thousands of accounts
        weights: dict[str, float] = dict(Counter(told))
        for term in terms(folded_words(self.title)):
            weights[term] = weights.get(term, 0) + _TITLE_WEIGHT
        for term in set(terms(folded_words(" ".join(_CAPITAL.findall(self.opening))))) & weights.keys():
            weights[term] *= _NAME_WEIGHT
        for place in self.places:
            for term in terms(folded_words(place.name)):
                weights.pop(term, None)
        return {term: said**_REPEATED for term, said in weights.items()}

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """The words of the title that carry meaning, each once, without the names of its places."""
        return tuple(term for term in dict.fromkeys(terms(folded_words(self.title))) if term in self.terms)

    @cached_property
    def people(self) -> frozenset[str]:
        """Of the surnames those that are told again without the first name: whom the report is about, or who speaks."""
        said = self.opening.count
        again = [word for name in self.names for word in name.split()[1:] if len(word) > 2 and said(word) > said(name)]
        return frozenset(terms([word for part in again for word in folded_words(part)]))

    @cached_property
    def ages(self) -> frozenset[int]:
        """How old those are of whom it tells."""
        return frozenset(_ages(f"{self.title}\n{self.opening}"))

    @cached_property
    def form(self) -> Form:
        """What it would be filled in with, as an issue of a series."""
        return Form.of(self.title, self.opening)

    @cached_property
    def cities(self) -> frozenset[tuple[str, str]]:
        """The cities of its places, each with its state."""
        return frozenset((place.name, place.state) for place in self.places if place.kind == "city")

    @cached_property
    def where(self) -> frozenset[tuple[str, str]]:
        """Its cities and the counties of all its places, each with its state."""
        return self.cities | {(place.county, place.state) for place in self.places if place.county}

    @cached_property
    def names(self) -> dict[str, None]:
        """Names of two words and more, in order, but for places and those that every story on the topic holds."""
        no_name = _no_name(chosen().stock_words)
        found = (re.sub(r"['’]s?$", "", name) for name in _NAME.findall(self._naming) if not no_name.search(name))
        places = {place.name for place in self.places}
        return dict.fromkeys(name for name in found if name not in places)

    @cached_property
    def surnames(self) -> frozenset[str]:
        """The terms of its names but for the first word of each: people are told again by them."""
        return frozenset(terms([word for name in self.names for word in folded_words(name)[1:]]))

    @cached_property
    def numbers(self) -> dict[str, None]:
        """Numbers in figures, in order, without years and single digits, which many stories share."""
        return dict.fromkeys(n for n in _NUMBER.findall(self._naming) if len(n) > 1 and not _YEAR.fullmatch(n))

    @property
    def _naming(self) -> str:
        return f"{self.title}\n{self.opening[:_NAMING_CHARACTERS]}"


@cache
def _no_name(stock: StockWords) -> re.Pattern[str]:
    """What stands in names that every story holds."""
    return re.compile("|".join((*_NO_NAMES, *stock.names)))


_FOUND = tuple(name for name, what in vars(Account).items() if isinstance(what, cached_property))


def terms(words: list[str]) -> list[str]:
    """The words that carry meaning, without a plural or possessive s."""
    return [w[:-1] if w[-1] == "s" and len(w) > 3 and w[-2] != "s" else w for w in words if w not in _EMPTY]


def _ages(text: str) -> Iterator[int]:
    """The numbers that are said to be years of somebody's age: "a 31-year-old", "aged 31", "Ana García, 31, was"."""
    for number in _SHORT_NUMBER.finditer(text):
        before, after = text[max(0, number.start() - 5) : number.start()], text[number.end() : number.end() + 10]
        behind_name = before[-2:] == ", " and before[-3:-2].isalpha() and after[:1] in (",", ".", ";")
        if _YEARS_OLD.match(after) or before.endswith(("age ", "aged ")) or (behind_name and len(number[0]) == 2):
            yield int(number[0])
