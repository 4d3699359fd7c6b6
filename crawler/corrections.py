"""What a new article shows of stories already told: that two are one, that a report stands in the wrong one."""

from collections.abc import Mapping, Sequence

from crawler.account import Account
from crawler.background import Background, length, likeness, summed
from crawler.events import ENOUGH, Standing, contradict, evidence_of, standings

_ONE = 0.4  # two stories whose reports agree that much, taken together, are one
_TOLD_TWICE = 2  # reports that each of them has at least: a single one is compared as it comes, and once
_BETTER = 0.1  # by so much a report agrees more with the new one than with its own story


def same_stories(account: Account, joined: Standing, others: Sequence[Standing], background: Background) -> list[int]:
    """The stories, of those that an account stands near, that it shows to be one with the story it joined."""
    mine = [*joined.reports, account]
    centre = _centre(mine, background)
    found = []
    for other in others:
        if other.story_id == joined.story_id or len(other.reports) < _TOLD_TWICE:
            continue
        first, their_first = mine[0], other.reports[0]
        if contradict(first, their_first) or contradict(account, their_first):
            continue
        agreement = likeness(centre, _centre(other.reports, background)) + evidence_of(first, their_first, background)
        if agreement >= _ONE:
            found.append(other.story_id)
    return found


def misplaced(account: Account, near: Sequence[Standing], background: Background) -> list[int]:
    """Articles, of stories that an account stands near without being of them, that belong to the account's own event.

    Such a one agrees with the account, and with the rest of its story no longer. The first report of a story stays: the
    story is what it tells.
    """
    found = []
    for standing in near:
        for report in standing.reports[1:]:
            pair = _score(account, [report], background)
            rest = [other for other in standing.reports if other is not report]
            own = _score(report, rest, background)
            if pair >= ENOUGH > own and pair >= own + _BETTER:
                found.append(report.article_id)
    return found


def _score(account: Account, reports: Sequence[Account], background: Background) -> float:
    stories: Mapping[int, Sequence[Account]] = {0: reports}
    return next((standing.score for standing in standings(account, stories, background)), 0.0)


def _centre(reports: Sequence[Account], background: Background) -> dict[str, float]:
    total = summed(background.vector(report) for report in reports)
    whole = length(total)
    return {term: w / whole for term, w in total.items()}
