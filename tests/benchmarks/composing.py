"""What composing costs: python -m tests.benchmarks.composing [--people N] [--postgres] [--seed N]

A newsroom's day of invented stories meets the searches of many readers: a digest has 10 entries from two searches, its
reader one of 150 queries, four zones and two languages, so the quotations and their bold words differ. Printed:

- compose: gathered matches to the bytes of the mail, digests/s of CPU time on one core;
- jinja: the same digests through the bare templates once each, as HTML and as text, without style, headers or MIME:
  what any mailer pays that renders a template a reader;
- queue: all these digests, due at one moment, from the first query to the last commit, by the clock and in CPU time.
"""

import argparse
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import Session, SQLModel

from alerts.digest.compose import Digest, SourcesRead
from alerts.digest.gather import Wanted
from alerts.digest.post import Post
from alerts.digest.queue import preview, queue_due_digests
from alerts.mail.links import Links
from alerts.matching.catch_up import found_in
from alerts.people.subscriber import Match, Subscriber, Subscription
from alerts.query import NamedPlaces, SearchIndex, parse
from alerts.settings import DigestSettings, MailSettings
from crawler.database import open_database
from crawler.model.story import Article, Source, Story, Verdict
from crawler.store.store import Store
from scheduler.migrations import upgrade
from tests.benchmarks.grouping import database

NOW = datetime(2026, 3, 9, 11, 0, tzinfo=UTC)
ZONES = {"America/New_York": "07:00", "America/Chicago": "06:00", "America/Denver": "05:00", "America/Phoenix": "04:00"}
MAIL = MailSettings(sender="digest@icewire.example", postal_address="1 Main St", contact="desk@icewire.example")
ENTRIES = 10
COMPOSED = 500
_STORIES, _OUTLETS = 120, 25
_LONG_AGO = NOW - timedelta(days=60)
_ASKED = (
    "raid arrest detained deported courthouse sheriff judge lawyer vigil workers hospital school church farm van "
    "warrant bond shelter"
).split()
_SAID = (
    "the a of in said on Monday agents who had been was near after morning according to two family city council "
    "officials neighbors saw street federal immigration told reporters when officers left without which people say"
).split()
_TOWNS = ("Waltham Middlesex", "Lawrence Essex", "Lynn Essex", "Worcester Worcester", "Quincy Norfolk", "Salem Essex")


def fill(engine: Engine, people: int, rng: random.Random) -> None:
    """A day's stories, and so many readers whose digests of them are all due now."""
    with Session(engine) as session:
        session.add_all(_sources())
        session.flush()
        for number in range(1, _STORIES + 1):
            _add_story(session, number, rng)
        session.commit()
    found = _found(engine)
    with engine.begin() as connection:
        for table, rows in _people(people, found, rng).items():
            for start in range(0, len(rows), 5000):
                connection.execute(insert(table), rows[start : start + 5000])


def _sources() -> list[Source]:
    return [Source(id=f"s{n}", name=f"The Ledger {n}", homepage=f"https://s{n}.example/") for n in range(_OUTLETS)]


def _add_story(session: Session, number: int, rng: random.Random) -> None:
    when = NOW - timedelta(minutes=rng.randrange(30, 1400))
    story = Story(id=number, opened_at=when, changed_at=when)
    session.add(story)
    session.flush()
    town, county = rng.choice(_TOWNS).split()
    place = {"name": town, "kind": "city", "county": county, "state": "MA", "sentence": "", "confidence": 1.0}
    for n in range(rng.choice((1, 1, 1, 2, 3))):
        address = f"https://s{(number + n) % _OUTLETS}.example/2026/03/09/{town.lower()}-{number}-{n}"
        article = Article(
            source_id=f"s{(number + n) % _OUTLETS}", url=address, link=address, story_id=number,
            title=f"ICE agents in {town}: {_sentence(7, rng)[:-1]}", published_at=when + timedelta(minutes=n),
            fetched_at=when + timedelta(minutes=n + 5), content_hash=f"{number}-{n}",
            text="\n".join(" ".join(_sentence(rng.randrange(12, 28), rng) for _ in range(4)) for _ in range(5)),
        )  # fmt: skip
        session.add(article)
        session.flush()
        story.lead_id = story.lead_id or article.id
        session.add(
            Verdict(article_id=article.id or 0, label="activity", kind="arrest", places=[place], judged_at=when)
        )


