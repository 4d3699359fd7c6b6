"""From a feed to a mail, a page and a terminal: what nobody sees and what steers anything gets to none of them."""

import contextlib
import io
import shutil
import tempfile
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from html import escape
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.people.subscriber import Delivery
from alerts.web.app import Pages, make_app
from crawler.extract.article import Hint, extract
from crawler.feeds.feed import read_feed
from crawler.model import as_written
from crawler.places.gazetteer import Gazetteer, shipped
from scheduler.show import say
from tests.makers.browsing import ask
from tests.makers.extracting import PARAGRAPHS, page
from tests.makers.mailing import join, mailed, morning_after, parts, post_of
from tests.makers.making import HALF_HOURLY, NOON, keep, outlet, watch
from tests.makers.storing import engine_on

# Control and format characters, and all else that Unicode calls default ignorable (DerivedCoreProperties 16.0), but for
# the joiners and the selectors of pictures, which are seen where they belong.
STEERING = [*map(chr, range(0x09)), *map(chr, range(0x0E, 0x20)), *map(chr, range(0x7F, 0xA0)), "\x0b", "\x0c"]
UNSEEN = list(
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200e\u200f\u202a\u202b\u202c\u202d"
    "\u202e\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufeff"
    "\uffa0\ufff0\ufff8\ufff9\ufffa\ufffb\U0001bca0\U0001bca3\U0001d173\U0001d17a\U000e0001\U000e0041\U000e007f"
    "\U000e0100\U000e01ef\U000e0fff"
)
ORDERS = [
    "\x1b[31m",
    "\x1b]0;owned\x07",
    "\x1b]8;;https://evil.example\x1b\\",
    "\x1bc",
    "\x9b2J",
    "\r\nBcc: x@evil.example\r\n",
]
WORDS = ["ICE", "agents", "detain", "four", "in", "Waltham", "Peñasco", "Līhuʻe", "👩‍👧", "<b>held</b>", "&", "“raid”"]
TEXTS = st.lists(
    st.sampled_from(WORDS) | st.sampled_from(WORDS) | st.sampled_from([*STEERING, *UNSEEN, *ORDERS]), max_size=14
).map(lambda pieces: "ICE agents detain " + "".join(p + " " * (p in WORDS and n % 2) for n, p in enumerate(pieces)))
FORBIDDEN = {*STEERING, *UNSEEN}


def entities(text: str) -> str:
    """As numbers, as some systems write all that is not ASCII."""
    return "".join(c if c.isascii() and c.isprintable() and c not in "<&" else f"&#{ord(c)};" for c in text)


def published(engine: Engine, texts: list[str], as_entities: bool) -> None:
    """An outlet's feed and its page, read and stored."""
    write = entities if as_entities else escape
    title, said, author = map(write, texts)
    link = "https://ledger.example/2026/03/09/raid-in-waltham"
    feed = (
        f"<rss version='2.0'><channel><title>News</title><item><title>{title}</title><link>{link}</link>"
        f"<description>{said}</description><pubDate>Mon, 09 Mar 2026 11:00:00 GMT</pubDate></item></channel></rss>"
    )
    [item] = read_feed(feed.encode(), "https://ledger.example/feed", "application/rss+xml", now=NOON).items
    body = page(h1=title, byline=f"By {author}", paragraphs=(*PARAGRAPHS, f"{said} by a clerk who was there."))
    article = extract(body, item.url, "ledger", NOON, "", Hint(item.title, item.published))
    keep(engine, article)
    assert not FORBIDDEN & set("".join((item.title, item.summary, article.title, *article.authors, article.url)))
    assert not FORBIDDEN & (set(article.text) - {"\n"})


def headers_of(delivery: Delivery) -> str:
    message = message_from_bytes(delivery.message, policy=policy.default)
    older = [str(make_header(decode_header(v))) for v in message_from_bytes(delivery.message).values()]
    assert {*message} & {"Bcc", "bcc"} == set()
    return "\n".join([*map(str, message.values()), *(one.replace("\r\n", "\n") for one in older)])


def printed(text: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        say(text)
    return out.getvalue()


def shown_by(post: Post, engine: Engine, why: str) -> list[str]:
    """All that mails, pages and the terminal show of it."""
    watchlist = watch(engine, outlet("ledger", name="The Ledger"), outlet("radio"))
    watchlist.record_feed_failure(2, as_written(why), 0.25, NOON, HALF_HOURLY)
    queue_due_digests(post, SourcesRead(2, (("The Radio", as_written(why)),)), morning_after(NOON))
    delivery = post.deliveries.latest_digest()
    assert delivery is not None
    assert not set(delivery.message.decode("ascii")) & (FORBIDDEN - {"\n"})  # the bytes themselves
    app = make_app(Pages(watchlist, post.store, post.members, post.deliveries, post.links, shipped(), lambda: NOON))
    pages = [ask(app, path)[2] for path in ("/", "/digest/latest", "/feed.atom", "/feed.json")]
    return [headers_of(delivery), *parts(mailed(post)), *pages, printed(why)]


@pytest.mark.slow
@settings(max_examples=15, phases=(Phase.explicit, Phase.generate))  # what fails is short, and each try is slow
@given(texts=st.lists(TEXTS, min_size=3, max_size=3), why=TEXTS, as_entities=st.booleans())
def test_whatever_a_page_holds_only_what_is_seen_gets_out(
    sqlite_template: Path, gazetteer: Gazetteer, texts: list[str], why: str, as_entities: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "icewire.db")
        shutil.copy(sqlite_template, file)
        with engine_on(file) as engine:
            watch(engine, outlet("ledger"))
            post = post_of(engine)
            join(post, NOON, query="agents")
            published(engine, texts, as_entities)
            match_unmatched(post.store, LiveSearches(engine, gazetteer), post.matches, NOON)
            for text in shown_by(post, engine, why):
                assert sorted(set(text) & FORBIDDEN) in ([], ["\n"])
