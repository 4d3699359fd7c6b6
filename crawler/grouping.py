"""Which story an article belongs to: that of the text it copies, that of the same event, or a new one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crawler.account import Account
from crawler.background import Background
from crawler.duplicates import Candidate, find_copy
from crawler.events import known_event

# The reports of stories that share these clues, by the story's id.
Alike = Callable[[Mapping[int, float]], Mapping[int, Sequence[Account]]]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The story an article joins (None: it opens one), the original it copies, and why, for a person."""

    story_id: int | None
    copy_of: int | None
    because: str
    clues: tuple[int, ...] = ()  # by which other reports of the event will find it; a copy needs none


STAYS = Grouping(None, None, "")  # a stored article that is read again keeps its story


def group(article: Candidate, known: Sequence[Candidate], alike: Alike, background: Background) -> Grouping:
    """Join an article to the story it copies, else to the story of the same event, else to none.

    `known` are stored articles with passages in common. `alike` is asked for stories only when the article is no copy.
    The answer depends on the arguments alone; a copy points at the original, never at another copy.
    """
    copied = find_copy(article, known)
    if copied:
        original = copied.candidate
        return Grouping(original.story_id, original.copy_of or original.article_id, copied.because)
    account = Account.of(article)
    clues = background.clues(account)
    event = known_event(account, alike(clues), background)
    if event:
        return Grouping(event.story_id, None, event.because, tuple(clues))
    return Grouping(None, None, "no other report of this event is known", tuple(clues))
