"""Fill a database with invented reports by bulk inserts: as if they had come one by one and been grouped rightly."""

from itertools import islice
from typing import Any

from sqlalchemy import Connection, event, func, insert, select, text
from sqlmodel import SQLModel, col

from crawler.database import open_database
from crawler.grouping.copies import fingerprint
from crawler.grouping.gist import Account, Candidate
from crawler.grouping.rarity import Background
from crawler.model.story import Article, Clue, Fingerprint, Story, Verdict
from crawler.text import search_words
from tests.benchmarks.archive import Told, Wire
from tests.benchmarks.newsroom import as_article, as_verdict

_AT_ONCE = 2500
_REMEMBERED = 10_000  # events and reports that may still be told of

Rows = list[dict[str, Any]]


class Archive:
    """A migrated database that is filled from a wire."""

    def __init__(self, url: str, seed: int, a_year: int) -> None:
        self.url = url
        self.stories: dict[str, int] = {}  # in which each event of late stands
        self.articles: dict[str, int] = {}  # as what each report of late is stored
        self._arriving = Wire(seed, a_year).reports()
        self._clues: dict[int, set[int]] = {}  # of each story of late
        self._touched: set[int] = set()  # stories that somebody else stored reports of
        self._background = Background()
        self._rows: dict[type[SQLModel], Rows] = {}

    def arrive(self, count: int) -> list[Told]:
        """The next reports, which are not stored."""
        return list(islice(self._arriving, count))

    def fill(self, until: int) -> None:
        """Store what arrives until so many articles are stored."""
        engine = open_database(self.url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _hurry)
        with engine.connect() as connection:
            article_id = connection.scalar(select(func.max(col(Article.id)))) or 0
            story_id = connection.scalar(select(func.max(col(Story.id)))) or 0
            for touched in self._touched:
                known = select(col(Clue.hash)).where(col(Clue.story_id) == touched)
                self._clues[touched] = set(connection.scalars(known))
        while article_id < until:
            self._rows = {table: [] for table in (Story, Article, Verdict, Fingerprint, Clue)}
            for told in self.arrive(min(_AT_ONCE, until - article_id)):
                article_id += 1
                story_id += self._add(told, article_id, story_id + 1)
            with engine.begin() as connection:
                for table, rows in self._rows.items():
                    _insert(connection, table, rows)
            self._forget()
        with engine.begin() as connection:
            _settle(connection)
        engine.dispose()

    def learn(self, told: Told, article_id: int, story_id: int) -> None:
        """A report was stored by somebody else."""
        self.stories.setdefault(told.report.event, story_id)
        self.articles[told.report.id] = article_id
        self._clues.pop(story_id, None)
        self._touched.add(story_id)

    def _add(self, told: Told, article_id: int, new_story: int) -> bool:
        """The rows of a report; whether it opens a story."""
        report = told.report
        story_id = self.stories.setdefault(report.event, new_story)
        opens = story_id == new_story
        self.articles[report.id] = article_id
        article, verdict = as_article(report, told.when), as_verdict(report, told.when)
        article.id, article.story_id = article_id, story_id
        article.folded = " ".join(search_words(f"{report.title}\n{report.text}"))
        verdict.article_id = article_id
        verdict.copy_of = self.articles.get(told.copied) if told.copied else None
        if opens:
            when = article.fetched_at
            story = Story(id=story_id, lead_id=article_id, opened_at=when, dated_at=when, changed_at=when)
            self._rows[Story].append(story.model_dump())
        self._rows[Article].append(article.model_dump())
        self._rows[Verdict].append(verdict.model_dump())
        hashes = fingerprint(report.title, report.text)
        self._rows[Fingerprint] += [{"article_id": article_id, "hash": h} for h in hashes]
        if not told.copied:
            self._rows[Clue] += [{"hash": h, "story_id": story_id} for h in self._new_clues(told, story_id, opens)]
        return opens

    def _new_clues(self, told: Told, story_id: int, opens: bool) -> set[int]:
        report = told.report
        account = Account.of(Candidate(0, 0, report.title, report.text, report.published_at, report.places))
        clues = set(self._background.clues(account))
        if opens:
            self._background.add(account)
        known = self._clues.setdefault(story_id, set())
        new = clues - known
        known |= new
        return new

    def _forget(self) -> None:
        memories: tuple[dict[Any, Any], ...] = (self.stories, self.articles, self._clues)
        for memory in memories:
            for key in list(memory)[:-_REMEMBERED]:
                del memory[key]


def _insert(connection: Connection, table: type[SQLModel], rows: Rows) -> None:
    if not rows:
        return
    if table not in (Fingerprint, Clue):
        connection.execute(insert(table), rows)
        return
    rows.sort(key=lambda row: int(row["hash"]))  # neighbours in the index come together
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table.__tablename__} ({', '.join(rows[0])}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(tuple(row.values()))


def _settle(connection: Connection) -> None:
    """Numbers go on from here, and PostgreSQL knows its tables as if it had had the time to look at them."""
    if connection.dialect.name == "postgresql":
        for table in ("article", "story"):
            connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        connection.execute(text("ANALYZE"))


def _hurry(connection: Any, record: Any) -> None:
    """What is filled need not outlive a power cut; what is measured is opened anew."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-1000000")
