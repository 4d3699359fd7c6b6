"""How fast mail leaves: python -m tests.benchmarks.delivery [--mails N] [--digests N] [--kills N]

In one run, so that a slow machine is slow for all:

- smtplib: mails that lie ready, by one connection of the standard library to postfix's smtp-sink; the same mails out of
  our queue, on SQLite and on PostgreSQL, each acceptance recorded;
- far: a server 40 ms a round trip away, smtplib by one connection, we by one and by as many as are the default, with
  recipients in many domains;
- seven: so many digests of ten stories, all due at 07:00, composed by one thread and sent by another at the same time,
  as in the daemon: when the last was composed, and when the last was accepted;
- kills: a sender is killed so often in the middle: what was lost and what came twice.
"""

import argparse
import json
import os
import random
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.mail import Deliveries, Links, SmtpMailer, deliver
from alerts.mail.message import Envelope
from alerts.matching.matches import Found, Matches
from alerts.people.subscriber import Delivery, Payload, Subscriber, Subscription
from alerts.settings import DigestSettings, MailSettings
from crawler.database import open_database
from scheduler.migrations import upgrade
from scheduler.settings import ScheduleSettings
from tests.benchmarks.grouping import database
from tests.makers.documents import LEAVE, a_digest, a_story
from tests.makers.killing import kill_again_and_again
from tests.makers.mail_sink import mail_sink
from tests.makers.mailing import MAIL, digest_message
from tests.makers.making import article, keep, watch

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
SEVEN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # in Boston
ROUND_TRIP = 0.04
STORIES = 10


def ready(mails: int) -> list[tuple[str, str, bytes]]:
    """So many digests of ten stories: to whom, the Message-ID, the bytes."""
    digest = a_digest(*(a_story(n) for n in range(STORIES)))
    first = "<0.0@icewire.example>"
    whole = digest_message(digest, Envelope("r0@example.org", first, NOW, LEAVE), MAIL).as_bytes()
    made = []
    for n in range(mails):
        to, name = f"r{n}@d{n % 200}.example.org", f"<{n}.{time.time_ns()}@icewire.example>"
        mail = whole.replace(first.encode(), name.encode(), 1).replace(b"To: r0@example.org", f"To: {to}".encode(), 1)
        made.append((to, name, mail))
    return made


def queue(engine: Engine, mails: Sequence[tuple[str, str, bytes]]) -> None:
    """They wait to be sent."""
    with engine.begin() as connection:
        connection.execute(delete(Delivery))
        at = {"queued_at": NOW, "next_attempt_at": NOW, "kind": "operator", "state": "queued", "lease": "", "error": ""}
        facts = {**at, "attempts": 0, "in_doubt": False, "error_args": {}}
        rows = [{"id": n, "recipient": to, "message_id": name, **facts} for n, (to, name, _) in enumerate(mails, 1)]
        connection.execute(insert(Delivery), rows)
        connection.execute(insert(Payload), [{"delivery_id": n, "message": m} for n, (*_, m) in enumerate(mails, 1)])


def settings(port: int, connections: int | None = None) -> MailSettings:
    """The default number of connections, or so many."""
    most = {"connections": connections} if connections else {}
    return MAIL.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **most})


