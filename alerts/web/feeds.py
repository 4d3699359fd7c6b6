"""Feeds of any query. Nobody is asked who they are, and what they asked for is written down nowhere."""

import hashlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from alerts.channels import StoryFeed, atom_feed, json_feed, open_query, story_feed
from alerts.locale import marked, translations
from alerts.query import NamedPlaces, QueryError
from alerts.web.answers import SECURITY_HEADERS, page
from alerts.web.language import language_of
from alerts.web.limits import Allowances
from alerts.web.turns import RETRY_AFTER, BusyError, turn
from crawler.store import Store
from crawler.text import visible

log = logging.getLogger(__name__)

FRESH_SECONDS = 600  # for which a reader need not ask again
AT_ONCE = 2  # feeds that are made: the pages go on while somebody asks for many
_HEADERS = {**SECURITY_HEADERS, "X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True)
class Feeds:
    """The newest stories of the query `q`; without it, every story."""

    store: Store
    base_url: str
    clock: Callable[[], datetime]
    limits: Allowances | None = None  # None: whoever asks may ask as often as they like
    turns: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def atom(self, request: Request, text: str | None = None) -> Response:
        """In Atom; a mistake is told as a page. `text` is the query where it is not `q` alone."""

        def wrong(error: QueryError) -> Response:
            return page(request, "wrong_query.html", 400, error=error)

        return self._answer(request, text, "application/atom+xml", atom_feed, wrong)

    def json(self, request: Request, text: str | None = None) -> Response:
        """In JSON Feed; a mistake is told in JSON."""

        def wrong(error: QueryError) -> Response:
            told = {name: getattr(error, name) for name in ("message", "column", "pointed", "suggestion")}
            seen = {name: visible(said) if isinstance(said, str) else said for name, said in told.items()}
            return JSONResponse({"error": seen}, 400)

        return self._answer(request, text, "application/feed+json", json_feed, wrong)

    def _answer(
        self,
        request: Request,
        text: str | None,
        kind: str,
        write: Callable[[StoryFeed], bytes],
        wrong: Callable[[QueryError], Response],
    ) -> Response:
        if self.limits:
            self.limits.take(request, "search")
        try:
            feed = self._feed(request.query_params.get("q", "") if text is None else text)
            answer = _fresh_or_same(request, write(feed), kind, feed.changed_at)
        except QueryError as error:
            answer = wrong(error)
        except BusyError:
            answer = _told(request, marked("Too many feeds are asked for at once."), 503)
            answer.headers.update(RETRY_AFTER)
        except Exception as error:  # noqa: BLE001  its traceback would hold what was asked for
            log.error("a feed cannot be made: %s", type(error).__name__)
            answer = _told(request, marked("This feed cannot be made."), 500)
        answer.headers.update(_HEADERS)
        return answer

    def _feed(self, text: str) -> StoryFeed:
        query = open_query(text, NamedPlaces(), self.store.outlets() or None, self.clock().date())
        with turn(self.turns):
            return story_feed(self.store, query, self.base_url)


def _told(request: Request, sentence: str, status: int) -> Response:
    language = language_of(request)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(translations(language).gettext(sentence), status, headers, "text/plain")


def _fresh_or_same(request: Request, body: bytes, kind: str, changed_at: datetime | None) -> Response:
    """The document, or 304 for who has it (RFC 9110, 13.1: an ETag that is sent back decides alone)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={FRESH_SECONDS}"}
    if changed_at:
        headers["Last-Modified"] = format_datetime(changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True)
    if _has_it(request, etag, changed_at):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=f"{kind}; charset=utf-8")


def _has_it(request: Request, etag: str, changed_at: datetime | None) -> bool:
    if (known := request.headers.get("if-none-match")) is not None:
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return etag in tags or "*" in tags
    since = None
    with suppress(ValueError):
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    if since is None or changed_at is None:
        return False
    return changed_at - (since if since.tzinfo else since.replace(tzinfo=UTC)) < timedelta(seconds=1)
