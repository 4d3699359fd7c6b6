"""The pages: what the daemon does, the latest digest, and the two links that mails carry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from alerts.channels import FEED_PATHS
from alerts.digest import Post, kept_rest
from alerts.join import said_follow
from alerts.locale import known_language, marked, translations
from alerts.mail import Deliveries, Links, page_of
from alerts.operator import Status, status_of
from alerts.people import Consents, Members, Subscription
from alerts.query import PlaceLookup, parse, read_back
from alerts.settings import DigestSettings, MailSettings
from alerts.web.account import Following, Joining, Managing, Reception
from alerts.web.afterwards import Afterwards
from alerts.web.answers import MAIL_HEADERS, SECURITY_HEADERS, page
from alerts.web.archive import Archive, ReadingLine
from alerts.web.assets import ASSET_PATH, asset
from alerts.web.feeds import Feeds
from alerts.web.language import language_of
from alerts.web.limits import ALLOWANCES, Allowance, Allowances, Costly
from alerts.web.maps import Maps
from alerts.web.sources import Sources
from crawler.store import Store
from crawler.watch import Watchlist


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages show and change."""

    watchlist: Watchlist
    store: Store
    members: Members
    deliveries: Deliveries
    links: Links
    places: PlaceLookup
    clock: Callable[[], datetime]
    states: tuple[str, ...] = ()
    timezone: str = "UTC"  # of the times that the pages show
    public: bool = False  # others can reach it: then nothing about subscribers is shown
    with_feeds: bool = True  # of any query, to whoever asks
    mail: MailSettings = field(default_factory=MailSettings)
    digest: DigestSettings = field(default_factory=DigestSettings)
    proxies: tuple[str, ...] = ()  # what these say of who asks is believed
    allowances: Mapping[Costly, Allowance] = field(default_factory=lambda: ALLOWANCES)  # of each network
    afterwards: Afterwards = field(default_factory=Afterwards)

    def status(self) -> Status:
        """What the front page tells."""
        return status_of(self.watchlist, self.store, self.members, self.deliveries, self.states, self.clock())

    def how_it_goes(self, request: Request) -> Response:
        """Sources read and failing, stories found, the next digest."""
        latest = None if self.public else self.deliveries.latest_digest()
        return page(
            request,
            "status.html",
            status=self.status(),
            latest=latest,
            public=self.public,
            timezone=self.timezone,
            today=self.clock().astimezone(ZoneInfo(self.timezone)).date(),
        )

    def health(self, request: Request) -> Response:
        """The same for a machine; 503 when no source could be read."""
        status = self.status()
        good = status.read > 0 or not status.failing
        return JSONResponse(status.as_json(), 200 if good else 503, SECURITY_HEADERS)

    def latest_digest(self, request: Request) -> Response:
        """The newest digest as a page, on this machine only."""
        delivery = None if self.public else self.deliveries.latest_digest()
        if delivery is None:
            raise HTTPException(404, marked("There is no digest to show yet."))
        return HTMLResponse(page_of(delivery.message), headers=MAIL_HEADERS)

    def rest(self, request: Request) -> Response:
        """What a digest only counted, to who has its link: by their own clock, and for no search engine."""
        named = self.links.read_rest(request.path_params["token"])
        kept = kept_rest(self.members.engine, *named) if named else None
        if named is None or kept is None:
            raise HTTPException(404, marked("There is no such list, or it is too old to be kept."))
        sections = [_read(section) for section in kept[1]]
        return page(
            request, "rest.html", known=self._known(named[0]), day=named[1], timezone=kept[0], sections=sections
        )

    def unsubscribe(self, request: Request) -> Response:
        """GET shows a button and changes nothing, as mail scanners follow links; POST needs no login (RFC 8058)."""
        subscriber_id = self.links.read_unsubscribe(request.path_params["token"])
        if subscriber_id is None:
            raise HTTPException(404, marked("This link is not one of ours; copy the whole of it from the mail."))
        known = self._known(subscriber_id)
        t = translations(language_of(request, known))
        if request.method != "POST":
            return page(
                request,
                "question.html",
                known=known,
                title=t.gettext("Stop these mails?"),
                button=t.gettext("Stop the mails"),
                text=t.gettext("You will get no more digests, and your address is erased within 7 days."),
            )
        self.members.leave(subscriber_id, self.clock())
        return page(
            request,
            "answer.html",
            known=known,
            title=t.gettext("You will get no more mails"),
            text=t.gettext("Your address and your searches are erased within 7 days."),
        )

    def confirm(self, request: Request) -> Response:
        """GET shows what would come, and a button; POST says yes to that one search."""
        named = self.links.read_confirm(request.path_params["token"], self.clock())
        asking = Consents(self.members.engine)
        if named is None:
            return page(request, "account/over.html", 404, what="old")
        post = request.method == "POST"
        answer = asking.say_yes(*named, self.clock()) if post else asking.read(*named)
        if answer is None or answer.outcome in ("left", "asked again"):
            what = answer.outcome if answer else "left"
            return page(request, "account/over.html", 404, what=what)
        known = known_language(answer.subscriber.language)
        t = translations(language := language_of(request, known))
        if answer.outcome == "yes" and not post:
            return page(
                request,
                "confirm.html",
                known=known,
                reading=self._reading(answer.subscription, language),
                at=answer.subscriber.digest_at,
                timezone=answer.subscriber.timezone,
            )
        new = answer.outcome == "yes"
        title = t.gettext("Your digest is on its way") if new else t.gettext("You have said yes already")
        text = t.gettext("The first one comes at its next hour.")
        return page(request, "answer.html", known=known, title=title, text=text)

    def reception(self) -> Reception:
        """What the pages of one's own searches work with."""
        post = Post.of(self.members.engine, self.links, self.mail, self.digest)
        limits = Allowances(self.clock, self.proxies, self.allowances)
        return Reception(post, self.places, self.clock, limits, self.timezone, self.public, self.afterwards)

    def _reading(self, subscription: Subscription, language: str) -> str:
        """What a search finds, in our words."""
        if subscription.story_id is not None:
            return said_follow(subscription.name, language)
        return read_back(parse(subscription.query, self.places), language)  # an outlet may be called otherwise by now

    def _known(self, subscriber_id: int) -> str:
        """What the subscriber reads to whom a link belongs; "" when there is no such one."""
        kept = self.members.language(subscriber_id)
        return known_language(kept) if kept else ""


