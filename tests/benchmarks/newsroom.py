"""The store with its grouping, as benchmarks use it: reports arrive one by one and are placed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from crawler.database import open_database
from crawler.extract import content_hash
from crawler.grouping import Grouping
from crawler.places import Place
from crawler.recall import Recall
from crawler.store import Store
from crawler.story import Article, Source, Verdict
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
    """A migrated database at this address. `seconds` grows with the time that grouping takes, `stored` with storing."""

    url: str
    seconds: float = 0.0
    storing: float = 0.0
    ids: dict[str, int] = field(default_factory=dict)  # of a report → its article's

    def __post_init__(self) -> None:
        engine = open_database(self.url)
        upgrade(engine)
        self.store, self.recall = Store(engine), Recall(engine)
        with Session(engine) as session:
            session.add(Source(id="set", name="A set", homepage="https://set.example/"))
            session.commit()

    @classmethod
    def within(cls, folder: str | Path) -> "Newsroom":
        """A new SQLite file in a folder."""
        return cls(f"sqlite:///{Path(folder) / 'newsroom.db'}")

    def place(self, report: Report, now: datetime = NOW) -> Grouping:
        """Group a report and store it."""
        start = time.process_time()
        article = Article(
            source_id="set",
            url=f"https://set.example/{len(self.ids)}",
            link=f"https://set.example/{len(self.ids)}",
            title=report.title,
            text=report.text,
            published_at=report.published_at,
            fetched_at=now,
            content_hash=content_hash(report.title, report.text),
        )
        found = self.recall.group(article, report.places)
        grouped = time.process_time()
        places = [
            {"name": p.name, "kind": p.kind, "county": p.county, "state": p.state, "sentence": "", "confidence": 1.0}
            for p in report.places
        ]
        verdict = Verdict(article_id=0, label="activity", places=places, judged_at=now)
        self.ids[report.id] = self.store.add(article, verdict, found, [], now).article_id
        self.seconds += grouped - start
        self.storing += time.process_time() - grouped
        return found

    def stories(self, reports: Sequence[Report]) -> dict[str, str]:
        """The story in which each report stands at last."""
        found = {}
        for report in reports:
            article = self.store.article(self.ids[report.id])
            found[report.id] = str(article.story_id if article else None)
        return found
