"""Other ways to ask which searches a story meets, for the benchmark of matching."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence

import mokaccino

from alerts.query import Document, Query
from alerts.query.facts import county_of
from alerts.query.syntax import (
    AllOf,
    AnyOf,
    Around,
    Fact,
    InOffice,
    InPlace,
    Near,
    Node,
    Phrase,
    Published,
    Without,
    Word,
)
from crawler.places import Place
from crawler.text import search_words


def naive(queries: Sequence[Query], story: Sequence[Document]) -> list[int]:
    """Each query asked, one after the other: the places of those that are met."""
    return [at for at, query in enumerate(queries) if any(query.match(document) for document in story)]


class FullText:
    """FTS5 the other way round: an index of one story, and a question to it for each query that needs a word."""

    def __init__(self, queries: Sequence[Query]) -> None:
        asked = [
            " AND ".join("(" + " OR ".join(_fts5(n.words, n.prefix) for n in clause) + ")" for clause in query.needed())
            for query in queries
        ]
        self.questions = [question for question in asked if question]

    def ask(self, story: Sequence[Document]) -> int:
        """How many say yes."""
        base = sqlite3.connect(":memory:")
        base.execute("CREATE VIRTUAL TABLE story USING fts5(words)")
        rows = [(" ".join(search_words(f"{document.title}\n{document.text}")),) for document in story]
        base.executemany("INSERT INTO story VALUES (?)", rows)
        ask = "SELECT 1 FROM story WHERE story MATCH ? LIMIT 1"
        met = sum(base.execute(ask, (question,)).fetchone() is not None for question in self.questions)
        base.close()
        return met


class Mokaccino:
    """A percolator for Python, of fields and values: phrases and NEAR become "all of these words"."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self.percolator = mokaccino.Percolator()
        self.asked = 0
        for query in queries:
            translated = _translated(query.tree)
            if translated is not None:
                self.percolator.add_query(translated)
                self.asked += 1
        self.percolator = self.percolator.optimized()

    def ask(self, story: Sequence[Document]) -> int:
        """How many say yes to one of the reports."""
        met: set[int] = set()
        for document in story:
            asked = mokaccino.Document()
            for key, value in _values(document):
                asked.add_value(key, value)
            met.update(self.percolator.percolate_list(asked))
        return len(met)


def milliseconds(once: Callable[[Sequence[Document]], object], stories: Sequence[Sequence[Document]]) -> list[float]:
    """CPU time of each story."""
    took = []
    for story in stories:
        start = time.process_time()
        once(story)
        took.append(1000 * (time.process_time() - start))
    return took


def _fts5(words: Sequence[str], prefix: bool) -> str:
    return f'"{" ".join(words)}"' + "*" * prefix


def _values(document: Document) -> Iterator[tuple[str, str]]:
    for word in {*search_words(document.title), *search_words(document.text)}:
        yield "word", word
    for place in document.places:
        yield "state", place.state
        if county := county_of(place):
            yield "county", f"{county}, {place.state}"
        yield "place", str(place)
    yield from (("kind", kind) for kind in document.kinds)
    yield "lang", document.language
    yield "source", document.source_id


def _translated(node: Node) -> mokaccino.Query | None:
    """What it can be asked; None for a distance or days, which it is spared."""
    match node:
        case Phrase(words):
            return _all([_word(word) for word in words])
        case Near(sides):
            return _all([_any([_translated(phrase) for phrase in side]) for side in sides])
        case AllOf(nodes):
            return _all([_translated(part) for part in nodes])
        case AnyOf(nodes):
            return _any([_translated(part) for part in nodes])
        case Without(part):
            inner = _translated(part)
            return None if inner is None else mokaccino.Query.from_not(inner)
        case InPlace(place):
            return mokaccino.Query.from_kv(*_place(place))
        case Fact(name, value):
            return mokaccino.Query.from_kv(name, value)
        case Around() | InOffice() | Published():
            return None


def _word(word: Word) -> mokaccino.Query | None:
    if word.wild:
        return mokaccino.Query.from_kprefix("word", word.prefix)
    return _any([mokaccino.Query.from_kv("word", form) for form in word.forms])


def _place(place: Place) -> tuple[str, str]:
    match place.kind:
        case "state":
            return "state", place.state
        case "county":
            return "county", f"{place.name}, {place.state}"
    return "place", str(place)


def _all(queries: Sequence[mokaccino.Query | None]) -> mokaccino.Query | None:
    known = [query for query in queries if query is not None]
    return (known[0] if len(known) == 1 else mokaccino.Query.from_and(known)) if known else None


def _any(queries: Sequence[mokaccino.Query | None]) -> mokaccino.Query | None:
    known = [query for query in queries if query is not None]
    return (known[0] if len(known) == 1 else mokaccino.Query.from_or(known)) if len(known) == len(queries) else None
