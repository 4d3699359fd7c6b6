"""Whether readers reach our page from anywhere: it is asked as a mail program would."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from alerts.settings import is_local, is_one_click
from scheduler.doctor.diagnosis import Diagnosis
from scheduler.doctor.names import CannotLookError, Names

NOBODYS = 404  # what icewire answers to a token that is none
HARMLESS = "icewire-doctor"  # no token of ours: it ends nobody's mail
_REFUSAL = "This link is not one of ours"  # in the words of our page
_WITHIN = 10.0  # seconds
_MOST = 65536  # bytes

Ask = Callable[[str, bytes | None], "Answered"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a request: a status and the beginning of what was said; 0 = nobody answered, and why."""

    status: int
    said: str


def ask_page(url: str, posted: bytes | None = None) -> Answered:
    """GET, or POST as RFC 8058 wants; a redirect is no answer."""
    request = urllib.request.Request(url, posted, {"User-Agent": "icewire-doctor"})  # noqa: S310  ours
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=_WITHIN) as answer:
            return Answered(answer.status, answer.read(_MOST).decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        with error:
            return Answered(error.code, error.read(_MOST).decode("utf-8", "replace"))
    except (OSError, ValueError, ssl.SSLError) as error:
        return Answered(0, str(getattr(error, "reason", error)))


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: one-click must be answered where it is asked."""

    def redirect_request(self, *given: object) -> None:
        """None."""


def look_at_page(url: str, names: Names, ask: Ask = ask_page) -> Iterator[Diagnosis]:
    """Whether `web.public_url` leads to icewire's page, and its address for one click answers."""
    if not url:
        mend = "set web.public_url: the unsubscribe link must work from anywhere"
        yield Diagnosis("page", "note", "readers reach it from this machine only", mend)
        return
    host = urlsplit(url).hostname or ""
    if not is_one_click(url) or is_local(url):
        said = "web.public_url is not https: mail to anybody but the operator is held back, as its links are not safe"
        if is_local(url):
            said = "web.public_url leads to this machine only: mail to anybody but the operator is held back"
        yield Diagnosis("page", "note", said, "write the https address of a web server in front (docs/operating.md)")
    try:
        if not names.addresses(host):
            mend = f"write an address record (A or AAAA) at {host} that names the web server in front of icewire"
            yield Diagnosis("page", "note", f"{host} leads nowhere: no link in a mail works", mend)
            return
    except CannotLookError as error:
        yield Diagnosis("page", "note", f"cannot look where {host} leads: {error}")
        return
    yield page_diagnosis(
        url, ask(f"{url.rstrip('/')}/health", None), ask(one_click(url), b"List-Unsubscribe=One-Click")
    )


def one_click(url: str) -> str:
    """An address for one click that is nobody's."""
    return f"{url.rstrip('/')}/unsubscribe/{HARMLESS}"


def page_diagnosis(url: str, health: Answered, posted: Answered) -> Diagnosis:
    """What the answers tell; a token that is nobody's must be refused by our own page, not by what stands in front."""
    behind = "have the web server in front pass everything, also POST, to icewire's port; is the daemon running?"
    if not health.status:
        return Diagnosis("page", "note", f"{url} does not answer from here: {health.said}", behind)
    if not _is_ours(health.said):
        return Diagnosis("page", "note", f"{url} answers {health.status}, and not as icewire does", behind)
    if posted.status != NOBODYS or _REFUSAL not in posted.said:
        said = f"one click to unsubscribe is answered {posted.status or posted.said}, where icewire would say {NOBODYS}"
        return Diagnosis("page", "note", said, behind)
    return Diagnosis("page", "ok", f"{url} answers, and takes one click to unsubscribe")


def _is_ours(said: str) -> bool:
    try:
        return "feeds" in json.loads(said)
    except (ValueError, TypeError):
        return False
