"""What a deployment watches for: a folder of data, and all that is made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar, get_args

from crawler.text import DataTable, read_data
from crawler.topic.actors import Actors
from crawler.topic.gate import Gate
from crawler.topic.kinds import Kinds
from crawler.topic.terms import ELSEWHERE, FILE, TopicError, load_terms
from crawler.topic.topic import Topic

Truth = Literal["activity", "mention", "none"]  # what a person says that a story is to the topic
_TRUTHS: tuple[Truth, ...] = get_args(Truth)
_NAMED = ("kinds", "actors", "words", "figures")
_MAY_LACK = ("places.toml", "changes.toml", "stock_words.toml")  # nothing is added then
_NOTHING = "(?!)"  # a regular expression that nothing fits
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the topic is called in one language, and what its kinds, actors and those who say so are."""

    short: str  # before "news" and a date: "ICE"
    subject: str  # behind "stories about": "ICE activity"
    sought: str  # a word that readers may look for, of which examples of a search are made: "raid"
    kinds: Mapping[str, str]
    actors: Mapping[str, str]
    words: Mapping[str, str]
    figures: Mapping[str, str]  # what a number of people is behind it: "removal" is "evicted"


@dataclass(frozen=True, eq=False)
class StockWords:
    """What nearly every story of the topic says, and what therefore tells none from another."""

    common: frozenset[str]  # words, folded and without their endings
    capitals: frozenset[str]  # words with a capital that name nobody, folded
    names: tuple[str, ...]  # parts of names of several words, regular expressions
    telling: str  # a regular expression: a sentence that has such words tells of the topic


@dataclass(frozen=True, slots=True)
class Example:
    """A story that whoever wrote the topic invented, and what it is to it."""

    title: str
    text: str
    label: Truth


class Subject:
    """A topic folder. All of it is read when it is first asked for; deterministic, and no state between calls."""

    def __init__(self, folder: Path, topic: Topic | None = None) -> None:
        """`topic`: other terms in place of those of the folder."""
        self.folder = folder
        self._other = topic
        self._wordings: dict[str, Wording] = {}

    def with_terms(self, file: Path) -> "Subject":
        """The same with the terms of another file. Raises TopicError."""
        return Subject(self.folder, Topic(load_terms(file, self.folder / ELSEWHERE)))

    @cached_property
    def topic(self) -> Topic:
        """Its terms, ready to judge. Raises TopicError, like all that follows."""
        return self._other or Topic(load_terms(self.folder / FILE, self.folder / ELSEWHERE))

    @cached_property
    def gate(self) -> Gate:
        return Gate(self.topic)

    @cached_property
    def kinds(self) -> Kinds:
        return self._of("kinds.toml", Kinds)

    @cached_property
    def actors(self) -> Actors | None:
        """Who may act; None for a topic that leaves them out."""
        return self._of("actors.toml", Actors) if (self.folder / "actors.toml").exists() else None

    @cached_property
    def stock_words(self) -> StockWords:
        return self._of("stock_words.toml", _stock_words)

    def added_to(self, shared: Path, name: str, made: Callable[[DataTable], Made]) -> Made:
        """What is made of a file that all topics share and what the topic's file, if it has one, adds to its lists."""

        def joined(own: DataTable) -> Made:
            ours = read_data(shared)
            return made(ours.joined(own.only(*ours.keys)))

        return self._of(name, joined)

    def wording(self, language: str) -> Wording:
        """What it is called in a language; in English where the folder has no words of that language."""
        name = f"words.{language}.toml"
        if language not in self._wordings:
            file = name if (self.folder / name).exists() else "words.en.toml"
            self._wordings[language] = self._of(file, self._wording)
        return self._wordings[language]

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        return self._of("examples.toml", lambda data: tuple(map(_example, data.tables("example"))))

    def _wording(self, data: DataTable) -> Wording:
        tables = {name: data.table(name) for name in _NAMED if name in data.keys}
        named = {name: {key: table.text(key) for key in table.keys} for name, table in tables.items()}
        short, subject = data.text("short"), data.text("subject")
        sought = data.text("sought", short)
        return Wording(short, subject, sought, *(named.get(name, {}) for name in _NAMED))

    def _of(self, name: str, made: Callable[[DataTable], Made]) -> Made:
        file = self.folder / name
        try:
            return made(DataTable(f"{file}:", {}) if name in _MAY_LACK and not file.exists() else read_data(file))
        except ValueError as error:
            raise TopicError(str(error)) from error

    def load(self) -> None:
        """Read all that judging and grouping need of it alone."""
        self.topic.load()
        self.gate, self.kinds, self.actors, self.stock_words  # noqa: B018


def _stock_words(data: DataTable) -> StockWords:
    keys = "common", "capitals", "names", "telling"
    common, capitals, names, telling = (data.only(*keys).texts(key, ()) for key in keys)
    for key, written in (("names", names), ("telling", telling)):
        data.pattern(key, "|".join(written))
    return StockWords(frozenset(common), frozenset(capitals), names, "|".join(telling) or _NOTHING)


def _example(table: DataTable) -> Example:
    said = table.only("title", "text", "label").text("label")
    for label in _TRUTHS:
        if said == label:
            return Example(table.text("title"), table.text("text").strip(), label)
    raise ValueError(f"{table.place} label: expected one of {', '.join(_TRUTHS)}, not {said!r}")


def languages(subject: Subject) -> Sequence[str]:
    """The languages that it has words in."""
    return sorted(file.name.split(".")[1] for file in subject.folder.glob("words.*.toml"))
