"""One polite GET outside a crawl, for a file that a person named."""

import socket
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import IcewireError
from crawler.manners import is_public
from crawler.settings import CrawlSettings, user_agent


def fetch(url: str, settings: CrawlSettings) -> bytes:
    """The body at an http(s) address. Raises IcewireError: refused, unreachable, cut off, too large, not 200."""
    guard = _Guard(settings.allow_private_addresses)
    opener = urllib.request.build_opener(guard)
    try:
        request = urllib.request.Request(url, headers={"User-Agent": user_agent(settings)})  # noqa: S310  _Guard
        with opener.open(guard.check(request), timeout=settings.timeout_seconds) as response:
            body: bytes = response.read(settings.max_page_bytes + 1)
            cut_off = len(body) <= settings.max_page_bytes and bool(response.length)  # bytes still promised
    except urllib.error.HTTPError as error:
        raise IcewireError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, ValueError, HTTPException) as error:
        raise IcewireError(f"{url}: {getattr(error, 'reason', None) or error}") from error
    if cut_off:
        raise IcewireError(f"{url}: the answer was cut off")
    if len(body) > settings.max_page_bytes:
        raise IcewireError(f"{url}: larger than crawl.max_page_bytes ({settings.max_page_bytes})")
    return body


class _Guard(urllib.request.HTTPRedirectHandler):
    """Refuses what is not http(s) and hosts in private networks, on every redirect too."""

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private

    def check(self, request: urllib.request.Request) -> urllib.request.Request:
        parts = urlsplit(request.full_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise IcewireError(f"{request.full_url} is not an http(s) address")
        if not self.allow_private:
            for *_, address in socket.getaddrinfo(parts.hostname, parts.port or 443):
                if not is_public(str(address[0])):
                    raise IcewireError(
                        f"{parts.hostname} is on a private or loopback network; "
                        "set crawl.allow_private_addresses = true to allow it"
                    )
        return request

    def redirect_request(self, *args: Any) -> urllib.request.Request | None:
        request = super().redirect_request(*args)
        return self.check(request) if request else None
