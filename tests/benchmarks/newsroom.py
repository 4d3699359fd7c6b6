"""The store with its grouping, as benchmarks use it: reports arrive one by one and are placed."""

import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from crawler.database import open_database
from crawler.extract.article import content_hash
from crawler.grouping.assign import Grouping
from crawler.grouping.prepared import Prepared
from crawler.model.story import Article, Source, Verdict
from crawler.places.place import Place
from crawler.store.adding import Added
from crawler.store.candidates import Candidates
from crawler.store.store import Store
from crawler.store.turn import grouping_turn
from scheduler.migrations import upgrade

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Report:
    """One document of a set, and the event it tells."""

    id: str
    event: str
    title: str
    text: str = ""
    published_at: datetime | None = None
    places: tuple[Place, ...] = ()


@dataclass
class Newsroom:
    """A migrated database at this address. `seconds` grows with the time that grouping takes, `storing` with
    that of storing, and `preparing` with what workers do before."""

    url: str
    seconds: float = 0.0
    storing: float = 0.0
    preparing: float = 0.0
    latest: tuple[float, float] = (0.0, 0.0)  # seconds that the latest report took: of this process, by the clock
    added: dict[str, Added] = field(default_factory=dict)  # what became of each report, by its id

    def __post_init__(self) -> None:
        engine = open_database(self.url)
        upgrade(engine)
        self.store, self.candidates = Store(engine), Candidates(engine)
        with Session(engine) as session:
            session.merge(Source(id="set", name="A set", homepage="https://set.example/"))
            session.commit()

    @classmethod
    def within(cls, folder: str | Path) -> "Newsroom":
        """A new SQLite file in a folder."""
        return cls(f"sqlite:///{Path(folder) / 'newsroom.db'}")

    def place(self, report: Report, now: datetime = NOW) -> Grouping:
        """Group a report and store it."""
        article, verdict = as_article(report, now), as_verdict(report, now)
        began = time.process_time()
        prepared = pickle.dumps(Prepared.of(article, report.places))  # by the worker that has read it
        self.preparing += time.process_time() - began
        start, clock = time.process_time(), time.perf_counter()
        with grouping_turn(self.store.engine) as turn:
            found = self.candidates.group(article, report.places, turn, pickle.loads(prepared))
            grouped = time.process_time()
            self.added[report.id] = self.store.add(article, verdict, found, [], now, turn=turn)
        self.seconds += grouped - start
        self.storing += time.process_time() - grouped
        self.latest = time.process_time() - start, time.perf_counter() - clock
        return found

    def stories(self, reports: Sequence[Report]) -> dict[str, str]:
        """The story in which each report stands at last."""
        found = {}
        for report in reports:
            article = self.store.article(self.added[report.id].article_id)
            found[report.id] = str(article.story_id if article else None)
        return found


def as_article(report: Report, now: datetime = NOW) -> Article:
    """As it was read."""
    address = f"https://set.example/{report.id}"
    return Article(
        source_id="set",
        url=address,
        link=address,
        title=report.title,
        text=report.text,
        published_at=report.published_at,
        fetched_at=now,
        content_hash=content_hash(report.title, report.text),
    )


def as_verdict(report: Report, now: datetime = NOW) -> Verdict:
    """As it was judged."""
    known = {"sentence": "", "confidence": 1.0}
    places = [{"name": p.name, "kind": p.kind, "county": p.county, "state": p.state} | known for p in report.places]
    return Verdict(article_id=0, label="activity", places=places, judged_at=now)