def by_smtplib(port: int, mails: Sequence[tuple[str, str, bytes]]) -> float:
    """Mails a second by one connection."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        begun = time.perf_counter()
        for to, _, mail in mails:
            smtp.sendmail("digest@icewire.example", [to], mail)
        return len(mails) / (time.perf_counter() - begun)


def by_us(engine: Engine, mail: MailSettings, mails: Sequence[tuple[str, str, bytes]]) -> float:
    """Mails a second out of the queue."""
    queue(engine, mails)
    begun = time.perf_counter()
    done = deliver(Deliveries(engine), SmtpMailer(mail), mail, lambda: NOW)
    took = time.perf_counter() - begun
    assert done == (len(mails), 0), done
    return len(mails) / took


@contextmanager
def near() -> Iterator[tuple[str, int]]:
    """smtp-sink where it is installed, else our own; its name and port."""
    program = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    if program is None:
        with mail_sink() as port:
            yield "our own sink, as smtp-sink is not installed (Debian: postfix)", port
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        [program, *(["-u", "nobody"] if os.getuid() == 0 else []), f"127.0.0.1:{port}", "100"]
    ) as process:
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield "smtp-sink", port
        finally:
            process.terminate()


@contextmanager
def opened(postgres: bool) -> Iterator[Engine]:
    """A new database with our tables."""
    with database(postgres) as url:
        engine = open_database(url)
        upgrade(engine)
        yield engine
        engine.dispose()


def rates(mails: int) -> dict[str, object]:
    """At a server beside us: the best of three each, in turn."""
    given, found = ready(mails), {"smtplib": 0.0, "sqlite": 0.0, "postgresql": 0.0}
    with near() as (name, port), opened(postgres=False) as sqlite, opened(postgres=True) as postgresql:
        for _ in range(3):
            found["smtplib"] = max(found["smtplib"], by_smtplib(port, given))
            found["sqlite"] = max(found["sqlite"], by_us(sqlite, settings(port), given))
            found["postgresql"] = max(found["postgresql"], by_us(postgresql, settings(port), given))
    told = {f"{kind}_per_s": round(rate) for kind, rate in found.items()}
    ratios = {f"{kind}_ratio": round(found[kind] / found["smtplib"], 2) for kind in ("sqlite", "postgresql")}
    return {"server": name, "mail_bytes": len(given[0][2]), **told, **ratios}


def far(mails: int) -> dict[str, object]:
    """At a server that is 40 ms away."""
    with mail_sink(ROUND_TRIP) as port, opened(postgres=False) as engine:
        smtplib_rate = by_smtplib(port, ready(mails // 20))
        one = by_us(engine, settings(port, 1), ready(mails // 20))
        all_of_us = by_us(engine, settings(port), ready(mails))
    rounded = {"smtplib_per_s": round(smtplib_rate, 1), "one_per_s": round(one, 1), "ours_per_s": round(all_of_us, 1)}
    return {**rounded, "to_smtplib": round(all_of_us / smtplib_rate, 1), "to_one": round(all_of_us / one, 1)}


def fill(engine: Engine, people: int) -> None:
    """So many whose digest of ten stories is due at 07:00."""
    joined = {"timezone": "America/New_York", "digest_at": "07:00", "language": "en", "state": "active"}
    dates = {"created_at": NOW, "confirmed_at": NOW, "served_until": NOW}
    with engine.begin() as connection:
        rows = [{"id": n, "email": f"r{n}@d{n % 200}.example.org", **joined, **dates} for n in range(1, people + 1)]
        connection.execute(insert(Subscriber), rows)
        search = {"query": "waltham", "cadence": "daily", "created_at": NOW}
        connection.execute(insert(Subscription), [{"subscriber_id": n, **search} for n in range(1, people + 1)])
    watch(engine)
    matches = Matches(engine)
    for n in range(STORIES):
        article_id = keep(engine, article(f"raid-{n}", title=f"ICE detains {n + 2} near Waltham courthouse")).article_id
        for story in matches.unmatched():
            found = Found(range(1, people + 1), article_id, [], "four agents in vests waited near a side door")
            matches.record_matches(story, [found], NOW)


def seven(people: int) -> dict[str, object]:
    """From 07:00 on."""
    with near() as (_, port), opened(postgres=False) as engine:
        fill(engine, people)
        mail, sent, composed = settings(port), 0, threading.Event()
        post = Post.of(engine, Links(b"a key", "https://alerts.icewire.example"), mail, DigestSettings())
        took: dict[str, float] = {}

        def compose() -> None:
            took["made"] = queue_due_digests(post, SourcesRead(3), SEVEN)
            took["composed"] = time.perf_counter() - begun
            composed.set()

        begun = time.perf_counter()
        composing = threading.Thread(target=compose)
        composing.start()
        ticks = 1
        while True:  # as the timetable does
            last = composed.is_set()
            sent += deliver(Deliveries(engine), SmtpMailer(mail), mail, lambda: SEVEN)[0]
            took["accepted"] = time.perf_counter() - begun
            if last:
                break
            time.sleep(max(0.0, begun + ticks * ScheduleSettings().deliver_seconds - time.perf_counter()))
            ticks += 1
        composing.join()
    seconds = {"last_composed_s": round(took["composed"], 1), "last_accepted_s": round(took["accepted"], 1)}
    return {"digests": int(took["made"]), "accepted": sent, **seconds}


def killed(kills: int) -> dict[str, object]:
    """So many senders, one after the other, on each kind of database."""
    told: dict[str, object] = {"kills": kills, "connections": MailSettings().connections}
    for name, postgres in (("sqlite", False), ("postgresql", True)):
        with tempfile.TemporaryDirectory() as folder, database(postgres) as url:
            log = Path(folder) / "log"
            with mail_sink(0.02, log) as port:
                engine = open_database(url)
                upgrade(engine)
                queue(engine, ready(60 * kills))
                engine.dispose()
                found = kill_again_and_again(url, settings(port), log, NOW, kills, random.Random(7))
        told[name] = {"lost": found.lost, "most_repeated": max(found.repeated), "same_bytes": found.are_same}
    return told


def main() -> None:
    """Print each part as it is done, and all as a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--mails", type=int, default=4000)
    parser.add_argument("--digests", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=0)
    given = parser.parse_args()
    figures: dict[str, object] = {}
    parts = (("near", rates, given.mails), ("far", far, given.mails), ("seven", seven, given.digests))
    for name, part, number in (*parts, ("killed", killed, given.kills)):
        if number:
            figures[name] = part(number)
            print(name, figures[name], flush=True)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
