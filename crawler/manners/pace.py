"""Which requests wait for each other, and how long: pure."""

from crawler.manners.waits import ip_literal, pace_name

LONGEST_PACE = 60.0  # seconds that a slow server can make us wait by itself; its robots.txt may ask for more


class Pace:
    """An auto-throttle a site that never undercuts Crawl-delay; all times are seconds."""

    def __init__(self, least: float) -> None:
        self.least = least  # between two requests; 0 = as fast as they answer
        self.asked: dict[str, float] = {}  # slot → Crawl-delay
        self.slow: dict[str, float] = {}  # slot → what its answers take
        self.shared: dict[str, str] = {}  # name → slot of the owner's machine that serves it

    def slot(self, url: str, owner: str = "") -> str:
        """What this request waits for: its site, or the machine it shares with others of the same owner."""
        name = pace_name(url)
        self.met(url, owner, ip_literal(url))
        return self.shared.get(name, name)

    def met(self, url: str, owner: str, address: str) -> None:
        """The machine that answered: an owner's papers on one machine are asked one after the other from now on."""
        if owner and address:
            self.shared.setdefault(pace_name(url), f"{owner} at {address}")

    def heed(self, slot: str, crawl_delay: float | None) -> None:
        """robots.txt asks for so much between two requests."""
        self.asked[slot] = max(self.asked.get(slot, 0.0), crawl_delay or 0.0)

    def throttle(self, slot: str, latency: float, status: int) -> None:
        """A server that takes longer gets longer pauses; an error page, which is quick, does not shorten them."""
        before = self.slow.get(slot, 0.0)
        after = min(max(latency, (before + latency) / 2), LONGEST_PACE)
        if status == 200 or after > before:
            self.slow[slot] = after

    def delay(self, slot: str) -> float:
        """Between two requests, at least."""
        return max(self.least, self.asked.get(slot, 0.0), self.slow.get(slot, 0.0) if self.least else 0.0)
