"""What the words around a name make of it: a place or not, the scene or another, and how surely."""

import re
from dataclasses import dataclass

from crawler.places.background import is_schooling
from crawler.places.gazetteer import Gazetteer
from crawler.places.namesakes import Name
from crawler.places.passage import Part, ReadText, Sentence
from crawler.places.place import Meaning
from crawler.places.spoken import REACH, Relation
from crawler.text import fold

_DASH = re.compile(r"[^\n.!?—–]{0,12}?(?:\([^)\n]{2,40}\)\s*)?\s?(?:—|–|--|- |\|)")
_STATE_AFTER = re.compile(
    r"(?:['’]s)?(?:\s*,\s*|\s*\(\s*)"
    r"(?P<written>(?:[A-Z]\.\s?){2}|[A-ZÁÉÍÓÚÑ][\w’']*\.?(?: (?:del? )?[A-Z][\w’']*\.?){0,2})"
)
_STATE_WRITTEN = 8  # characters that ", Mass." takes
_SIGNED = re.compile(r"(?:[.!?”\"]\s+|\n\s*|[—–-] ?)(?:[A-Z][\w.'’-]* ){1,3}[A-Z][\w'’-]+(?:, |\n\s*)$")
_NEARBY = {"near", "outside", "around", "cerca"}
_AT_DOOR = {"at", "outside", "inside", "near"}
_FRAME = {"city", "town", "village", "suburb", "neighborhood", "man", "woman", "family"}
_ITS_OWN = {"police", "mayor", "city", "town", "council", "county", "residents", "schools", "selectmen", "officials"}
_PARTES = {
    "norte",
    "sur",
    "este",
    "oeste",
    "centro",
    "barrio",
    "area",
    "zona",
    "ciudad",
    "calles",
    "condado",
    "suburbio",
    "afueras",
    "noroeste",
    "noreste",
    "sureste",
    "suroeste",
}
_ARTICLES = {"the", "el", "la", "los", "las"}
_LAND = {"island", "islands", "peninsula", "reservation"}
_TOWN_OF = {"city", "town", "village", "ciudad", "outside", "cerca"}
_HOUSEHOLD = {"family", "couple"}
_FAR_DESK = re.compile(r"attorney for\b|district of$|law school|university of$")
# Chosen with relevance/places_dev in view, as `tests.benchmarks.places` measures.
_DATELINE = 1.5  # weight of the place at the head of a report
_OF_THE_CAPITAL = 0.3  # there reporters sit who write of the whole country


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text that may be a place."""

    key: str
    meanings: tuple[Meaning, ...]
    state: str  # the USPS code written beside it, or ""
    part: Part
    relation: Relation
    weight: float  # 0..2: how much the words around speak of something happening there
    placed: bool  # the words around show that it is a place at all
    sentence: str
    eventful: bool = False  # the sentence tells of something that happens
    dateline: bool = False
    word: bool = False  # an ordinary word where a capital tells nothing, as at the beginning of a sentence


class Surroundings:
    """What stands around words i … i+count-1 of a text."""

    def __init__(
        self, gazetteer: Gazetteer, read: ReadText, i: int, count: int, key: str, is_family: bool, is_quarter: bool
    ) -> None:
        self.gazetteer, self.read, self.i, self.after, self.key = gazetteer, read, i, i + count, key
        self.start, self.end = read.starts[i], read.end(i + count - 1)
        self.named_so = key in gazetteer.language["people"]
        self.family = self.named_so and is_family
        self.is_quarter = is_quarter
        self.cased = read.cased(self.start)
        self.low = not read.capital[i]
        self.name = Name(gazetteer, read, i, i + count, key)

    def mention(self, sentence: Sentence) -> Mention | None:
        """The mention with its possible meanings; None when the words around leave none."""
        if len(self.key) == 2 and not self.read.words[self.i].isupper():
            return None  # "La", not "LA"
        if self.low and any(self.key in self.gazetteer.language[rare] for rare in ("ordinary", "abroad")):
            return None
        state = self._state()
        if not state and self.key in self.gazetteer.language["never_bare"]:
            return None
        meanings = self._meanings()
        if state:
            meanings = tuple(m for m in meanings if m.place.state == state and m.place.kind != "state")
        meanings = self.name.towns(self._counties(meanings))
        if not meanings or (not state and self.name.is_namesake(meanings)):
            return None
        weight, placed = self._weight(bool(state), sentence.folded)
        if not weight or (self.low and not placed):
            return None
        part, spoken = self.read.part(self.start), self._relation(sentence)
        stems = self.gazetteer.language["event"]
        eventful = any(stem in sentence.folded for stem in stems) or self.gazetteer.spoken.is_act(sentence.folded)
        dateline, word = self._dateline(), self.name.is_word()
        return Mention(
            self.key,
            meanings,
            state,
            part,
            spoken,
            weight,
            placed,
            sentence.said,
            eventful,
            dateline,
            word and not state,
        )

    def _meanings(self) -> tuple[Meaning, ...]:
        """What the name can mean; of a name given to a part of a city only such parts."""
        meanings = self.gazetteer.meanings(self.key)
        if self.is_quarter:
            return tuple(m for m in meanings if self.gazetteer.is_part(self.key, m))
        return tuple(m for m in meanings if m.known) if self.low else tuple(meanings)

    def _relation(self, sentence: Sentence) -> Relation:
        """What the words of its sentence make of it."""
        if self._next(0) in ("based", "bound"):
            return "apart"
        if self.name.is_origin() and not self._state():
            return "origin"
        if not self._state() and self.name.is_carried():
            return "carried"
        if self._signs():
            return "origin"
        whole = self.read.whole
        before = fold(whole[max(sentence.start, self.start - REACH) : self.start])
        after = fold(whole[self.end : min(sentence.end, self.end + REACH)])
        if self.gazetteer.facilities.get(self.key) == "campus" and is_schooling(before, after):
            return "apart"
        name = f"{self.key} jail" if self.key in self.gazetteer.facilities else self.key
        return self.gazetteer.spoken.relation(before, name, after, sentence.folded)

    def _signs(self) -> bool:
        """ "Ruth Ames, Fairview" at the end of a letter: where its writer lives."""
        whole = self.read.whole
        return len(whole[self.end :].strip()) < _STATE_WRITTEN and bool(
            _SIGNED.search(whole, max(0, self.start - 60), self.start)
        )

    def _state(self) -> str:
        """The code of the state written right behind the name; a short "Me" or "Ind" wants its period."""
        match = _STATE_AFTER.match(self.read.whole, self.end)
        written = match["written"].split() if match else []
        for size in range(len(written), 0, -1):
            spelled = " ".join(written[:size])
            code = self.gazetteer.state_code(spelled)
            if code and (spelled == code or "." in spelled or len(spelled) > 3):
                return code
        return ""

    def _counties(self, meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """Keep what "condado de Essex" or "Essex county" can mean; a bare "Essex" may be either."""
        if {"condado", "condados"} & {self._previous(), self._previous(2)} or self._next(0) in ("counties", "county"):
            return tuple(m._replace(full=True) for m in meanings if m.place.kind == "county")
        return meanings

    def _next(self, k: int) -> str:
        return self.read.following(self.after, k)

    def _previous(self, k: int = 1) -> str:
        return self.read.preceding(self.i, k)

    def _weight(self, state: bool, sentence: str) -> tuple[float, bool]:
        """How much the mention says about where the event is, and whether it surely is a place."""
        language, read = self.gazetteer.language, self.read
        if self._dateline():
            return (_OF_THE_CAPITAL if self.key in language["capital"] else _DATELINE), True
        following = self._next(0)
        if self._is_carried() or self._is_thoroughfare() or following in language["game"]:
            return 0.0, False
        previous = self._before()
        located = previous in language["locative"]
        institution = following in language["institution"] and read.gaps[self.after] == " "
        if institution and self.name.is_word() and following not in _ITS_OWN:
            institution = False  # "Mission church hides family"
        if institution and following in _HOUSEHOLD and (self.named_so or previous == "the"):
            institution = False  # "the Jackson family"
        owner = self.named_so and read.folded[self.after - 1].endswith("'s")
        placed = state or (located and not owner) or self._is_area() or previous == "condado"
        if self.gazetteer.facilities.get(self.key) == "field office":
            return (1.0 if previous in _AT_DOOR else 0.2), True
        if self._desk():
            return 0.2, placed
        if not (placed or institution) and self._is_person(previous):
            return 0.0, False
        weight = self._named(previous, state, institution) * self._framed()
        if any(stem in sentence for stem in language["event"]):
            weight *= 1.3
        placed = placed or previous in ("to", "from") or (institution and (self.cased or self.low))
        return weight, placed

    def _before(self) -> str:
        """The word before the name, or the preposition before that: "in downtown …"."""
        language = self.gazetteer.language
        previous = self._previous() if self.read.gaps[self.i] in (" ", "\u00a0") else ""
        if previous in language["before"] and self._previous(2) in language["locative"]:
            return self._previous(2)
        parted = previous == "of" or (previous in ("de", "del") and self._previous(2) in _PARTES)
        if parted and self._previous(3) in _ARTICLES and self._previous(4) in (*language["locative"], "on"):
            return "in"  # "on the streets of", "en el norte de"
        if previous == "on" and self.key.rpartition(" ")[2] in _LAND:
            return "in"
        return previous

    def _named(self, previous: str, state: bool, institution: bool) -> float:
        """How much the words right beside the name speak of something happening there."""
        language = self.gazetteer.language
        if self._is_area():
            return 0.6
        if previous in language["locative"]:
            return 0.8 if previous in _NEARBY else 1.0
        weight = 0.75 if institution or state else 0.5
        if previous in language["passing"]:
            weight = 0.8 if self._previous(2) in _TOWN_OF else 0.5 if state else 0.4
        return weight if institution or not self._continues() else 0.45 * weight

    def _framed(self) -> float:
        """What is left of it where the name only frames another, or stands for those who speak for a county."""
        following = self._next(0)
        if self.key.endswith(" county") and following in _FRAME:
            return 0.5  # "an Orange County city": the city is yet to be named
        official = following in self.gazetteer.language["official"]
        return 0.6 if official and self.read.part(self.start) != "title" else 1.0

    def _is_area(self) -> bool:
        """ "Chicago-area", "Boston area"."""
        return self._next(0) in ("area", "region", "metro")

    def _dateline(self) -> bool:
        """ "WALTHAM, Mass. (AP) —" at the head of a paragraph, or in capitals before a dash."""
        read = self.read
        opens = "\n" in read.gaps[self.i] and self.i > 0
        capitals = not read.shouted and self.end - self.start > 3 and read.whole[self.start : self.end].isupper()
        if self.start <= read.title_end or not (opens or capitals):
            return False
        state = _STATE_AFTER.match(read.whole, self.end) if self._state() else None
        end = state.end() if state else self.end
        return bool(_DASH.match(read.whole, end)) and read.whole[end : end + 1] != "-"

    def _is_carried(self) -> bool:
        """A team, a newspaper or a firm that only carries the name."""
        return self._continues() and self._next(0) in self.gazetteer.language["carried"]

    def _is_thoroughfare(self) -> bool:
        """ "Portland Avenue", "la calle Lawrence": a street or a river that is called after a place."""
        roads = self.gazetteer.language["thoroughfare"]
        follows = self.after < len(self.read.words) and self.read.gaps[self.after] == " "
        if follows and self._next(0) in roads and self.read.may_name(self.after):
            return True
        return self._previous() in ("calle", "avenida", "bulevar", "carretera")

    def _desk(self) -> bool:
        """ "FBI Boston", "Boston FBI field office", "Attorney for the District of Massachusetts"."""
        language = self.gazetteer.language
        following = " ".join(self._next(k) for k in range(4))
        if any(desk in following for desk in language["desk"]):
            return True
        if self.i and self.cased and self.read.gaps[self.i] == " " and self._next(0) not in language["institution"]:
            before = self.i - 1
            return self.read.words[before].isupper() and self.read.folded[before] in language["agency"]
        return bool(_FAR_DESK.search(" ".join(self.read.keys[max(0, self.i - 5) : self.i])))

    def _is_person(self, previous: str) -> bool:
        """A given or family name: a capitalised word or a title before it, or a surname given elsewhere."""
        language, read = self.gazetteer.language, self.read
        titled = previous or (self._previous() if read.gaps[self.i] == ". " else "")
        if titled in language["titles"] or self.family:
            return True
        if previous and self.cased and read.capital[self.i - 1] and previous not in language["before"]:
            return self.named_so or not read.opens_sentence(self.i - 1) or previous in language["people"]
        return self.named_so and self._continues()

    def _continues(self) -> bool:
        """Whether a capitalised word follows directly, so that the name is part of a longer one."""
        j = self.after
        if j >= len(self.read.words) or self.read.gaps[j] not in (" ", "-"):
            return False
        return self.cased and self.read.capital[j]