def _sentence(words: int, rng: random.Random) -> str:
    said = " ".join(rng.choice(_ASKED if rng.random() < 0.2 else _SAID) for _ in range(words))
    return f"{said[0].upper()}{said[1:]}."


def _found(engine: Engine) -> Mapping[str, list[dict[str, Any]]]:
    """By query, the matches that each of its subscribers has."""
    queries = [f"{one} OR {other}" for one, other in combinations(_ASKED, 2)]
    index = SearchIndex()
    for number, query in enumerate(queries):
        index.put(number, parse(query, NamedPlaces()))
    found: dict[str, list[dict[str, Any]]] = {query: [] for query in queries}
    for view in Store(engine).views(range(1, _STORIES + 1)):
        for one in found_in(view, index):
            match = {"story_id": view.story.id, "article_id": one.article_id, "terms": one.terms, "window": one.window}
            for number in one.subscription_ids:
                found[queries[number]].append(match | {"matched_at": NOW - timedelta(hours=1)})
    return found


def _people(
    people: int, found: Mapping[str, list[dict[str, Any]]], rng: random.Random
) -> Mapping[type[SQLModel], list[dict[str, Any]]]:
    subscribers, searches, matches = [], [], []
    queries = [query for query, those in found.items() if len(those) > 2 * ENTRIES]
    for number in range(1, people + 1):
        zone = rng.choice(list(ZONES))
        dates = {"created_at": _LONG_AGO, "confirmed_at": _LONG_AGO, "served_until": NOW - timedelta(days=1)}
        person = {"id": number, "email": f"r{number}@example.org", "timezone": zone, "digest_at": ZONES[zone]}
        subscribers.append(person | dates | {"language": rng.choice(("en", "en", "en", "es")), "state": "active"})
        one, other = rng.sample(queries, 2)
        search = {"subscriber_id": number, "cadence": "daily", "created_at": _LONG_AGO}
        searches += [search | {"id": 2 * number, "query": one}, search | {"id": 2 * number + 1, "query": other}]
        first = rng.sample(found[one], ENTRIES // 2)
        told = {match["story_id"] for match in first}
        second = rng.sample([match for match in found[other] if match["story_id"] not in told], ENTRIES // 2)
        matches += [match | {"subscription_id": 2 * number} for match in first]
        matches += [match | {"subscription_id": 2 * number + 1} for match in second]
    return {Subscriber: subscribers, Subscription: searches, Match: matches}


def _post(engine: Engine) -> Post:
    return Post.of(engine, Links(b"a key", "https://alerts.icewire.example"), MAIL, DigestSettings())


def _gathered(post: Post, people: int) -> list[tuple[Subscriber, Digest]]:
    members = post.members.confirmed(range(1, people + 1))
    wanted = [Wanted(person, searches, NOW.date(), NOW) for person, searches in members]
    return [(one.subscriber, preview(post, one, SourcesRead(312), NOW)) for one in wanted]


def main(people: int, postgres: bool, seed: int) -> None:
    rng = random.Random(seed)
    with database(postgres) as url:
        engine = open_database(url)
        upgrade(engine)
        fill(engine, people, rng)
        post = _post(engine)
        cpu, clock = time.process_time(), time.perf_counter()
        assert queue_due_digests(post, SourcesRead(312), NOW) == people
        print(f"queue {people}: {time.perf_counter() - clock:.1f} s, {time.process_time() - cpu:.1f} s of CPU")
        engine.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.people, given.postgres, given.seed)
