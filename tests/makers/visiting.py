"""Somebody at the pages, over the ASGI interface: they fill in forms, keep a cookie, and read their mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.applications import Starlette

from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.people.choices import StoryChoices
from alerts.people.members import Members
from alerts.people.subscriber import Delivery
from alerts.settings import MailSettings
from alerts.web.afterwards import Afterwards
from alerts.web.app import Pages, make_app
from crawler.places.gazetteer import shipped
from crawler.store.store import Store
from crawler.watch.watchlist import Watchlist
from tests.makers.browsing import ask
from tests.makers.mailing import MAIL

BASE = "https://alerts.icewire.example"
Fields = dict[str, str | Sequence[str]]


@dataclass
class Clock:
    """A clock that stands still until somebody sets it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Visitor:
    """A person with a browser that runs no script."""

    app: Starlette
    pages: Pages
    clock: Clock
    afterwards: Afterwards
    cookies: dict[str, str] = field(default_factory=dict)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def get(self, path: str, **headers: str) -> str:
        """Ask for a page; its HTML."""
        return self._ask(path, "GET", b"", headers)

    def post(self, path: str, form: Fields | None = None, **headers: str) -> str:
        """Send a form; the HTML of the page that it leads to."""
        page = self._ask(path, "POST", urlencode(form or {}, doseq=True).encode(), headers)
        return self.get(self.headers["location"]) if self.status == 303 else page

    def send(self, path: str, form: Fields | None = None) -> str:
        """Send a form of who is signed in, with what its page carries hidden."""
        return self.post(path, {**hidden(self.get("/manage")), **(form or {})})

    def mails(self) -> list[str]:
        """The texts of the mails that were queued so far, the oldest first."""
        self.afterwards.wait()
        with Session(self.pages.members.engine) as session:
            queued = session.exec(select(Delivery).order_by(col(Delivery.id))).all()
        bodies = (message_from_bytes(one.message, policy=policy.default).get_body(("plain",)) for one in queued)
        return [str(body.get_content()) for body in bodies if body]

    def link(self) -> str:
        """The path of the link in the newest mail."""
        found = re.search(rf"{re.escape(BASE)}(\S+)", self.mails()[-1])
        assert found
        return found[1]

    def sign_in(self, email: str) -> str:
        """Have a link mailed, follow it and press its button."""
        self.post("/manage/link", {"email": email})
        return self.post(self.link())

    def _ask(self, path: str, method: str, body: bytes, headers: dict[str, str]) -> str:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        host = urlsplit(BASE).netloc
        self.status, self.headers, self.page = ask(self.app, path, method, host, sent, body)
        for name, morsel in SimpleCookie(self.headers.get("set-cookie", "")).items():
            self.cookies.pop(name, None)
            if morsel.value:
                self.cookies[name] = morsel.value
        return self.page


def visit(engine: Engine, now: datetime, mail: MailSettings = MAIL, public: bool = True) -> Visitor:
    """A visitor of the pages of one database; what is done afterwards is done at once, and `mails` waits for it."""
    clock, afterwards = Clock(now), Afterwards(0, 0)
    rows = Watchlist(engine), Store(engine), Members(engine), Deliveries(engine)
    smtp = mail.model_copy(update={"smtp_host": "127.0.0.1"}) if public else mail
    pages = Pages(
        *rows,
        Links(b"a key", BASE),
        shipped(),
        clock,
        timezone="America/New_York",
        public=public,
        mail=smtp,
        afterwards=afterwards,
    )
    return Visitor(make_app(pages), pages, clock, afterwards)


def hidden(page: str) -> dict[str, str]:
    """The hidden token of the forms of a page."""
    return {"token": unescape(found[1])} if (found := re.search(r'name="token" value="([^"]*)"', page)) else {}


def said(page: str) -> str:
    """A page as words."""
    _, _, main = page.partition("<main")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main or page)).split())


def account_pages(engine: Engine, now: datetime, language: str = "en") -> dict[str, str]:
    """Every page of one's own searches, each in the state in which it holds the most; some story is stored."""
    visitor = visit(engine, now)
    own, lang = "settled@example.org", f"?lang={language}"
    post, members = visitor.pages.reception().post, visitor.pages.members
    wish: Fields = {"words": "courthouse OR raid -hockey", "chosen": ['place:"Waltham, MA"', 'near:"02453 25mi"']}
    subscribe = f"/subscribe{lang}"
    shown = {
        "subscribe": visitor.get(subscribe),
        "which place?": visitor.post(subscribe, {**wish, "place": "Walth", "do": "find"}),
        "search with a mistake": visitor.post(subscribe, {"query": "raid (arrest", "do": "check"}),
        "check": visitor.post(subscribe, {**wish, "words": "courthouse OR raid hockey", "do": "check"}),
        "check with mistakes": visitor.post(
            subscribe, {**wish, "email": "a@", "at": "25:00", "many": "no", "do": "subscribe"}
        ),
        "check your mail": visitor.get(f"/subscribe/sent{lang}"),
        "sign in": visitor.get(f"/manage{lang}"),
        "sign in with a mistake": visitor.post(f"/manage/link{lang}", {"email": "a@"}),
        "link on its way": visitor.get(f"/manage/sent{lang}"),
        "link is over": visitor.get(f"/manage/in/none{lang}"),
        "old question": visitor.get(f"/confirm/none{lang}"),
        "address is over": visitor.get(f"/manage/address/none{lang}"),
    }
    places = ('raid OR arrest place:"Waltham, MA"', "courthouse -hockey", 'detain* county:"Essex, MA"')
    for query in places:
        who, _ = members.subscribe(own, query, now, "America/New_York", "07:00", active=True, language=language)
    number = who.id or 0
    view = post.store.stories()[0]
    choices = StoryChoices(engine)
    choices.mute(number, view.story.id or 0, now)
    visitor.post("/manage/link", {"email": own})
    shown["link of a mail"] = visitor.get(visitor.pages.links.manage(number).removeprefix(BASE) + lang)
    shown["show my searches?"] = visitor.get(visitor.link() + lang)
    shown["manage"] = visitor.post(visitor.link() + lang)
    mine = f"/manage/search/{members.members([number])[0][1][1].id}"
    shown |= {
        "day in the past": visitor.send(f"/manage/pause{lang}", {"until": "2020-01-01"}),
        "name": visitor.get(f"{mine}{lang}"),
        "name with mistakes": visitor.send(f"{mine}{lang}", {"name": "a" * 81, "most": "none"}),
        "words": visitor.get(f"{mine}/words{lang}"),
        "look": visitor.send(f"{mine}/words{lang}", {**wish, "do": "check"}),
        "checkup": visitor.get(f"{mine}/checkup{lang}"),
        "end?": visitor.get(f"{mine}/end{lang}"),
        "address": visitor.get(f"/manage/address{lang}"),
        "leave?": visitor.get(f"/manage/leave{lang}"),
        "another address asked": visitor.send(f"/manage/address{lang}", {"email": "moved@example.org"}),
    }
    visitor.send("/manage/pause", {"until": "2026-04-01"})
    shown["paused"] = visitor.get(f"/manage{lang}")
    visitor.afterwards.wait()
    arriving = visitor.link() + lang
    shown |= {"new address?": visitor.get(arriving), "address changed": visitor.post(arriving)}
    visitor.sign_in("moved@example.org")
    shown["signed out"] = visitor.send(f"/manage/out{lang}")
    visitor.sign_in("moved@example.org")
    shown["left"] = visitor.send(f"/manage/leave{lang}")
    return shown
