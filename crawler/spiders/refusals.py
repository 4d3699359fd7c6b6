"""Why a request is not made at all: what robots.txt and the fence around private networks say."""

from scrapy.exceptions import IgnoreRequest

from crawler.manners import NOT_ALLOWED, Robots, why_private
from crawler.model import IcewireError, Why, because


class Refusal(IgnoreRequest):
    """We do not ask; `why` says why."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


class StaysDue(IcewireError):
    """Whoever was asked for stays due, as if it had not been."""


class TimeOver(StaysDue):
    """The crawl that wanted it is over."""

    def __init__(self) -> None:
        super().__init__("the crawl is over")


class OurOutage(StaysDue):
    """Nobody could be reached."""

    def __init__(self) -> None:
        super().__init__(because("no_network"))


class RobotsRefused(Refusal):
    """robots.txt does not allow this address."""

    def __init__(self) -> None:
        super().__init__(NOT_ALLOWED)


class RobotsUnavailable(Refusal):
    """robots.txt could not be had, so nothing may be asked (RFC 9309, section 2.3.1.4); `until` says when to try."""

    def __init__(self, robots: Robots) -> None:
        super().__init__(
            because("robots_answered", status=robots.status) if robots.status else because("robots_not_had")
        )
        self.until = robots.fresh_until


class PrivateAddress(Refusal):
    """The host is, or resolves to, an address that is not on the public internet."""

    def __init__(self, host: str) -> None:
        super().__init__(why_private(host))
