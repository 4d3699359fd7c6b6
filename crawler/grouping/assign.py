"""Which story an article belongs to: that of the text it copies, that of the same event, or a new one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crawler.grouping.copies import find_copy
from crawler.grouping.corrections import misplaced, same_stories
from crawler.grouping.events import followed, known_event, standings, why_apart
from crawler.grouping.gist import Account, Candidate
from crawler.grouping.rarity import Background
from crawler.model import Why, because

# The reports of stories that share these clues with an account, by the story's id.
Alike = Callable[[Account, Mapping[int, float]], Mapping[int, Sequence[Account]]]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The story an article joins (None: it opens one), the original it copies, and why."""

    story_id: int | None
    copy_of: int | None
    because: Why
    clues: tuple[int, ...] = ()  # by which other reports of the event will find it; a copy needs none
    merges: tuple[int, ...] = ()  # stories that turn out to be one with the one it joins
    takes: tuple[int, ...] = ()  # articles that leave their story for the new one
    follows: int | None = None  # an earlier story of the same running topic
    apart: tuple[tuple[int, Why], ...] = ()  # stories that it nearly joined, and why it did not
    passages: tuple[int, ...] = ()  # the article's fingerprint, where it is known


STAYS = Grouping(None, None, Why())  # a stored article that is read again keeps its story
# Chosen by hand.
_MOST_APART = 3


def group(
    article: Candidate, known: Sequence[Candidate], alike: Alike, background: Background, account: Account | None = None
) -> Grouping:
    """Join an article to the story it copies, else to the story of the same event, else to none.

    `known` are stored articles with passages in common. `alike` is asked for stories only when the article is no copy.
    `account` is what the article tells, where that was found already. The answer depends on the arguments alone; a copy
    points at the original, never at another copy.
    """
    copied = find_copy(article, known)
    if copied:
        original = copied.candidate
        return Grouping(original.story_id, original.copy_of or original.article_id, copied.because)
    account = account or Account.of(article)
    clues = background.clues(account)
    near = standings(account, alike(account, clues), background)
    takes = tuple(misplaced(account, near, background))
    apart = tuple((s.story_id, why_apart(account, s)) for s in near if not s.is_same)[:_MOST_APART]
    event = None if takes else known_event(account, near, background)
    if event:
        merges = tuple(same_stories(account, near[0], near[1:], background))
        why = because("same_event", **event.because.args, merges=merges)
        return Grouping(event.story_id, None, why, tuple(clues), merges, apart=apart)
    follows = followed(account, near, background)
    why = because("takes_reports" if takes else "first_report")
    return Grouping(None, None, why, tuple(clues), takes=takes, follows=follows, apart=apart)
