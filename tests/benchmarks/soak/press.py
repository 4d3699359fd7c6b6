"""What the outlets of a soak publish: a function of the seed and the time, so that nobody need be told of it."""

import html
import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from tests.benchmarks.invented import Story, Town, towns, write_story
from tests.benchmarks.lab import html as framed
from tests.benchmarks.lab import newsld, outlet, ps, rss
from tests.benchmarks.soak.plan import Plan, when
from tests.makers.hazards import PAGES

A_DAY = 1.0  # pieces of an outlet, about the fair and the council
EVENTS_A_DAY = 12  # of ICE activity, in all towns together
IN_FEED = 10  # items that a feed shows: those of a week
HOSTILE_EVERY = 500  # one page of so many is a trap
_COPIED = 0.4  # of the reports of an event, these are another outlet's to the word
_DAY = timedelta(days=1)
_PARAGRAPHS = 6

# The traps that are bytes, and over within a moment.
TRAPS = {name: one.answer for name, one in PAGES.items() if isinstance(one.answer, bytes) and "bomb" not in name}


@dataclass(frozen=True, slots=True)
class Piece:
    """What one outlet publishes once."""

    number: int
    outlet: int
    at: datetime
    event: int
    on_topic: bool
    town: Town
    trap: str = ""  # what its page is instead

    @property
    def path(self) -> str:
        """Where its page stands."""
        return f"/news/{self.at:%Y/%m/%d}/story-{self.number}.html"


class Press:
    """All outlets, from a day before the soak to its end."""

    def __init__(self, plan: Plan, port: int) -> None:
        self.plan, self.port = plan, port
        self.pieces = _make_pieces(plan)
        self.times = [piece.at for piece in self.pieces]
        self.urls = [self.url(piece) for piece in self.pieces]
        self._of: list[list[Piece]] = [[] for _ in range(plan.outlets)]
        for piece in self.pieces:
            self._of[piece.outlet].append(piece)
        self._times = [[piece.at for piece in mine] for mine in self._of]
        self._at = {(piece.outlet, piece.path): piece for piece in self.pieces}

    def host(self, number: int) -> str:
        """The name of an outlet."""
        return host_of(number)

    def url(self, piece: Piece) -> str:
        """The address of a piece's page."""
        return f"http://{host_of(piece.outlet)}:{self.port}{piece.path}"

    def until(self, now: datetime) -> Iterator[tuple[Piece, str]]:
        """All that was published by then, and where."""
        shown = bisect_right(self.times, now)
        return zip(self.pieces[:shown], self.urls[:shown], strict=True)

    def piece(self, number: int, path: str, now: datetime) -> Piece | None:
        """What an outlet shows there by now."""
        found = self._at.get((number, path))
        return found if found and found.at <= now else None

    def feed(self, number: int, now: datetime) -> str:
        """An outlet's feed."""
        return self._feed(number, bisect_right(self._times[number], now))

    @lru_cache(maxsize=1000)  # noqa: B019  there is one press a process
    def _feed(self, number: int, shown: int) -> str:
        items = [self._item(piece) for piece in reversed(self._of[number][max(0, shown - IN_FEED) : shown])]
        return rss(items, f"The {town_of(number).name} Paper {number}")

    def _item(self, piece: Piece) -> dict[str, str]:
        story = _story(self.plan.seed, piece)
        return {
            "title": html.escape(story.title),
            "link": self.url(piece),
            "pubDate": format_datetime(piece.at),
            "description": html.escape(story.paragraphs[0]),
        }

    def page(self, piece: Piece) -> str:
        """A piece's page."""
        story = _story(self.plan.seed, piece)
        title, text = html.escape(story.title), [html.escape(p) for p in story.paragraphs[:_PARAGRAPHS]]
        return framed(title, f"<article><h1>{title}</h1>{ps(text)}</article>", newsld(story.title, piece.at))

    def registry(self) -> str:
        """The outlets as an operator's file."""
        return "".join(self._listed(number) for number in range(self.plan.outlets))

    def _listed(self, number: int) -> str:
        town, base = town_of(number), f"http://{host_of(number)}:{self.port}"
        return outlet(
            f"paper-{number}", f"The {town.name} Paper {number}", f"{base}/", f"{base}/feed", town.name, town.state
        )


def host_of(number: int) -> str:
    """The name of an outlet."""
    return f"www.paper-{number}.example"


def number_of(host: str) -> int | None:
    """Which outlet has that name."""
    middle = host.partition(":")[0].removeprefix("www.").removeprefix("paper-").removesuffix(".example")
    return int(middle) if middle.isdecimal() else None


def address_of(number: int) -> str:
    """Each has a machine of its own."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def town_of(number: int) -> Town:
    """Where an outlet is; those of one town are neighbours by number."""
    known = towns()
    return known[number // 5 % len(known)]


def _story(seed: int, piece: Piece) -> Story:
    return _written(seed, piece.event, piece.town, piece.on_topic)


@lru_cache(maxsize=20_000)
def _written(seed: int, event: int, town: Town, on_topic: bool) -> Story:
    return write_story(seed, event, town, on_topic)


def _make_pieces(plan: Plan) -> list[Piece]:
    rng = random.Random(f"{plan.seed}/press")
    began, hours = when(-24), plan.hours + 24
    drafts: list[tuple[datetime, int, int, bool]] = []
    event = 0
    for number in range(plan.outlets):
        for _ in range(round(A_DAY * hours / 24)):
            event += 1
            drafts.append((_by_day(rng, began, hours), number, event, False))
    share = plan.outlets / 200
    for _ in range(max(4, round(EVENTS_A_DAY * share * hours / 24))):
        event += 1
        drafts += _reports(rng, _by_day(rng, began, hours), event, plan.outlets)
    drafts.sort()
    return [_piece(rng, n, *draft) for n, draft in enumerate(drafts)]


def _reports(rng: random.Random, at: datetime, event: int, outlets: int) -> Sequence[tuple[datetime, int, int, bool]]:
    """An event in the words of one outlet, which a neighbour or two may copy within hours."""
    first = rng.randrange(outlets)
    copies = [first - first % 5 + n for n in range(5) if rng.random() < _COPIED / 2]
    later = [(at + timedelta(hours=rng.uniform(0.1, 6)), n, event, True) for n in copies if n != first and n < outlets]
    return [(at, first, event, True), *later]


def _by_day(rng: random.Random, began: datetime, hours: int) -> datetime:
    """Some time, between the morning and the night of the US."""
    day = began + rng.randrange(max(1, hours // 24)) * _DAY
    return (day + timedelta(hours=rng.triangular(10, 29, 16))).replace(microsecond=0)


def _piece(rng: random.Random, number: int, at: datetime, outlet: int, event: int, on_topic: bool) -> Piece:
    trap = rng.choice(sorted(TRAPS)) if rng.random() < 1 / HOSTILE_EVERY else ""
    return Piece(number, outlet, at, event, on_topic, town_of(outlet), trap)
