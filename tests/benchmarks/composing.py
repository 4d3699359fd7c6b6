"""What composing costs: python -m tests.benchmarks.composing [--people N] [--postgres] [--seed N]

A newsroom's day of invented stories meets the searches of many readers: a digest has 10 entries from two searches, its
reader one of 130 queries (some asked by many), four zones and two languages, so the bold words differ. Printed:

- compose: gathered matches to the bytes of the mail, digests/s of CPU time on one core;
- jinja: two bare templates of the same entries, HTML and text, without languages, style, headers or MIME: what any
  mailer pays that renders a template a reader;
- queue: all these digests, due at one moment, from the first query to the last commit, by the clock and in CPU time.
"""

import argparse
import json
import platform
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from jinja2 import Environment
from sqlalchemy import Engine, insert
from sqlmodel import Session, SQLModel

from alerts.digest.compose import SourcesRead
from alerts.digest.gather import News, Wanted, gather
from alerts.digest.pieces import Pieces
from alerts.digest.post import Post
from alerts.digest.queue import made_digest, queue_due_digests
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
COMPOSED = 4000
_SHOWN = "{{ s.title }} {{ s.url }} {{ s.place }} {{ s.outlet }} {{ s.published_at }} {{ s.window }}"
_BARE = [
    Environment(autoescape=escaped).from_string(f"{{% for s in found %}}{before}{_SHOWN}{after}{{% endfor %}}")
    for escaped, before, after in ((True, "<p>", "</p>"), (False, "* ", "\n"))
]
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


def _two(queries: Sequence[str], rng: random.Random) -> tuple[str, str]:
    """Two searches of one reader: the n-th is asked for by 1/n as many as the first."""
    one = other = ""
    while one == other:
        one, other = rng.choices(queries, [1 / n for n in range(1, len(queries) + 1)], k=2)
    return one, other


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
        one, other = _two(queries, rng)
        search = {"subscriber_id": number, "cadence": "daily", "created_at": _LONG_AGO}
        searches += [search | {"id": 2 * number, "query": one}, search | {"id": 2 * number + 1, "query": other}]
        first = rng.sample(found[one], ENTRIES // 2)
        told = {match["story_id"] for match in first}
        second = rng.sample([match for match in found[other] if match["story_id"] not in told], ENTRIES // 2)
        matches += [match | {"subscription_id": 2 * number} for match in first]
        matches += [match | {"subscription_id": 2 * number + 1} for match in second]
    return {Subscriber: subscribers, Subscription: searches, Match: matches}


def compose_rate(people: int = COMPOSED, seed: int = 1) -> dict[str, int]:
    """Digests/s of CPU time on one core: the first ones, those that follow, and what bare templates allow."""
    with database(False) as url:
        engine = open_database(url)
        upgrade(engine)
        fill(engine, people, random.Random(seed))
        post, sources, pieces = _post(engine), SourcesRead(312), Pieces(MAIL)
        members = post.members.confirmed(range(1, people + 1))
        wanted = [Wanted(person, searches, NOW.date(), NOW) for person, searches in members]
        met = list(zip(wanted, gather(post, wanted, NOW), strict=True))
        engine.dispose()

    def compose_all(those: Sequence[tuple[Wanted, News]]) -> None:
        for one, news in those:
            mail = made_digest(post, one, news, sources, NOW, pieces).letter.message
            assert mail.count(b"<h3 ") == ENTRIES

    def bare(those: Sequence[tuple[Wanted, News]]) -> None:
        for _, news in those:
            for template in _BARE:
                template.render(found=news.found)

    half = people // 2
    return {
        "compose, the first": _rate(compose_all, met[:half]),
        "compose": _rate(compose_all, met[half:]),
        "jinja": _rate(bare, met[half:]),
    }


def queue_all(people: int, postgres: bool = False, seed: int = 1) -> tuple[float, float]:
    """So many digests due at once: the seconds by the clock and of CPU time until all are queued."""
    with database(postgres) as url:
        engine = open_database(url)
        upgrade(engine)
        fill(engine, people, random.Random(seed))
        post = _post(engine)
        cpu, clock = time.process_time(), time.perf_counter()
        assert queue_due_digests(post, SourcesRead(312), NOW) == people
        took = time.perf_counter() - clock, time.process_time() - cpu
        engine.dispose()
        return took


def _post(engine: Engine) -> Post:
    return Post.of(engine, Links(b"a key", "https://alerts.icewire.example"), MAIL, DigestSettings())


def _rate(work: Callable[[Sequence[tuple[Wanted, News]]], None], those: Sequence[tuple[Wanted, News]]) -> int:
    start = time.process_time()
    work(those)
    return round(len(those) / (time.process_time() - start))


def main(people: int, postgres: bool, seed: int) -> None:
    """Print the rates, the times and the line of JSON."""
    figures: dict[str, object] = {"python": platform.python_version(), "people": people}
    rates = compose_rate(seed=seed)
    for name, rate in rates.items():
        print(f"{name:20} {rate:8} digests/s", flush=True)
    seconds, cpu = queue_all(people, postgres, seed)
    print(f"queue {people}: {seconds:.1f} s by the clock, {cpu:.1f} s of CPU time")
    print(json.dumps(figures | rates | {"queue": round(seconds, 1), "queue_cpu": round(cpu, 1)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.people, given.postgres, given.seed)
