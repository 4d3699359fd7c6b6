"""Two versions of one sentence: which numbers, names and other words of meaning were exchanged."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise

from crawler.text import fold
from crawler.topic import StockWords, chosen

# Chosen by hand.
_NEW_WORDS = 3  # words of meaning that make an edited sentence a new one
_ABBREVIATED = 3  # letters that a name has more than what it is shortened to
_CAPITALS = 0.6  # a line with more of them is a heading, and tells no names

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\w+(?:'\w+)*")
_OPENS = tuple("\"“'‘:([—–|.!?")  # the next word has a capital without being a name
_TIME_AFTER = re.compile(r":\d|\s*[ap]\.?m\b", re.IGNORECASE)
NUMBERS = {
    word: value
    for value, spelled in enumerate(
        """zero|cero one two|dos three|tres four|cuatro five|cinco six|seis seven|siete eight|ocho nine|nueve ten|diez
        eleven|once twelve|doce thirteen|trece fourteen|catorce fifteen|quince sixteen seventeen eighteen nineteen
        twenty|veinte""".split()
    )
    for word in spelled.split("|")
}
_SMALL = frozenset(
    """a an and are as at be been but by for from had has have he her his in is it its of on or said says she that the
    their they this to was were will with also today yesterday tomorrow monday tuesday wednesday thursday friday
    saturday sunday morning afternoon evening night al con de del el en es la las le los para por que se su sus un una
    y ayer hoy lunes martes miercoles jueves viernes sabado domingo""".split()
)
_MONTHS = frozenset(
    """january february march april may june july august september october november december jan feb mar apr aug sept
    sep oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre""".split()
)
# Words that have capitals and name nobody: titles and offices, beside the topic's own.
_OFFICES = frozenset(
    """u s us usa united states department agency federal police state city county mr mrs ms dr mayor gov governor sen
    senator rep representative president judge attorney sheriff chief officer agent director spokesman spokeswoman
    spokesperson i""".split()
)
DECISIVE = frozenset(
    """no not never without denied released freed died dead killed acquitted dismissed nunca sin liberado liberada
    murio""".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a sentence, folded and without a possessive; whether it is a name, or a number of a day or time."""

    word: str
    name: bool = False
    of_time: bool = False


def tokens(sentence: str, names: Iterable[str] = ()) -> list[Token]:
    """The words of a sentence. A first word is a name when it is one of `names`, or another name follows it."""
    plain = sentence.replace("’", "'")
    found = list(_TOKEN.finditer(plain))
    read = [fold(m[0]).removesuffix("'s") or fold(m[0]) for m in found]
    plain_words = _plain(chosen().stock_words)
    capital = [m[0][0].isupper() and word not in plain_words for m, word in zip(found, read, strict=True)]
    if len(found) > 4 and sum(m[0][0].isupper() for m in found) > _CAPITALS * len(found):
        capital = [False] * len(found)
    result: list[Token] = []
    for i, (m, word) in enumerate(zip(found, read, strict=True)):
        ahead = plain[max(0, m.start() - 3) : m.start()]
        first = i == 0 or ahead.rstrip().endswith(_OPENS)
        named = capital[i] and (not first or word in names or (i + 1 < len(found) and capital[i + 1]))
        after_month = i > 0 and read[i - 1] in _MONTHS
        year = len(word) == 4 and word.isdecimal() and word[:2] in ("19", "20")
        of_time = after_month or year or bool(_TIME_AFTER.match(plain, m.end())) or ahead.endswith(":")
        result.append(Token(word, named, of_time))
    return result


@cache
def _plain(stock: StockWords) -> frozenset[str]:
    """Words that are no names, whatever letter they begin with."""
    return _SMALL | _MONTHS | _OFFICES | stock.capitals | NUMBERS.keys()


def reworded(
    old: Sequence[Token], new: Sequence[Token], old_words: frozenset[str], new_words: frozenset[str]
) -> tuple[list[tuple[str, str]], bool]:
    """The numbers that took each other's place in a sentence, and whether anything else that matters did.

    `old_words` and `new_words` are those of the whole texts: a name that stands elsewhere, too, is not new.
    """
    before, after = ([t.word for t in side] for side in (old, new))
    numbers: list[tuple[str, str]] = []
    lost: list[Token] = []
    fresh: list[Token] = []
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            continue
        pairs = list(zip(_figures(old[a:b]), _figures(new[c:d]), strict=False))
        numbers += [(x.word, y.word) for x, y in pairs if value(x.word) != value(y.word)]
        paired = {id(t) for pair in pairs for t in pair}
        lost += [t for t in old[a:b] if id(t) not in paired]
        fresh += [t for t in new[c:d] if id(t) not in paired]
    gone, come = (_meant(side) for side in (lost, fresh))
    material = (
        bool((gone ^ come) & DECISIVE)
        or len(come - gone - _OFFICES - chosen().stock_words.capitals) >= _NEW_WORDS
        or _count(lost) != _count(fresh)
        or _renamed(old, new, old_words, new_words)
    )
    return numbers, material


def _figures(side: Iterable[Token]) -> list[Token]:
    return [t for t in side if value(t.word) is not None]


def _meant(side: Iterable[Token]) -> set[str]:
    return {t.word for t in side if t.word not in _SMALL and value(t.word) is None}


def _count(side: Iterable[Token]) -> Counter[float]:
    """How often each number was said that is no day or time; "one" is hardly ever a number."""
    said = [value(t.word) for t in side if not t.of_time and t.word != "one"]
    return Counter(number for number in said if number is not None)


def value(word: str) -> float | None:
    """12, 1,200, 3.5 or twelve as a number; an IP address or a date in figures is a number of its own kind."""
    if not word[0].isdecimal():
        return NUMBERS.get(word)
    plain = re.sub(r",(?=\d{3}(?!\d))", "", word)
    return float(plain) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain) else None


def _renamed(old: Sequence[Token], new: Sequence[Token], old_words: frozenset[str], new_words: frozenset[str]) -> bool:
    """Whether a name took another's place, or somebody is named, or no longer, who has two names."""
    lost = [t.name and t.word not in new_words for t in old]
    fresh = [t.name and t.word not in old_words for t in new]
    gone = [t.word for t, is_lost in zip(old, lost, strict=True) if is_lost]
    come = [t.word for t, is_fresh in zip(new, fresh, strict=True) if is_fresh]
    if gone and come:
        return not _respelled(gone, come)
    return any(a and b for side in (lost, fresh) for a, b in pairwise(side))


def _respelled(a: list[str], b: list[str]) -> bool:
    """Whether two names are one, written out and abbreviated."""
    initials = ["".join(word[0] for word in side) for side in (a, b)]
    joined = ["".join(side) for side in (a, b)]
    if joined[0] == joined[1] or initials[0] == joined[1] or initials[1] == joined[0]:
        return True
    if len(a) != len(b):
        return False
    longer_first = (sorted(pair, key=len, reverse=True) for pair in zip(a, b, strict=True))
    return all(len(x) - len(y) >= _ABBREVIATED and x.startswith(y) for x, y in longer_first)
