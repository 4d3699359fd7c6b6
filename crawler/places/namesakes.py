"""Names that are spelled as a town's or a state's and mean something else: a river, a shop, a corner, a country."""

from itertools import pairwise

from crawler.places.gazetteer import Gazetteer
from crawler.places.passage import ReadText
from crawler.places.place import Meaning
from crawler.places.spelling import COMPASS, name_words

_POINTS = frozenset(COMPASS.values())
_INSIDE = frozenset(("at", "inside", "outside", "from", "behind", "en"))  # said before a shop's name
_JOINED = frozenset((" ", " & ", "-", "\u00a0"))  # between the words of one name
# What cannot be said of "the Connecticut …" if Connecticut only describes the next word, as in "the Connecticut coast".
_NO_NOUN = frozenset(
    "when where while that which who in at on near by to from with for of is was are were has had after before as if"
    " said says just last this early until since below above behind cuando donde que en".split()
)
_WITH_ARTICLE = frozenset(("florida", "villita"))  # said with "la" in Spanish
_CORNER = frozenset(("corner", "intersection", "esquina", "interseccion"))
_TOGETHER = frozenset(("and", "y", "e"))
_TOWNS = frozenset(("city", "town", "village", "township", "borough"))
_LIES = frozenset(("in", "of", "on", "near"))  # said after "a town"


class Name:
    """The words i … after-1 of a text, which spell a name of the gazetteer."""

    def __init__(self, gazetteer: Gazetteer, read: ReadText, i: int, after: int, key: str) -> None:
        self.read, self.i, self.after, self.key = read, i, after, key
        self.gazetteer, self.language = gazetteer, gazetteer.language
        self.cased = read.cased(read.starts[i])
        self.run = self._run()

    def is_namesake(self, meanings: tuple[Meaning, ...]) -> bool:
        """Whether the words around show that no town, county or state is meant."""
        return self._is_river(meanings) or self._is_foreign() or self._is_corner()

    def is_origin(self) -> bool:
        """ "A student from Peru": the country, or at most where somebody lives."""
        return self.read.preceding(self.i) == "from" and self.key in self.language["abroad"]

    def towns(self, meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """Of what "the town of Maryland" or "Nevada, a city in" can mean the towns, where one has the name."""
        read = self.read
        called = read.preceding(self.i, 2) if read.preceding(self.i) == "of" else ""
        if read.gaps[self.after].startswith(",") and read.following(self.after) == "a":
            behind = [read.following(self.after, k) for k in range(1, 5)]
            called = next((word for word, lies in pairwise(behind) if lies in _LIES), called)
        if called not in _TOWNS:
            return meanings
        towns = [m for m in meanings if m.place.kind == "city" and (m.place.state != "DC" or called == "city")]
        return tuple(towns) or meanings

    def is_word(self) -> bool:
        """Whether it is also an ordinary word, and stands where any word has a capital or none has."""
        if self.key not in self.language["word"] and self.key not in self.language["ordinary"]:
            return False
        opens = self.read.opens_sentence(self.i) or any(dash in self.read.gaps[self.i] for dash in ("—", "–", " - "))
        return opens or not self.cased or not self.read.capital[self.i]

    def is_carried(self) -> bool:
        """ "Boston Market", "Boston College", "Chicago Pizza in Keene": a shop or a school that carries the name.

        Its town, rather than another, is the likeliest place only where the text names none.
        """
        if self.read.following(self.after) in self.language["campus"]:
            return True
        if not self.run or self.run[0] in self.language["institution"]:
            return False
        if set(self.run) & self.language["venue"]:
            return True
        end = self.after + len(self.run)
        in_town = self.read.following(end) in ("in", "en") and end + 1 < len(self.read.words)
        inside = self.read.preceding(self.i) in _INSIDE
        return self.cased and inside and in_town and self.read.capital[end + 1]

    def _run(self) -> tuple[str, ...]:
        """The capitalised words that go on right behind the name: "Boston | Market"."""
        read, j = self.read, self.after
        while j < len(read.words) and read.gaps[j] in _JOINED and read.capital[j]:
            j += 1
        return tuple(read.keys[self.after : j])

    def _is_river(self, meanings: tuple[Meaning, ...]) -> bool:
        """ "A barge on the Mississippi, …": a bare name after "the" is no state or town."""
        read = self.read
        if not self.cased or self.run or read.gaps[self.i] != " ":
            return False
        if self.i and read.words[self.i - 1] == "la" and self.key not in _WITH_ARTICLE:
            return True  # "en la Roosevelt": an avenue
        if read.preceding(self.i) != "the":
            return False
        if not any(" ".join(name_words(m.place.name)) == self.key and m.place.state != "DC" for m in meanings):
            return False  # "the Bronx" is a part of a city
        gap, next_capital = read.gaps[self.after], self.after < len(read.words) and read.capital[self.after]
        if gap == " ":
            return read.following(self.after) in _NO_NOUN
        return gap.startswith((".", "\n")) or not (next_capital or gap.startswith(("-", "–", "/")))

    def _is_foreign(self) -> bool:
        """ "Santa Ana, El Salvador", "South Sudan"."""
        read = self.read
        after_point = self.cased and read.preceding(self.i) in _POINTS and read.gaps[self.i] in _JOINED
        if after_point and read.capital[self.i - 1] and self.key in self.language["abroad"]:
            return True
        if not read.gaps[self.after].startswith(","):
            return False
        return any(
            " ".join(read.keys[self.after : self.after + size]) in self.language["country"] for size in (1, 2, 3)
        )

    def _is_corner(self) -> bool:
        """ "Houston and Allen streets", "the corner of Lawrence and Kimball"."""
        read = self.read
        if any(word in _CORNER for word in read.keys[max(0, self.i - 4) : self.i]):
            return bool(set(read.keys[self.after : self.after + 1]) & _TOGETHER) or read.preceding(self.i) in _TOGETHER
        if self._is_roads(self.after) and read.preceding(self.i) in _TOGETHER:
            return True
        if read.following(self.after) not in _TOGETHER and read.gaps[self.after] != " & ":
            return False
        start = self.after + (read.gaps[self.after] != " & ")
        return any(self._is_roads(j) and all(read.capital[start:j]) for j in range(start + 1, start + 4))

    def _is_roads(self, j: int) -> bool:
        """Whether word j is "streets" or "avenues"."""
        word = self.read.keys[j] if j < len(self.read.keys) and self.read.gaps[j] == " " else ""
        return word.endswith("s") and bool({word[:-1], word[:-2]} & self.language["thoroughfare"])