def _read(section: dict[str, Any]) -> dict[str, Any]:
    """A section of what was kept, with its times as times."""
    stories = [s | {"at": s["at"] and datetime.fromisoformat(s["at"])} for s in section["stories"]]
    return section | {"stories": stories}


def not_found(request: Request, error: Exception) -> Response:
    """An error as a page a person can read."""
    assert isinstance(error, HTTPException)
    t = translations(language_of(request))
    text = error.detail if error.detail != "Not Found" else marked("There is no such page.")
    answer = page(request, "answer.html", error.status_code, title=t.gettext("Sorry"), text=t.gettext(text))
    answer.headers.update(error.headers or {})  # when to ask again
    return answer


def make_app(pages: Pages, more: Sequence[Route] = ()) -> Starlette:
    """The ASGI application, with `more` pages of the operator's.

    What only this machine may see is shown under this machine's names only.
    """
    here = ["127.0.0.1", "localhost", "::1", "[::1]", urlsplit(pages.links.base_url).hostname or "localhost"]
    # A page elsewhere could let its own name lead to this machine and read ours (DNS rebinding).
    guard = [] if pages.public else [Middleware(TrustedHostMiddleware, allowed_hosts=here, www_redirect=False)]
    reception = pages.reception()
    feeds = Feeds(pages.store, pages.links.base_url, pages.clock, reception.limits)
    line = ReadingLine(pages.watchlist, pages.states, pages.clock)
    kept = feeds if pages.with_feeds else None
    where = pages.links.base_url.rstrip("/")
    archive = Archive(pages.store, where, pages.clock, pages.timezone, reception.limits, kept, line)
    made = [Route(FEED_PATHS["atom"], feeds.atom), Route(FEED_PATHS["json"], feeds.json)] if pages.with_feeds else []
    return Starlette(
        routes=[
            *made,
            *more,
            Route("/status", pages.how_it_goes),
            *archive.routes(),
            *Maps(pages.store, pages.watchlist, pages.clock).routes(),
            *Sources(pages.store, pages.watchlist, pages.clock, pages.states, pages.timezone).routes(),
            Route("/health", pages.health),
            Route(ASSET_PATH, asset),
            Route("/digest/latest", pages.latest_digest),
            Route("/digest/{token}", pages.rest),
            *Joining(reception).routes(),
            *Following(reception).routes(),
            *Managing(reception).routes(),
            Route("/unsubscribe/{token}", pages.unsubscribe, methods=["GET", "POST"]),
            Route("/confirm/{token}", pages.confirm, methods=["GET", "POST"]),
        ],
        middleware=guard,
        exception_handlers={HTTPException: not_found},
    )
