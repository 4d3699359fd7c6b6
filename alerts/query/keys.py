"""What searches and documents are looked up by: a search is asked only where the two have a key in common."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

from alerts.query.clauses import Atom, share_of_word
from alerts.query.document import Document
from alerts.query.facts import county_of
from alerts.query.syntax import Around, Fact, InOffice, InPlace, Phrase, Word
from crawler.text import fold

if TYPE_CHECKING:
    from crawler.places import Place

Key = Hashable  # a folded word, one that is begun ("detain*"), or a tuple

_EARTH = 6371.0  # kilometres
_SIDES = tuple(2**power / _EARTH for power in range(4, 12))  # of cubes: 16 to 2048 km on a ball of radius 1


def keys_of(atom: Atom) -> Iterable[Key]:
    """Keys of which every document that has the atom has one."""
    match atom:
        case Phrase(words):
            return _pair_keys(words) or _word_keys(min(words, key=share_of_word))
        case InPlace(place):
            return [_place_key(place)]
        case InOffice(_, areas):
            return [("county", state, county) if county else ("state", state) for state, county in areas]
        case Around():
            return _circle_keys(atom)
        case Fact(name, value):
            return [f"{name}:{value}"]
    raise ValueError(f"{atom} is looked up by nothing")


def is_sure(atom: Atom) -> bool:
    """Whether every document that has one of the atom's keys has the atom."""
    match atom:
        case Phrase(words, title=False):
            return len(words) <= 2 and not any(word.exact for word in words) and _is_looked_up_whole(words)
        case InPlace(place):
            return place.kind in ("state", "county")
        case InOffice() | Fact():
            return True
    return False


def _is_looked_up_whole(words: Sequence[Word]) -> bool:
    if len(words) == 2:
        return not any(word.wild for word in words)
    return words[0].wild in ("", f"{words[0].prefix}*")


def keys_of_fields(document: Document) -> Iterator[Key]:
    """The keys of a document's places and facts."""
    for place in document.places:
        yield ("state", place.state)
        if county := county_of(place):
            yield ("county", place.state, county)
        if place.kind not in ("state", "county"):
            yield _place_key(place)
    for spot in document.spots:
        for side in _SIDES:
            yield ("cube", side, *[at // side for at in spot])
    yield from {f"source:{fold(name)}" for name in (document.source_id, document.source_name)}
    yield f"lang:{fold(document.language).partition('-')[0]}"
    yield from {f"kind:{fold(kind)}" for kind in document.kinds}


def _pair_keys(words: Sequence[Word]) -> Iterable[Key]:
    """The first two words of a phrase; none where those are not two plain ones."""
    if len(words) < 2 or words[0].wild or words[1].wild:
        return ()
    return [(first, second) for first in words[0].forms for second in words[1].forms]


def _word_keys(word: Word) -> Iterable[Key]:
    return [f"{word.prefix}*"] if word.wild else word.forms


def _place_key(place: "Place") -> Key:
    """The key of a place, coarser than `is_inside`: a town's county is left to that."""
    from crawler.places import squeezed

    match place.kind:
        case "state":
            return ("state", place.state)
        case "county":
            return ("county", place.state, place.name)
    return (place.kind, place.state, squeezed(place.name))


def _circle_keys(around: Around) -> Iterable[Key]:
    """The cubes, at most eight, that a ball reaches into; in space, as there no pole and no date line is odd."""
    reach = around.reach * 1.001  # rounding must not lose what is just within
    side = next((side for side in _SIDES if side >= 2 * reach), _SIDES[-1])
    ends = [((at - reach) // side, (at + reach) // side) for at in around.spot]
    return [("cube", side, *cube) for cube in product(*[{low, high} for low, high in ends])]
