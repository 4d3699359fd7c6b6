"""What the digests of the demo must hold: the keys from `expected.toml`, the figures from the articles."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from crawler.model import IcewireError
from scheduler.demo.outlets import WrittenOutlet


@dataclass(frozen=True, slots=True)
class ExpectedStory:
    """One entry of a digest."""

    key: str
    any_of: tuple[str, ...]  # ids of the articles that may lead it
    places: tuple[str, ...]  # where it happens, "Waltham, MA"; () = the whole state
    newsrooms: int  # others that reported it independently
    copies: int  # further outlets that carried a text already counted


@dataclass(frozen=True, slots=True)
class ExpectedSubscription:
    query: str
    stories: tuple[ExpectedStory, ...]


@dataclass(frozen=True, slots=True)
class ExpectedSubscriber:
    email: str
    timezone: str
    subscriptions: tuple[ExpectedSubscription, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    subscribers: tuple[ExpectedSubscriber, ...]
    absent: dict[str, str]  # article id → why no digest holds it
    unreadable: dict[str, str]  # outlet id → why


def load_expected(outlets: Sequence[WrittenOutlet]) -> Expected:
    """IcewireError when a key of expected.toml is no event of the articles."""
    written = tomllib.loads(files("scheduler.demo").joinpath("expected.toml").read_text("utf-8"))
    stories = expected_stories(outlets)

    def story(key: str) -> ExpectedStory:
        if key not in stories:
            raise IcewireError(f'expected.toml: no article has story = "{key}". Known: {", ".join(sorted(stories))}.')
        return stories[key]

    subscribers = tuple(
        ExpectedSubscriber(
            person["email"],
            person["timezone"],
            tuple(
                ExpectedSubscription(one["query"], tuple(story(key) for key in one["stories"]))
                for one in person["subscription"]
            ),
        )
        for person in written["subscriber"]
    )
    unreadable = {one["outlet"]: one["why"] for one in written["unreadable"]}
    return Expected(subscribers, _absent(outlets), unreadable)


def expected_stories(outlets: Sequence[WrittenOutlet]) -> dict[str, ExpectedStory]:
    """The events about ICE activity by key, as the articles tell them."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    places: defaultdict[str, set[str]] = defaultdict(set)
    texts: defaultdict[str, Counter[str]] = defaultdict(Counter)  # key → text → outlets that carry it
    for outlet in outlets:
        for article in outlet.articles:
            if article.expect != "activity":
                continue
            name = outlet.article_id(article)
            ids[article.story].append(name)
            places[article.story] |= {article.place} - {""}
            texts[article.story][article.wire or name] += 1
    return {
        key: ExpectedStory(
            key,
            any_of=tuple(ids[key]),
            places=tuple(sorted(places[key])),
            newsrooms=len(texts[key]) - 1,
            copies=texts[key].total() - len(texts[key]),
        )
        for key in ids
    }


def _absent(outlets: Sequence[WrittenOutlet]) -> dict[str, str]:
    return {
        outlet.article_id(article): article.note
        for outlet in outlets
        for article in outlet.articles
        if article.expect != "activity"
    }
