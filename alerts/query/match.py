"""Does a story hold what somebody looks for?"""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.query.document import Document
from alerts.query.query import Query
from alerts.query.reasons import Hit
from alerts.query.window import Windows


@dataclass(frozen=True, slots=True)
class StoryHit:
    """Which of a story's documents matched, why, and the words around it."""

    index: int
    hit: Hit
    window: str


def match_story(documents: Sequence[Document], query: Query, windows: Windows | None = None) -> StoryHit | None:
    """The first document that matches; give the story's lead first.

    What a query leaves out concerns only the document that holds it, not the others. Who asks of a story for many
    queries makes its `windows` once.
    """
    for index, document in enumerate(documents):
        if hit := query.match(document):
            return StoryHit(index, hit, (windows or Windows(documents)).around(index, hit))
    return None
