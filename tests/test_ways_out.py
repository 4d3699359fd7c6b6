"""Whatever a newsroom writes, and old rows hold: no control reaches a terminal, a mail, a page or a feed."""

import email
import email.policy
import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree
from sqlalchemy import Engine, text
from starlette.applications import Starlette

from alerts.digest.compose import SourcesRead
from alerts.digest.queue import queue_due_digests
from alerts.mail.carriers import Outbox
from alerts.mail.sending import deliver
from alerts.web.app import Pages, make_app
from crawler.places.gazetteer import Gazetteer
from crawler.watch import Watchlist
from tests.makers.browsing import ask
from tests.makers.commanding import Command, _here, icewire  # noqa: F401  fixtures
from tests.makers.commanding import engine as deployed  # noqa: F401
from tests.makers.mailing import MAIL, join_and_meet, morning_after, post_of
from tests.makers.making import BODY, article, keep, watch

HOSTILE = (
    "ICE\x1b[31m raid\x1b]0;owned\x07 in\0 Waltham \x9b2J\x85\u202egnihsif\u202c\u2066x\u2069 \U000e0049\U000e007f"
    "\x08\x7f\u2028Bcc: all@example.org\r\nX-Evil: 1 \ufeff\u200bend"
)
# C0 but the ends of lines, C1, marks of direction, tags, what breaks a line elsewhere.
FORBIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def clean(said: str) -> bool:
    return FORBIDDEN.search(said) is None and "raid" in said


def fill(engine: Engine) -> None:
    """A story as an earlier version may have stored it: nothing is cleaned on the way in."""
    watch(engine)
    keep(engine, article(title=HOSTILE, text=f"{HOSTILE}\n{BODY}", authors=[HOSTILE]))
    with engine.begin() as connection:
        connection.execute(text("UPDATE source SET name = :name"), {"name": "The \x1b[1mLedger\u202e"})


@pytest.mark.parametrize(
    "words", [["stories"], ["stories", "--json"], ["search", "waltham"], ["explain", "https://ledger.example/raid"]]
)
def test_a_terminal(words: list[str], icewire: Command, deployed: Engine) -> None:  # noqa: F811
    fill(deployed)
    said = icewire(*words)
    assert clean(said.printed)
    assert FORBIDDEN.search(said.complained) is None


def test_a_mail_and_the_page_it_is_seen_as(
    sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, tmp_path: Path
) -> None:
    fill(sqlite_engine)
    post = post_of(sqlite_engine)
    join_and_meet(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(1), morning_after(now))
    assert deliver(post.deliveries, Outbox(tmp_path, lambda: now), MAIL, lambda: morning_after(now)) == (1, 0)
    [eml], [page] = tmp_path.glob("*.eml"), tmp_path.glob("*.html")
    message = email.message_from_bytes(eml.read_bytes(), policy=email.policy.default)
    assert "X-Evil" not in message
    assert "Bcc" not in message
    for part in message.walk():
        if part.get_content_maintype() == "text":
            assert clean(part.get_content())
    assert FORBIDDEN.search("".join(map(str, message.values()))) is None
    assert clean(page.read_text("utf-8"))


@pytest.fixture
def app(sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime) -> Starlette:
    """The pages, with a digest that was sent."""
    fill(sqlite_engine)
    post = post_of(sqlite_engine)
    join_and_meet(post, "waltham", gazetteer, now)
    queue_due_digests(post, SourcesRead(1), morning_after(now))
    return make_app(
        Pages(Watchlist(sqlite_engine), post.store, post.members, post.deliveries, post.links, gazetteer, lambda: now)
    )


def test_a_page(app: Starlette) -> None:
    assert clean(ask(app, "/digest/latest")[2])
    assert FORBIDDEN.search(ask(app, "/")[2]) is None


QUERIES = ("", "?q=clerk+kind:arrest", "?q=" + quote("kind:arrest (clerk OR \x1b[31mred\u202e \x9b2J)"))


@pytest.mark.parametrize("query", QUERIES)
def test_a_feed_in_atom(app: Starlette, query: str) -> None:
    status, _, said = ask(app, f"/feed.atom{query}")
    assert status == 200, said
    assert clean(said)
    read = etree.fromstring(said.encode())
    assert clean("".join(map(str, read.itertext())))


@pytest.mark.parametrize("query", QUERIES)
def test_a_feed_in_json(app: Starlette, query: str) -> None:
    status, _, said = ask(app, f"/feed.json{query}")
    assert status == 200, said
    assert clean(said)
    assert all(map(clean, (item["title"] for item in json.loads(said)["items"])))


@pytest.mark.parametrize("form", ["atom", "json"])
@pytest.mark.parametrize("end", [" )(", ""])
def test_what_is_said_of_a_query_that_is_none(app: Starlette, form: str, end: str) -> None:
    status, _, said = ask(app, f"/feed.{form}?q=" + quote("raid OR \x1b[31mred\u202e \x9b2J" + end))
    assert (status, FORBIDDEN.search(said)) == (400, None)
