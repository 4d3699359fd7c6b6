"""Whether articles report the same event in their own words: alike openings, and what else speaks for it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crawler.grouping.evidence import MOST_COUNTED, evidence_of, matter_of, telling_names
from crawler.grouping.gist import Account, terms
from crawler.grouping.nearness import days_apart, nearness
from crawler.grouping.rarity import Background, length, likeness, summed
from crawler.grouping.series import another_issue
from crawler.model import Why, because
from crawler.text import folded_words

# Chosen with dedup/dev and ice_pages/dev in view, as `tests.benchmarks.events` measures.
# What speaks for one event, on the scale of a cosine.
ENOUGH = 0.28
_MOST_WORDS = 4  # in common that are told
_WORTH_A_LOOK = 0.16  # under this cosine no place, day or name makes one event of two


@dataclass(frozen=True, slots=True)
class Event:
    """The story that tells of the same event, and what the articles have in common."""

    story_id: int
    because: Why


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands to a story: likeness and evidence, report by report, oldest first."""

    story_id: int
    reports: list[Account]
    alike: list[float]  # cosines
    together: float  # the cosine with all reports taken together
    evidence: list[float]  # on the same scale; -inf when it cannot be one event

    @property
    def score(self) -> float:
        """With the first report, or with all reports taken together.

        Being like a single later one is not enough, so a running topic does not become one story.
        """
        return max(self.alike[0] + self.evidence[0], self.together + sum(self.evidence) / len(self.evidence))

    @property
    def nearest(self) -> Account:
        """The report that the account agrees with most."""
        return self.reports[max(range(len(self.reports)), key=lambda i: (self.alike[i] + self.evidence[i], -i))]

    @property
    def is_same(self) -> bool:
        """Whether the account tells of the story's event."""
        return self.score >= ENOUGH


def standings(account: Account, stories: Mapping[int, Sequence[Account]], background: Background) -> list[Standing]:
    """How an account stands to those stories, of these by id, that it has enough in common with to be worth a look.

    The likeliest first; of equal ones the oldest.
    """
    mine = background.vector(account)
    found = []
    for story_id, unsorted in stories.items():
        reports = sorted(unsorted, key=age)
        vectors = [background.vector(report) for report in reports]
        alike = [likeness(mine, vector) for vector in vectors]
        if max(alike[0], sum(alike) / math.sqrt(len(alike))) < _WORTH_A_LOOK:
            continue  # the centroid is shortest, and so the most alike, when the reports have nothing in common
        together = sum(alike) / length(summed(vectors))
        if max(alike[0], together) >= _WORTH_A_LOOK:
            evidence = [evidence_of(account, report, background) for report in reports]
            found.append(_without_issues(account, Standing(story_id, reports, alike, together, evidence)))
    return sorted(found, key=lambda standing: (-standing.score, standing.story_id))


def _without_issues(account: Account, standing: Standing) -> Standing:
    """The same; nothing speaks for a story that holds another issue of the account's series, however alike it is."""
    if not standing.is_same or not any(another_issue(account, report) for report in standing.reports):
        return standing  # it is asked of what would be one event only, as forms take time to read
    return replace(standing, evidence=[-math.inf] * len(standing.reports))


def known_event(account: Account, standings: Sequence[Standing], background: Background) -> Event | None:
    """The story of the event that an account tells; None when it stands near enough to none."""
    if not standings or not standings[0].is_same:
        return None
    return Event(standings[0].story_id, _in_common(account, standings[0].nearest, background))


def followed(account: Account, standings: Sequence[Standing], background: Background) -> int | None:
    """The last story that tells of the same matter at the same place, but long before; None without any."""
    earlier = [standing for standing in standings if _is_earlier(account, standing, background)]
    return max(earlier, key=lambda standing: age(standing.nearest)).story_id if earlier else None


def why_apart(account: Account, standing: Standing) -> Why:
    """Why an account is not of the story that it stands nearest to."""
    other = standing.nearest
    if standing.score == -math.inf and any(another_issue(account, report) for report in standing.reports):
        return because("another_issue")
    if standing.score == -math.inf:
        return because("days_apart", days=max(days_apart(account, report) for report in standing.reports))
    if nearness(account.places, other.places) < 0:
        return because("other_place", here=str(account.places[0]), there=str(other.places[0]))
    return because("too_little_in_common", score=round(max(0.0, standing.score), 4), enough=ENOUGH)


def age(account: Account) -> tuple[float, int]:
    """Reports in the order of this were published in it; those without a time come last."""
    when = account.published_at
    return (when.timestamp() if when else math.inf, account.article_id)


def _is_earlier(account: Account, standing: Standing, background: Background) -> bool:
    first = standing.reports[0]
    if standing.score > -math.inf or age(first) > age(account):
        return False
    same_place = nearness(account.places, first.places) > 0
    return same_place and standing.alike[0] + matter_of(account, first, background) >= ENOUGH


def _in_common(a: Account, b: Account, background: Background) -> Why:
    """What two accounts have in common."""
    places = [str(place) for place in a.places if place in b.places][:1]
    days = [b.published_at.date(), a.published_at.date()] if a.published_at and b.published_at else []
    names = telling_names(a, b, background)[:MOST_COUNTED]
    numbers = [n for n in a.numbers if n in b.numbers][:MOST_COUNTED]
    mine, theirs = background.vector(a), background.vector(b)
    shared = sorted(
        (term for term in mine.keys() & theirs.keys() if not term.isdigit()),
        key=lambda term: (-mine[term] * theirs[term], term),
    )
    surface: dict[str, str] = {}
    wanted = set(shared[:_MOST_WORDS])
    said = [w for w in (*folded_words(a.opening), *folded_words(a.title)) if w in wanted or w[:-1] in wanted]
    for word in sorted(said, key=len, reverse=True):
        surface.update(dict.fromkeys(terms([word]), word))
    words = [surface[term] for term in shared[:_MOST_WORDS]]
    return because(
        "same_event", places=places, days=list(dict.fromkeys(days)), names=names, numbers=numbers, words=words
    )
