"""An archive of many stories, invented from one seed and written at once: for what reads it, not for what makes it."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, event, insert, text
from sqlmodel import SQLModel

from crawler.database import open_database
from crawler.model.story import Article, Source, Story, Verdict
from crawler.store.fulltext import indexed
from crawler.text import search_words
from scheduler.migrations import upgrade
from tests.benchmarks.archive import START, Wire

_POOL = 4000  # reports of which the sentences are drawn
_AT_ONCE = 2000
_OUTLETS = 400
_KINDS = "arrest arrest arrest raid detention detention court court policy protest protest death 287g impact".split()


def fill(url: str, stories: int, seed: int = 1) -> None:
    """A migrated database with so many stories, of which a third are reported by two to four outlets."""
    engine = open_database(url)
    upgrade(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _hurry)
    maker = _Maker(random.Random(seed), seed)
    with engine.begin() as connection:
        connection.execute(insert(Source), [maker.outlet(number) for number in range(_OUTLETS)])
    made = maker.stories(stories)
    while batch := list(islice(made, _AT_ONCE)):
        with engine.begin() as connection:
            for table in (Story, Article, Verdict):
                connection.execute(insert(table), [row for rows in batch for row in rows[table]])
    with engine.begin() as connection:
        _settle(connection)
    engine.dispose()


class _Maker:
    def __init__(self, dice: random.Random, seed: int) -> None:
        self._dice = dice
        told = list(islice(Wire(seed, 20_000).reports(), _POOL))
        self._sentences = [sentence for one in told for sentence in one.sentences]
        self._titles = [one.report.title for one in told]
        self._places = [one.place for one in told]

    def outlet(self, number: int) -> dict[str, Any]:
        place = self._places[number]
        name, page = f"The {place.name} Ledger {number}", f"https://o{number}.example/"
        row = Source(id=f"o{number}", name=name, homepage=page, city=place.name, county=place.county, state=place.state)
        return row.model_dump()

    def stories(self, count: int) -> Iterator[dict[type[SQLModel], list[dict[str, Any]]]]:
        article_id = 0
        for story_id in range(1, count + 1):
            when = START + timedelta(minutes=5 * story_id)
            place = self._dice.choice(self._places)
            reports = 1 if self._dice.random() < 0.67 else self._dice.randint(2, 4)
            rows: dict[type[SQLModel], list[dict[str, Any]]] = {Story: [], Article: [], Verdict: []}
            row = Story(id=story_id, lead_id=article_id + 1, opened_at=when, dated_at=when, changed_at=when)
            rows[Story].append(row.model_dump())
            for nth in range(reports):
                article_id += 1
                published = when + timedelta(minutes=17 * nth)
                rows[Article].append(self._article(article_id, story_id, published))
                rows[Verdict].append(self._verdict(article_id, place, published))
            yield rows

    def _article(self, article_id: int, story_id: int, when: datetime) -> dict[str, Any]:
        title = self._dice.choice(self._titles)
        said = self._dice.choices(self._sentences, k=self._dice.randint(8, 24))
        body = "\n".join(" ".join(said[at : at + 3]) for at in range(0, len(said), 3))
        address = f"https://set.example/{article_id}"
        row = Article(
            id=article_id,
            source_id=f"o{self._dice.randrange(_OUTLETS)}",
            url=address,
            link=address,
            title=title,
            text=body,
            language="es" if self._dice.random() < 0.1 else "en",
            published_at=when,
            fetched_at=when,
            stored_at=when,
            content_hash=str(article_id),
            story_id=story_id,
            folded=indexed(search_words(f"{title}\n{body}")),
        )
        return row.model_dump()

    def _verdict(self, article_id: int, place: Any, when: datetime) -> dict[str, Any]:
        known = {"name": place.name, "kind": "city", "county": place.county, "state": place.state}
        found = known | {
            "sentence": self._dice.choice(self._sentences),
            "further": [],
            "confidence": 0.9,
            "role": "event",
        }
        kind = self._dice.choice(_KINDS)
        evidence = [{"term": "ICE", "where": "title", "weight": 1.0, "sentence": found["sentence"]}] * 6
        row = Verdict(
            article_id=article_id, label="activity", kind=kind, score=0.9, evidence=evidence, places=[found],
            judged_at=when,
        )  # fmt: skip
        return row.model_dump()


def _settle(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in ("article", "story"):
            connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        connection.execute(text("ANALYZE"))  # as its autovacuum does; SQLite has no statistics where we run


def _hurry(connection: Any, record: Any) -> None:
    """What is filled need not outlive a power cut; what is measured is opened anew."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-500000")
