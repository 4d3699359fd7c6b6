"""Why a request is not made at all: what robots.txt and the fence around private networks say."""

from scrapy.exceptions import IgnoreRequest

from crawler.manners import NOT_ALLOWED, Robots, why_private


class RobotsRefused(IgnoreRequest):
    """robots.txt does not allow this address."""

    def __init__(self) -> None:
        super().__init__(NOT_ALLOWED)


class RobotsUnavailable(IgnoreRequest):
    """robots.txt could not be had, so nothing may be asked (RFC 9309, section 2.3.1.4); `until` says when to try."""

    def __init__(self, robots: Robots) -> None:
        said = f"answered {robots.status}" if robots.status else "could not be had"
        super().__init__(f"robots.txt {said}, so nothing is asked before it can be read")
        self.until = robots.fresh_until


class PrivateAddress(IgnoreRequest):
    """The host is, or resolves to, an address that is not on the public internet."""

    def __init__(self, host: str) -> None:
        super().__init__(why_private(host))
