"""Senders that are killed in the middle, again and again: what a mail server got twice, and what it never got."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from alerts.mail import Deliveries, SmtpMailer, deliver
from alerts.people.subscriber import Delivery
from alerts.settings import MailSettings
from crawler.database import open_database
from tests.makers.mailing import after_a_crash


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of it: `repeated` of each kill, and whether all copies of a mail were the same to the byte."""

    lost: int
    repeated: Sequence[int]
    are_same: bool


def kill_again_and_again(
    url: str, mail: MailSettings, log: Path, now: datetime, kills: int, rng: random.Random
) -> Killed:
    """Send what is queued by processes that are killed within moments; the last one may end its work.

    `log` is the mail server's. Repeated are those that it took and of which nobody knew when their sender died.
    """
    context, repeated = multiprocessing.get_context("fork"), []
    for kill in range(kills + 1):
        before = _lines(log)
        child = context.Process(target=_send, args=(url, mail, now))
        child.start()
        while kill < kills and child.is_alive() and _lines(log) == before:
            time.sleep(0.002)
        child.join(rng.uniform(0, 0.15) if kill < kills else None)
        if child.is_alive() and child.pid:
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        time.sleep(0.05)  # what it had handed over arrives
        engine = open_database(url)
        with Session(engine) as session:
            unknown = set(session.exec(select(Delivery.message_id).where(Delivery.state != "sent")))
        repeated.append(sum(line.split()[0] in unknown for line in log.read_text().splitlines()[before:]))
        after_a_crash(Deliveries(engine), now)
        engine.dispose()
    copies = [line.split() for line in log.read_text().splitlines()]
    return Killed(len(unknown), repeated[:-1], len({(name, text) for name, text in copies}) == len(dict(copies)))


def _send(url: str, mail: MailSettings, now: datetime) -> None:
    deliver(Deliveries(open_database(url)), SmtpMailer(mail), mail, lambda: now)


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0
