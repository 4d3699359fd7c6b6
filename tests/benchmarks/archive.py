"""Invented reports of invented events, as many as wanted, in the order in which they come: the same from one seed.

Words are drawn as they are in a language (Zipf's law over 50,000 invented words), mixed with the topic's. An event has
words, names, numbers and a town of its own, and is told by 1 to 12 reports; 15 % of all are copies of a wire text,
shortened, with another headline or with words of the outlet's own. Some outlets end each text with a standing
paragraph, and one paragraph stands under a tenth of everything.
"""

import itertools
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawler.places.place import Place
from tests.benchmarks.invented import towns
from tests.benchmarks.newsroom import Report

START = datetime(2025, 6, 1, tzinfo=UTC)
YEAR = timedelta(days=365)

_SYLLABLES = "ba ce di fo gu la me ni ro su ta ve wi zo har pel mon cas dar lin tor ves ker nal".split()
_SMALL = """the of and to in a that is was for on with as by at from it he she they be this have had not are were an but
said who will their its has his her or which would been after more when one about""".split()
_TOPIC = """ICE immigration agents federal detained arrested deportation officers custody raid immigrants enforcement
police lawyer court judge family warrant van workers city council community protest rights""".split()
_OUTLETS = 400
_STANDING = 60  # of the outlets end each text in the same way
_OPEN = 60  # events that are being told at one time
_LATELY = 150  # reports that may still be copied
_COPIES = 0.15


@dataclass(slots=True)
class Event:
    """What happened; `reports` of it are still to come."""

    number: int
    words: list[str]
    names: list[str]
    place: Place
    numbers: list[str]
    reports: int


@dataclass(frozen=True, slots=True)
class Told:
    """A report, and what it truly is: `copied` is the id of the report whose text it took."""

    report: Report
    sentences: tuple[str, ...] = field(repr=False)
    place: Place
    copied: str | None
    when: datetime  # it is published and read at that moment


class Wire:
    """Reports without end, as if `a_year` of them came in one."""

    def __init__(self, seed: int, a_year: int) -> None:
        self._rng = random.Random(seed)
        self._apart = YEAR / a_year
        self._vocabulary = [*_SMALL, *_invent(random.Random("words"), 50_000)]
        self._odds = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(self._vocabulary))))
        self._towns = [Place(t.name, "city", t.county, t.state) for t in towns()]
        self._standing = [self._sentence(self._some(40)) for _ in range(_STANDING)]
        self._open: list[Event] = []
        self._lately: deque[Told] = deque(maxlen=_LATELY)
        self._numbers = itertools.count(1)

    def reports(self) -> Iterator[Told]:
        """Each report as it comes."""
        for number in itertools.count(1):
            when = START + number * self._apart
            copies = len(self._lately) == _LATELY and self._rng.random() < _COPIES
            told = self._copy(number, when) if copies else self._own(number, when)
            if not copies:
                self._lately.append(told)
            yield told

    def _own(self, number: int, when: datetime) -> Told:
        event = self._event()
        event.reports -= 1
        length = max(60, min(4000, round(self._rng.lognormvariate(6.1, 0.6))))
        body = self._some(length)
        for place in self._rng.sample(range(length), length // 8):
            body[place] = self._rng.choice(event.words if place < 120 or place % 3 else _TOPIC)
        for name in event.names:
            body[self._rng.randrange(20, min(length, 150))] = name
        body[self._rng.randrange(10, 40)] = self._rng.choice(event.numbers)
        body[5] = f"in {event.place.name}"
        sentences, start = [], 0
        while start < length:
            end = start + self._rng.randint(12, 28)
            sentences.append(self._sentence(body[start:end]))
            start = end
        title = [*self._rng.sample(event.words, 4), "in", event.place.name, *self._rng.choices(_TOPIC, k=2)]
        return self._told(number, event.number, self._sentence(title)[:-1], sentences, when, event.place, None)

    def _copy(self, number: int, when: datetime) -> Told:
        original = self._rng.choice(self._lately)
        sentences = list(original.sentences[: max(4, round(len(original.sentences) * self._rng.uniform(0.5, 1.0)))])
        if self._rng.random() < 0.3:
            sentences.append(self._sentence(self._some(30)))
        title = original.report.title
        if self._rng.random() < 0.5:
            title = self._sentence(self._rng.sample(title.split(), 4))[:-1]
        event = int(original.report.event)
        return self._told(number, event, title, sentences, when, original.place, original.report.id)

    def _told(
        self,
        number: int,
        event: int,
        title: str,
        sentences: list[str],
        when: datetime,
        place: Place,
        copied: str | None,
    ) -> Told:
        outlet = self._rng.randrange(_OUTLETS)
        ending = self._standing[outlet : outlet + 1]
        if self._rng.random() < 0.1:
            ending = [*ending, self._standing[-1]]
        paragraphs = [" ".join(sentences[n : n + 3]) for n in range(0, len(sentences), 3)]
        text = "\n".join([*paragraphs, *ending])
        places = (place,) if self._rng.random() < 0.9 else ()
        report = Report(f"r{number}", str(event), title, text, when, places)
        return Told(report, tuple(sentences), place, copied, when)

    def _event(self) -> Event:
        """One of those that are being told, or a new one."""
        if len(self._open) < _OPEN:
            self._open.append(self._happening())
        at = self._rng.randrange(len(self._open))
        event = self._open[at]
        if event.reports == 1:
            self._open[at] = self._open[-1]
            self._open.pop()
        return event

    def _happening(self) -> Event:
        return Event(
            number=next(self._numbers),
            words=[self._rare() for _ in range(16)],
            names=[f"{self._rare().title()} {self._rare().title()}" for _ in range(4)],
            place=self._rng.choice(self._towns),
            numbers=[str(self._rng.randint(11, 900)) for _ in range(2)],
            reports=min(12, 1 + int(self._rng.expovariate(0.4))),
        )

    def _rare(self) -> str:
        return self._vocabulary[self._rng.randrange(500, len(self._vocabulary))]

    def _some(self, length: int) -> list[str]:
        return self._rng.choices(self._vocabulary, cum_weights=self._odds, k=length)

    def _sentence(self, words: list[str]) -> str:
        said = " ".join(words)
        return f"{said[0].upper()}{said[1:]}."


def _invent(rng: random.Random, count: int) -> list[str]:
    """Words that no language has, each once."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(rng.choices(_SYLLABLES, k=rng.choice((2, 2, 3, 3, 4))))] = None
    return list(found)
