"""What the topic says of labelled stories: figures, the stories judged otherwise, and what other terms would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.judge import judge
from crawler.model import Article, Label, Verdict
from crawler.places import Home, places_of
from crawler.places import shipped as gazetteer
from crawler.topic import Subject
from scheduler.checking.labelled import LabelledStory

NOWHERE = Home("", "", "")


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a topic tells what is about it from all else."""

    activity: int  # stories that are about it
    found: int  # of these
    false_alarms: int

    @property
    def precision(self) -> float | None:
        """Of what is found the share that is about it; None when nothing is found."""
        return _share(self.found, self.found + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """Of what is about it the share that is found; None when nothing is."""
        return _share(self.found, self.activity)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two."""
        return _share(2 * self.found, self.activity + self.found + self.false_alarms)

    def as_json(self) -> dict[str, Any]:
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "activity": self.activity,
            "found": self.found,
            "false_alarms": self.false_alarms,
        }


@dataclass(frozen=True, slots=True)
class JudgedStory:
    """A labelled story and what is judged of it."""

    story: LabelledStory
    verdict: Verdict
    kept_out_by: str = ""  # a ceiling, or "too_little" or "outweighed"; of a story judged to be no activity
    otherwise: Label | None = None  # what the other terms say

    @property
    def is_right(self) -> bool:
        """Whether it is judged as its label says; only activity counts."""
        return is_right(self.story, self.verdict.label)

    @property
    def places(self) -> tuple[str, ...]:
        """Where it is judged to have happened."""
        return tuple(map(str, places_of(self.verdict)))

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.story.line,
            "title": self.story.title,
            "url": self.story.url,
            "label": self.story.label,
            "judged": self.verdict.label,
            "score": self.verdict.score,
            "kept_out_by": self.kept_out_by,
            "evidence": list(self.verdict.evidence),
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """All stories of a file, judged."""

    stories: Sequence[JudgedStory]
    unsure: int = 0  # stories of the file that were left out

    @property
    def figures(self) -> Figures:
        """By the terms that icewire judges with."""
        return figures((judged.story, judged.verdict.label) for judged in self.stories)

    @property
    def other_figures(self) -> Figures | None:
        """By the other terms."""
        if any(judged.otherwise is None for judged in self.stories):
            return None
        return figures((judged.story, judged.otherwise or "none") for judged in self.stories)

    @property
    def wrong(self) -> list[JudgedStory]:
        """The stories that are judged otherwise than their labels say."""
        return [judged for judged in self.stories if not judged.is_right]

    @property
    def changed(self) -> list[JudgedStory]:
        """The stories that the other terms bring in or leave out."""
        return [
            judged
            for judged in self.stories
            if judged.otherwise and (judged.otherwise == "activity") != (judged.verdict.label == "activity")
        ]

    @property
    def kinds(self) -> tuple[Sequence[JudgedStory], int]:
        """Of the stories about activity whose kind was said those that lack one said, and how many there are."""
        said = [one for one in self.stories if one.story.kinds and one.story.label == one.verdict.label == "activity"]
        return [one for one in said if not set(one.story.kinds) <= set(one.verdict.kinds)], len(said)

    @property
    def places(self) -> tuple[Sequence[JudgedStory], int]:
        """The same of those whose places were said."""
        said = [one for one in self.stories if one.story.label == one.verdict.label == "activity"]
        said = [one for one in said if one.story.places is not None]
        return [one for one in said if not same_places(one.story.places or (), one.places)], len(said)


def check(
    stories: Sequence[LabelledStory],
    subject: Subject,
    now: datetime,
    homes: Mapping[str, Home] | None = None,
    other: Subject | None = None,
) -> Checked:
    """Judge stories as if they had just been read; `homes` of outlets by id. Unsure ones are left out."""
    sure = [story for story in stories if not story.unsure]
    judged = [_judged(story, subject, (homes or {}).get(story.source, NOWHERE), other, now) for story in sure]
    return Checked(judged, len(stories) - len(sure))


def _judged(story: LabelledStory, subject: Subject, home: Home, other: Subject | None, now: datetime) -> JudgedStory:
    url = story.url or (f"https://{story.source}/" if "." in story.source else "")
    article = Article(
        source_id=story.source, url=url, link=url, title=story.title, text=story.text, language=story.language,
        fetched_at=now, content_hash="",
    )  # fmt: skip
    verdict = judge(article, home, subject, gazetteer(), now)
    asked = (story.title, story.text, story.language, urlsplit(url).hostname or "")
    out = "" if verdict.label == "activity" else subject.topic.kept_out_by(*asked) or _too_little(verdict)
    return JudgedStory(story, verdict, out, other.topic.judge(*asked).label if other else None)


def _too_little(verdict: Verdict) -> str:
    """Why a story that nothing else keeps out is no activity."""
    return "outweighed" if any(evidence["weight"] < 0 for evidence in verdict.evidence) else "too_little"


def is_right(story: LabelledStory, label: Label) -> bool:
    """Whether a label is as good as the one that a person gave: of what is no activity the sort does not count."""
    return (label == "activity") == (story.label == "activity")


def figures(judged: Iterable[tuple[LabelledStory, Label]]) -> Figures:
    """Of stories, each with the label that it got."""
    pairs = [(story.label == "activity", label == "activity") for story, label in judged]
    return Figures(sum(t for t, _ in pairs), sum(t and j for t, j in pairs), sum(j and not t for t, j in pairs))


def same_places(said: Sequence[str], judged: Sequence[str]) -> bool:
    """Whether places that a person wrote are those that were found, however they are written."""
    named = [gazetteer().look_up(name) for name in said]
    return {str(place) if place else name for place, name in zip(named, said, strict=True)} == set(judged)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
