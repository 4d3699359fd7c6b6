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
_NAMED = ("kinds", "actors", "words")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the topic is called in one language, and what its kinds, actors and those who say so are."""

    short: str  # before "news" and a date: "ICE"
    subject: str  # behind "stories about": "ICE activity"
    kinds: Mapping[str, str]
    actors: Mapping[str, str]
    words: Mapping[str, str]


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
        called = {name: data.table(name) for name in _NAMED if name in data.keys}
        named = {name: {key: table.text(key) for key in table.keys} for name, table in called.items()}
        return Wording(data.text("short"), data.text("subject"), *(named.get(name, {}) for name in _NAMED))

    def _of(self, name: str, made: Callable[[DataTable], Made]) -> Made:
        try:
            return made(read_data(self.folder / name))
        except ValueError as error:
            raise TopicError(str(error)) from error

    def load(self) -> None:
        """Read all that judging needs."""
        self.topic.load()
        self.gate, self.kinds, self.actors  # noqa: B018


def _example(table: DataTable) -> Example:
    said = table.only("title", "text", "label").text("label")
    for label in _TRUTHS:
        if said == label:
            return Example(table.text("title"), table.text("text").strip(), label)
    raise ValueError(f"{table.place} label: expected one of {', '.join(_TRUTHS)}, not {said!r}")


def languages(subject: Subject) -> Sequence[str]:
    """The languages that it has words in."""
    return sorted(file.name.split(".")[1] for file in subject.folder.glob("words.*.toml"))
