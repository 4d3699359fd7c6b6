"""What storing an article changes, decided as a value from what is stored; nothing is asked or written here.

All comparing of texts happens here, so that nobody waits for it with a lock in hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.grouping import fingerprint
from crawler.model import Article, Why, because
from crawler.store.developing import KnownStory, StoryChange, developed


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """An article as it is stored."""

    article_id: int
    title: str
    text: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What is stored when an article comes; a decision holds as long as that is what is stored."""

    version: KnownVersion | None = None  # at the same address
    story: KnownStory | None = None  # in which that stands; of an article that is new, the one which it joins


@dataclass(frozen=True, slots=True)
class AddingIntent:
    """What is to be written beside the article itself, in one transaction."""

    passages: Sequence[int] = ()  # the fingerprint of the text that is new
    old_passages: Sequence[int] = ()  # and of that whose place it takes
    change: Why = Why()  # noqa: RUF009  what the new version changes; nothing to tell a reader, or no version is known
    diff: list[list[str]] = field(default_factory=list)
    story: StoryChange = field(default_factory=StoryChange)


def decide_adding(
    basis: Basis, article: Article, is_copy: bool, now: datetime, passages: Sequence[int] = ()
) -> AddingIntent:
    """What an article changes that comes to be stored, or is read again; `passages`: its fingerprint, where known."""
    from crawler.changes import material_change, word_diff  # not for who only lists stories
    from crawler.judge import is_thin

    known, story = basis.version, basis.story
    passages = passages or fingerprint(article.title, article.text)
    if known is None:
        of_story: StoryChange = developed(story, article, now) if story and not is_copy else {}
        return AddingIntent(passages, story=of_story)
    differs = (known.title, known.text) != (article.title, article.text)
    if is_thin(known.text) and not is_thin(article.text):  # until now it was known by its headline: that is no news
        return AddingIntent(
            passages=passages, old_passages=fingerprint(known.title, known.text), change=because("text_had")
        )
    change = material_change(known.title, known.text, article.title, article.text) if differs else Why()
    if not change:
        return AddingIntent()
    return AddingIntent(
        passages=passages,
        old_passages=fingerprint(known.title, known.text),
        change=change,
        diff=word_diff(f"{known.title}\n{known.text}", f"{article.title}\n{article.text}"),
        story=developed(story, article, now, (known.title, known.text)) if story else {},
    )
