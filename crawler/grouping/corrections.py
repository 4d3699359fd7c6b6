"""What a new article shows of stories already told: that two are one, that a report stands in the wrong one."""

from collections.abc import Mapping, Sequence

from crawler.grouping.events import ENOUGH, Standing, age, standings
from crawler.grouping.evidence import evidence_of
from crawler.grouping.gist import Account
from crawler.grouping.nearness import contradict
from crawler.grouping.rarity import Background, length, likeness, summed
from crawler.grouping.series import another_issue

# Chosen with dedup/dev and ice_pages/dev in view, as `tests.benchmarks.events` measures.
_ONE = 0.38  # two stories whose reports agree that much, taken together, are one
_TOLD_TWICE = 2  # reports that each of them has at least: a single one is compared as it comes, and once
_BETTER = 0.1  # by so much more than enough a misplaced report agrees with the new one
_LOOKED_AT = 3  # stories, the nearest


def same_stories(account: Account, joined: Standing, others: Sequence[Standing], background: Background) -> list[int]:
    """The stories, of those that an account stands near, that it shows to be one with the story it joined."""
    mine = [*joined.reports, account]
    centre = _centre(mine, background)
    found = []
    for other in others:
        if other.story_id == joined.story_id or len(other.reports) < _TOLD_TWICE or other.reports[0].by_hand:
            continue
        first, their_first = mine[0], other.reports[0]
        if contradict(first, their_first) or contradict(account, their_first) or another_issue(account, their_first):
            continue
        earlier, later = sorted((first, their_first), key=age)
        agreement = likeness(centre, _centre(other.reports, background)) + evidence_of(later, earlier, background)
        if agreement >= _ONE:
            found.append(other.story_id)
    return found


def misplaced(account: Account, near: Sequence[Standing], background: Background) -> list[int]:
    """Articles, of the stories that an account stands nearest to, that belong to the account's own event instead.

    Such a one agrees with the account, and neither of them with the rest of its story. The first report of a story
    stays: the story is what it tells.
    """
    found = []
    for standing in near[:_LOOKED_AT]:
        at = max(range(len(standing.reports)), key=lambda i: (standing.alike[i] + standing.evidence[i], -i))
        pair, rest = standing.alike[at] + standing.evidence[at], standing.reports[:at] + standing.reports[at + 1 :]
        if at == 0 or pair < ENOUGH + _BETTER or standing.reports[0].by_hand:
            continue
        if max(_score(other, rest, background) for other in (standing.reports[at], account)) < ENOUGH:
            found.append(standing.reports[at].article_id)
    return found


def _score(account: Account, reports: Sequence[Account], background: Background) -> float:
    stories: Mapping[int, Sequence[Account]] = {0: reports}
    return next((standing.score for standing in standings(account, stories, background)), 0.0)


def _centre(reports: Sequence[Account], background: Background) -> dict[str, float]:
    total = summed(background.vector(report) for report in reports)
    whole = length(total)
    return {term: w / whole for term, w in total.items()}
