"""The names of places in the United States, and how to look one up."""

import difflib
import gc
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Self

from crawler.places.files import GazetteerError, read_language, rows, topic_rows
from crawler.places.place import CountySum, Meaning, Place, StateNames
from crawler.places.points import Point, zips
from crawler.places.spelling import name_words, squeezed
from crawler.places.spoken import Spoken
from crawler.topic import Subject, chosen

_DATA = Path(__file__).parent / "data"
_COUNTY_WORD = re.compile(r" (?:County|Parish|Borough|Census Area|Municipality|City and Borough)$")
# Chosen by hand.
_TOWN_SIZE = 5000  # assumed of an incorporated town whose population our sources do not give
_STATE_SIZE = 5_000_000  # so that a city beats its state's name only if it is New York
_HOLDS = 30  # times likelier that a county's jail is meant where it is one of the topic's buildings
_CITY_WIDTH = 40  # kilometres
_SHORTEST_BEGINNING, _MOST_BEGINNING = 3, 6  # letters of a name that is not finished, and names that it may become

_County = tuple[str, str]  # name, state


def shortened(word: str) -> str:
    """The key of a state's abbreviation, apart from the town or the word that is spelled so."""
    return f"{word}."


class Gazetteer:
    """Every name and what it may mean. Made by load(); read-only afterwards."""

    def __init__(self, states: Sequence[StateNames], language: dict[str, frozenset[str]], spoken: Spoken) -> None:
        self.states = {state.code: state for state in states}
        self.language, self.spoken = language, spoken
        self._meanings: dict[str, list[Meaning]] = {}
        self._most_words: dict[str, int] = {}
        self._spellings: dict[str, str] = {}
        self.facilities: dict[str, str] = {}  # keys of the topic's buildings and of campuses → their kind
        self.elsewhere: set[str] = set()  # keys of foreign names that begin or end as one of ours
        for state in states:
            for spelling in state.spellings:
                self._spellings[" ".join(name_words(spelling))] = state.code

    @classmethod
    def load(cls, path: Path | None = None, subject: Subject | None = None) -> Self:
        """Read the shipped folder crawler/places/data, or another of the same layout, with what a topic adds.

        Without a `subject` it is the chosen one. Raises GazetteerError naming the file and what is expected of it.
        """
        folder, topic = path or _DATA, subject or chosen()
        states = []
        for code, name, ap, others in rows(folder / "states.csv", "code,name,ap,others"):
            states.append(StateNames(code, name, (name, *(s for s in (ap, *others.split(";")) if s))))
        lists, spoken = read_language(folder / "language.toml", topic)
        lists["word"] = tuple(name for (name,) in rows(folder / "words.csv", "name"))
        language = {name: frozenset(" ".join(name_words(w)) for w in listed) for name, listed in lists.items()}
        gazetteer = cls(states, language, spoken)
        places = rows(folder / "places.csv.gz", "name,state,county,latitude,longitude,population,kind")
        additions = list(rows(folder / "additions.csv", "kind,name,state,county,population,of"))
        inside = gazetteer._add_cities(places, [row for row in additions if row[0] in ("town", "independent")])
        gazetteer._add_counties(rows(folder / "counties.csv", "state,county"), inside)
        for state in states:
            meaning = Meaning(gazetteer._state_place(state.code), _STATE_SIZE)
            for spelling in state.spellings:
                if not spelling.endswith("."):
                    gazetteer._add(name_words(spelling), meaning)
                elif len(name_words(spelling)) == 1:  # "Miss." means a state only behind a city, or in "in Miss."
                    gazetteer._meanings[shortened(name_words(spelling)[0])] = [meaning]
        for kind, name, code, _, population, of in additions:
            if kind in ("region", "people"):  # speaks of its state, not of the towns that share its words
                state_place = gazetteer._state_place(code)
                gazetteer._add(name_words(name), Meaning(state_place, _STATE_SIZE, known=kind == "people"))
            elif kind == "elsewhere":  # hides the towns that share its words
                gazetteer.elsewhere.add(" ".join(name_words(name)))
            elif kind not in ("town", "independent"):
                gazetteer._add_alias(name, f"{of}, {code}", int(population or _TOWN_SIZE) if kind == "part" else 0)
                if kind == "campus":
                    gazetteer.facilities[" ".join(name_words(name))] = kind
        for row in topic_rows(topic, "facilities.csv", "name,kind,city,county,state,aliases"):
            gazetteer._add_facility(*row)
        return gazetteer

    def meanings(self, key: str) -> Sequence[Meaning]:
        """What a name may mean; `key` is its name_words() joined by a space."""
        return self._meanings.get(key, ())

    def begins(self, word: str) -> bool:
        """Whether any known name begins with this word."""
        return word in self._most_words

    def longest(self, words: Sequence[str], start: int) -> int:
        """How many words from `start` on make up the longest known name; 0 = none begins there."""
        for count in range(min(self._most_words.get(words[start], 0), len(words) - start), 0, -1):
            if " ".join(words[start : start + count]) in self._meanings:
                return count
        return 0

    def is_part(self, key: str, meaning: Meaning) -> bool:
        """Whether a name means this place only as a part or a nickname of it."""
        return meaning.place.kind == "city" and " ".join(name_words(meaning.place.name)) != key

    def state_code(self, written: str) -> str | None:
        """The USPS code of a state as written: "MA", "Mass.", "Massachusetts", "Nueva York"."""
        code = written.strip().upper()  # before its words: "MT" is no mount
        return code if code in self.states else self._spellings.get(" ".join(name_words(written)))

    def look_up(self, name: str) -> Place | None:
        """The place a person named, or None when there is none or more than one; suggest() then says which.

        Takes "Waltham, MA", "Waltham, Massachusetts", "Essex County, MA", "Essex, MA" (the town; a county only
        where no town has the name), "Washington, Warren County, NJ", "MA", "Massachusetts", a ZIP code (its town), and
        a bare name that only one place has. A bare state's name is the state: "Washington", "New York"; their cities
        want ", DC" or ", NY".
        """
        bare, comma, state = name.rpartition(",")
        if not comma:
            return self._look_up_bare(name.strip())
        code = self.state_code(state)
        if code is None:
            return None
        found = [m for m in self._spelled(bare, code) if m.place.kind != "state"]
        if not found and bare.casefold().endswith(" city"):  # "Baltimore city, MD": a city that is its own county
            found = [m for m in self._spelled(bare[:-5], code) if m.place.kind == "city"]
        if not found and "," in bare:
            town, _, county = bare.rpartition(",")
            wanted = {squeezed(county), squeezed(f"{county} County")}
            found = [m for m in self._spelled(town, code) if squeezed(m.place.county) in wanted]
            found = [m for m in found if m.place.kind == "city"]
        best = max(found, key=lambda m: (m.full, m.known, m.population), default=None)
        return best.place if best else None

    def _look_up_bare(self, name: str) -> Place | None:
        code = self.state_code(name)
        if code:
            return self._state_place(code)
        if zip_code := zips().get(name):
            return self.look_up(zip_code.place)
        found = self._spelled(name)
        places = {m.place for m in found if m.full and m.known}
        is_region = any(m.place.kind == "state" for m in found)  # "Long Island" is not the town in Maine
        return places.pop() if len(places) == 1 and not is_region else None

    def _spelled(self, name: str, state: str = "") -> list[Meaning]:
        """What a name may mean, also when it is put together or apart otherwise: "Mc Farland", "Hale iwa"."""
        found = self.meanings(" ".join(name_words(name)))
        if state:
            found = [m for m in found if m.place.state == state]
        if found:
            return list(found)
        alike = [m for key in self._squeezed.get(squeezed(name), ()) for m in self.meanings(key)]
        return [m for m in alike if state in ("", m.place.state)]

    @cached_property
    def _squeezed(self) -> dict[str, list[str]]:
        keys: dict[str, list[str]] = {}
        for key in self._meanings:
            keys.setdefault(key.replace(" ", "").replace("'", ""), []).append(key)
        return keys

    def full_name(self, place: Place) -> str:
        """What look_up() takes for this place and no other: its str(), with the county where a namesake is larger."""
        if place.kind != "city" or not place.county or self.look_up(str(place)) == place:
            return str(place)
        return f"{place.name}, {place.county}, {place.state}"

    def point(self, place: Place) -> Point | None:
        """The middle of a town or county as (latitude, longitude); a state has none."""
        for meaning in self._spelled(place.name, place.state):
            if meaning.place == place and meaning.latitude is not None and meaning.longitude is not None:
                return meaning.latitude, meaning.longitude
        return None

    def suggest(self, name: str) -> tuple[str, ...]:
        """Up to six full names that a person may have meant, likeliest first; () when nothing is close.

        Close is a name with a slip in it, and one that begins so, from three letters on: "Walth", "San Fran".
        """
        bare, comma, state = name.rpartition(",")
        if not comma:
            bare, state = name, ""
        key, code = " ".join(name_words(bare)), self.state_code(state)
        keys, begun = [key] if key in self._meanings else [], list[str]()
        if not keys or not any(m.place.state == code for m in self.meanings(key)) or not code:
            alike = [k for k in self._meanings if k[:1] == key[:1] and abs(len(k) - len(key)) < 4]
            begun = self._beginning(key, code)
            close = difflib.get_close_matches(key, alike, 6, 0.8)
            keys += [k for k in dict.fromkeys((*begun, *close)) if k != key]
        ranked = [
            (rank, meaning.place.state != code, -meaning.population, str(meaning.place))
            for rank, k in enumerate(keys)
            for meaning in (self._largest(k, code) if k in begun else self.meanings(k))
        ]
        ranked.sort(key=lambda r: (r[1], r[0], r[2]) if code else (r[0], r[2], r[1]))
        return tuple(dict.fromkeys(full for *_, full in ranked))[:6]

    def _beginning(self, key: str, state: str | None) -> list[str]:
        """Names of towns, counties and states that begin so; of many those with the most people, in `state` first."""
        if len(key) < _SHORTEST_BEGINNING:
            return []
        sizes = {
            name: max(((m.place.state == state, m.population) for m in found if m.full and m.known), default=None)
            for name, found in self._meanings.items()
            if name.startswith(key) and name != key
        }
        largest = sorted(((size, name) for name, size in sizes.items() if size), reverse=True)
        return [name for _, name in largest[:_MOST_BEGINNING]]

    def _largest(self, key: str, state: str | None) -> list[Meaning]:
        """The one place that a name means first, so that many names have room."""
        known = [m for m in self.meanings(key) if m.full and m.known]
        return [max(known, key=lambda m: (m.place.state == state, m.population))]

    def _state_place(self, code: str) -> Place:
        return Place(self.states[code].name, "state", "", code)

    def _add(self, words: Sequence[str], meaning: Meaning) -> None:
        if words:
            self._meanings.setdefault(" ".join(words), []).append(meaning)
            self._most_words[words[0]] = max(self._most_words.get(words[0], 0), len(words))

    def _add_cities(
        self, listed: Iterable[Sequence[str]], mending: Iterable[Sequence[str]]
    ) -> dict[_County, CountySum]:
        """Add the cities of places.csv.gz and what of additions.csv mends it; sums up each county."""
        counties: dict[_County, CountySum] = {}
        rows_of = {(row[0], tuple(name_words(row[1])), row[2]): row for row in mending}
        mended = {(words, state): row for (kind, words, state), row in rows_of.items() if kind == "town"}
        for name, state, county, latitude, longitude, population, kind in listed:
            words = name_words(name)
            if ("independent", tuple(words), state) in rows_of:
                county = ""
            size, known = int(population or (kind == "town" and _TOWN_SIZE)), kind != "post"
            town = mended.get((tuple(words), state))
            if town and county in (town[3], ""):
                name, known, size = town[1], True, int(town[4] or max(size, _TOWN_SIZE))
                del mended[tuple(words), state]
            place = Place(name, "city", county, state)
            if latitude:
                meaning = Meaning(place, size, float(latitude), float(longitude), known)
                counties.setdefault((county, state), CountySum()).add(meaning)
            else:
                meaning = Meaning(place, size, known=known)
            self._add(words, meaning)
        for _, name, state, county, population, _ in mended.values():
            self._add(name_words(name), Meaning(Place(name, "city", county, state), int(population or _TOWN_SIZE)))
        return counties

    def _add_counties(self, listed: Iterable[Sequence[str]], inside: Mapping[_County, CountySum]) -> None:
        for state, county in listed:
            place = Place(county, "county", county, state)
            meaning = inside.get((county, state), CountySum()).meaning(place)
            self._add(name_words(county), meaning)
            self._add(name_words(_COUNTY_WORD.sub("", county)), meaning._replace(full=False))

    def _add_alias(self, name: str, of: str, size: int) -> None:
        """A nickname, a part of a city, a building that stands for its town: it means the place `of`.

        `size` is the people who live in the part; 0 = as many as in all of it.
        """
        target = self.look_up(of)
        if target is None:
            raise GazetteerError(f"additions.csv or facilities.csv: {name} is in {of}, which is not in the gazetteer.")
        meaning = next(m for m in self._meanings[" ".join(name_words(target.name))] if m.place == target)
        words = name_words(name)
        listed = self._meanings.get(" ".join(words), [])
        own = [m for m in listed if m.place.kind == "city" and m.place.state == target.state]
        own = [m for m in own if m.distance(meaning) < _CITY_WIDTH]
        for m in own:  # our sources list many a neighbourhood as if it were a city
            listed.remove(m)
        size = max([size, *(m.population for m in own)]) if size else meaning.population
        self._add(words, meaning._replace(population=size))

    def _add_facility(self, name: str, kind: str, city: str, county: str, state: str, aliases: str) -> None:
        """A building of the topic: its names mean the city, or the county where no city has it.

        A county's jail may be meant of any county of that name, but rather of the one that is listed.
        """
        for written in filter(None, (name, *aliases.split(";"))):
            words = name_words(written)
            counties = self.meanings(" ".join(words[: words.index("county") + 1])) if "county" in words else ()
            if kind == "jail" and counties:
                for meaning in counties:
                    more = _HOLDS if meaning.place.state == state else 1
                    self._add(words, meaning._replace(population=more * meaning.population))
            else:
                self._add_alias(written, f"{city or county}, {state}", 0)
            self.facilities[" ".join(words)] = kind


def shipped() -> Gazetteer:
    """The shipped gazetteer with the chosen topic's words, loaded once in each process, when it is first needed."""
    return _with_words_of(chosen())


@cache
def _with_words_of(subject: Subject) -> Gazetteer:
    gazetteer = Gazetteer.load(subject=subject)
    gc.freeze()  # it stays as long as the process: looks for garbage need not pass over it
    return gazetteer
