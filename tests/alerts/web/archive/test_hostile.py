"""What outlets and strangers write does no harm on any page: mark-up, scripts, characters that deceive, parameters."""

import json
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.applications import Starlette

from crawler.model import Source
from tests.makers.browsing import ask
from tests.makers.making import BODY, WALTHAM, article, keep, verdict

HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    "\u202egnitirw sdrawkcab\u202c and \u2066inside\u2069",
    "ІСЕ аrrеsts in Wаlthаm",  # Cyrillic letters
    "\x1b[31mred\x1b[0m \x07",
    "\x00 NUL and \x85",
    "&lt;b&gt; &amp; &quot;",
    "a" * 3000,
    "]]> <!-- -->",
]
LINKS = ["javascript:alert(1)", "data:text/html,<script>", "//bad.example", "vbscript:x", 'https://x.example/"><b>', ""]
PATHS = ("/", "/stories", "/stories?lang=es", "/stories/1", "/week/ma/middlesex-county?week=2026-W11", "/status")


class Elements(HTMLParser):
    """The elements of a page, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def is_harmless(html: str) -> bool:
    page = Elements(html)
    known = {"", "http", "https"}
    events = {name for name in page.attributes if name.startswith("on") or name == "style"}
    seen = set("\x00\x07\x1b\x85\u202e\u2066\u2069") & set(html)
    schemes = {urlsplit(link).scheme for link in page.links}
    return not ({"script", "img", "b" * 2} & set(page.names) or events or seen) and schemes <= known


@pytest.mark.parametrize("written", HOSTILE)
def test_what_an_outlet_writes_is_text(app: Starlette, sqlite_engine: Engine, written: str) -> None:
    place = WALTHAM | {"name": "Waltham", "sentence": BODY.splitlines()[2], "further": [written]}
    first = keep(
        sqlite_engine,
        article(title=written, wire=written, authors=[written], language="en", link="https://ledger.example/raid"),
        of=verdict(places=[place], evidence=[{"term": written, "where": "title", "weight": 1.0, "sentence": written}]),
    )
    keep(sqlite_engine, article("two", "gazette", title=written * 2), story=first.story_id)
    with Session(sqlite_engine) as session:
        session.get_one(Source, "ledger").name = written
        session.commit()
    for path in PATHS:
        status, _, body = ask(app, path)
        assert (status, is_harmless(body)) == (200, True), path
    assert json.loads(ask(app, "/stories/1.json")[2])["id"] == 1
    assert json.loads(ask(app, "/stories.json")[2])["count"] == 1
    assert json.loads(ask(app, "/stories/1.csl.json")[2])[0]["id"] == "icewire-1"


@pytest.mark.parametrize("link", LINKS)
def test_only_web_addresses_are_links(app: Starlette, sqlite_engine: Engine, link: str) -> None:
    keep(sqlite_engine, article(link=link))
    for path in PATHS[:5]:
        assert is_harmless(ask(app, path)[2]), path
    for address in ("/stories.json", "/stories/1.json"):
        assert "javascript" not in ask(app, address)[2]


ODD = st.sampled_from(
    [
        "%00", "%ff%fe", "%ed%a0%80", "%f0%9f%92%a9", "%e2%80%ae", "9" * 5000, "0001-01-01", "9999-12-31", "-1",
        "1e999", "2026-W53", "%0d%0aSet-Cookie:a=1", "..%2f..%2fetc%2fpasswd", "%22", "%27%3b--", "(" * 300,
        "raid%20" * 700, "NEAR", "-", "a*", "7.7", "0.1", "-1.1", "%25", "+", "MA", "arrest", "ledger", "es",
    ]
)  # fmt: skip
NAMES = ("q", "place", "kind", "outlet", "language", "since", "until", "older", "newer", "lang", "week")
LISTS = (
    "/ /stories /stories.json /stories.csv /stories.atom /stories/feed.json /feed.atom /feed.json /stories/1 "
    "/stories/1.json /week/ma/middlesex-county /week/ma/middlesex-county.json /status"
).split()


@pytest.mark.slow
def test_no_parameter_breaks_an_answer(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())

    @given(st.sampled_from(LISTS), st.dictionaries(st.sampled_from(NAMES), ODD | st.text(max_size=20).map(_percent)))
    def asked(path: str, given: dict[str, str]) -> None:
        status, headers, body = ask(app, f"{path}?{'&'.join(f'{name}={value}' for name, value in given.items())}")
        assert status in (200, 400), body
        if status == 400 and path.endswith(".json"):
            assert headers["content-type"].startswith(("application/json", "text/html"))

    asked()


@pytest.mark.parametrize(
    "path",
    [
        "/week/ma/nowhere-county", "/week/xx/middlesex-county", "/week/ma/" + "x" * 5000, "/week/MA/%00",
        "/week/massachusetts/middlesex-county", "/stories/" + "1" * 9, "/stories/1/2", "/week/ma/waltham",
    ],
)  # fmt: skip
def test_what_is_nowhere_is_told(app: Starlette, path: str) -> None:
    assert ask(app, quote(path, safe="/%"))[0] == 404


@pytest.mark.parametrize("week", ["2026-W54", "2026-10", "9999-W52", "0000-W01", "1" * 5000, "2026-W10x", "0001-W01"])
def test_a_week_that_is_none_is_told(app: Starlette, week: str) -> None:
    status, _, body = ask(app, f"/week/ma/middlesex-county?week={week}")
    assert status == 400 or week in ("9999-W52", "0001-W01")
    assert status in (200, 400)
    assert body


def _percent(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")
