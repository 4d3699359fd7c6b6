"""Whose fault it is that nobody answers: pure decisions."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urljoin

from crawler.manners.waits import pace_name

# again: the line works now, but so many failed together that each is asked once more before it counts.
Fault = Literal["theirs", "ours", "again"]

MANY = 3  # sites that fail one after another, and none answers in between
_PORTAL_STATUS = 511  # RFC 6585, section 6: "Network Authentication Required"


def is_ours(failed: Mapping[str, bool], others: int) -> bool:
    """Whether nobody can be reached at all, so that it is our own line.

    `failed` are the sites that did not answer since anybody did, and whether each failed in a way that only our side
    can: no route, a resolver that does not answer. `others` is how many sites, of those that had answered before, were
    then asked and did not answer either. One outlet that is watched alone says nothing of the line by not answering.
    """
    return bool(failed) and (others > 0 or len(failed) >= MANY or all(failed.values()))


def is_proof(url: str, status: int, location: str = "", before: str = "") -> bool:
    """Whether an answer shows that the line works; `before` is the first address, when redirects led here.

    The page at which a hotel's network asks for a room number answers for everybody, or sends everybody to itself.

    >>> is_proof("https://paper.example/feed", 503), is_proof("http://paper.example/", 302, "http://login.hotel/")
    (True, False)
    """
    if status == _PORTAL_STATUS or (before and pace_name(before) != pace_name(url)):
        return False
    return not (300 <= status < 400 and location) or pace_name(_joined(url, location)) == pace_name(url)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return url
