"""Invented searches and stories for the benchmark of matching, from a seed: words as rare as words are in print."""

import csv
import gzip
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import accumulate

from alerts.query import Document
from crawler.places import Gazetteer, Place

# What our readers ask for, as a share of all searches.
MIX = {
    "place": 0.25,
    "topic and place": 0.20,
    "phrase": 0.15,
    "topic": 0.10,
    "near": 0.10,
    "excluding": 0.10,
    "rare": 0.10,
}
ACTS = "raid arrest* detain* deport* detention custody warrant protest checkpoint courthouse redada".split()
TOPIC = (
    "raid deport* detention ICE immigration arrest* detain* deportation =ICE redada 287(g) detainer sanctuary warrant"
    " protest courthouse checkpoint custody asylum visa migrant* inmigración detenido kind:arrest kind:raid"
).split()
OUT = "hockey rink skating storm roads cream soccer football weather concert".split()
NAMES = "Maple Oak Hill River Union Moody Lake Front Cedar Bridge Pine Grove Mill Elm Spring Ridge Bay Walnut".split()
KINDS = "Street Avenue Road Park School Church Plant Farms Market Center Bridge Clinic Library Foods".split()


SMALLEST_TOWN = 2000  # people
COMMONEST = 700  # words


class Maker:
    """Makes searches and documents that know the same words and places."""

    def __init__(self, seed: int, gazetteer: Gazetteer) -> None:
        self.rng = random.Random(seed)
        towns = [(place, population) for place, population in _towns(gazetteer) if population >= SMALLEST_TOWN]
        self.places = [place for place, _ in towns]
        self._place_weights = list(accumulate(population for _, population in towns))
        common = _common_words()
        rare = sorted(_printed_words().difference(common))
        self.rng.shuffle(rare)
        self.words, self._word_weights = [*common, *rare], _zipf(len(common) + len(rare), 1.0)

    def place(self) -> Place:
        """A town, the more often the larger it is in this world."""
        return self.rng.choices(self.places, cum_weights=self._place_weights)[0]

    def word(self) -> str:
        """A word to search for: none of the commonest, which nobody asks for."""
        while len(word := self.words[self.rng.randrange(COMMONEST, len(self.words))]) < 4:
            pass
        return word

    def phrase(self) -> str:
        """A street, a school, a firm."""
        return f"{self.rng.choice(NAMES)} {self.rng.choice(KINDS)}"

    def query(self) -> str:
        """A search of the mix."""
        rng, topic = self.rng, self.rng.choice(TOPIC)
        match rng.choices(list(MIX), list(MIX.values()))[0]:
            case "place":
                return self._place_field()
            case "topic and place":
                return f"{topic} {self._place_field()}"
            case "phrase":
                said = self.phrase() if rng.random() < 0.4 else f"{self.word()} {self.word()}"
                return f'"{said}"' if rng.random() < 0.6 else f'"{said}" {topic}'
            case "topic":
                return topic if rng.random() < 0.1 else f"{topic} {rng.choice(TOPIC)} {self.word()}"
            case "near":
                return f"({rng.choice(ACTS)} OR {self.word()}) NEAR/{rng.randint(3, 20)} {self.word()}"
            case "excluding":
                wanted = self._place_field() if rng.random() < 0.5 else self.word()
                return f"{topic} {wanted} -{rng.choice(OUT)} -({rng.choice(OUT)} OR {self.word()})"
        return self.word() if rng.random() < 0.5 else f"{self.word()} OR {self.word()}"

    def _place_field(self) -> str:
        place, rng = self.place(), self.rng
        match rng.choices(("place", "county", "state", "near", "two"), (60, 12, 6, 12, 10))[0]:
            case "county" if place.county:
                return f'place:"{place.county}, {place.state}"'
            case "state":
                return f"state:{place.state}"
            case "near":
                return f'near:"{place} {rng.choice((5, 10, 25, 50, 100))}mi"'
            case "two":
                return f'(place:"{place}" OR place:"{self.place()}")'
        return f'place:"{place}"'

    def story(self) -> list[Document]:
        """One to three reports of an event."""
        place = self.place()
        return [self._report(place) for _ in range(self.rng.choice((1, 1, 1, 2, 3)))]

    def _report(self, place: Place) -> Document:
        rng = self.rng
        words = self.rng.choices(self.words, cum_weights=self._word_weights, k=rng.randint(250, 750))
        for said in (
            place.name,
            "ICE",
            "agents",
            "arrested",
            self.phrase(),
            self.phrase(),
            rng.choice(TOPIC).strip("=*"),
        ):
            words[rng.randrange(len(words))] = said
        sentences = [" ".join(words[at : at + 17]).capitalize() + "." for at in range(0, len(words), 17)]
        paragraphs = [" ".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)]
        return Document(
            title=f"{rng.choice(('ICE agents arrest two', 'Raid', 'Protest over ICE'))} in {place.name}",
            text="\n".join(paragraphs),
            language="en",
            kinds=(rng.choice(("arrest", "raid", "protest", "court")),),
            source_id=f"outlet-{rng.randrange(500)}",
            source_name="The Outlet",
            published_at=datetime(2026, 3, 9, 12, tzinfo=UTC),
            places=(place, self.place()) if rng.random() < 0.2 else (place,),
        )


def _towns(gazetteer: Gazetteer) -> Iterator[tuple[Place, int]]:
    with gzip.open(str(files("crawler.places").joinpath("data/places.csv.gz")), "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            place = gazetteer.look_up(f"{row['name']}, {row['county']}, {row['state']}")
            if place and gazetteer.look_up(str(place)) == place:
                yield place, int(row["population"] or 0)


def _common_words() -> list[str]:
    """What many of our stories hold, the commonest first."""
    lines = files("alerts.query").joinpath("data/word_shares.txt").read_text("utf-8").splitlines()
    return [word for line in lines for word in line.split()[1:]]


def _printed_words() -> set[str]:
    packed = files("alerts.query").joinpath("data/forms.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode("ascii").splitlines()
    return {word for line in lines if line.startswith("en") for word in line.split()[1:] if len(word) > 3}


def _zipf(count: int, power: float) -> Sequence[float]:
    return list(accumulate(1 / (rank + 2.7) ** power for rank in range(count)))
