"""Stand-in until the crawl by sites is there."""

from dataclasses import dataclass, field

from scheduler.settings import Settings


@dataclass
class SiteReport:
    site: str
    counts: dict[str, int] = field(default_factory=dict)
    left: bool = False
    failed: str = ""


class SiteCrawl:
    def __init__(self, settings: Settings, silence: float = 300) -> None: ...

    def read(self, site: str) -> SiteReport:
        return SiteReport(site)

    def end(self, patience: float) -> None: ...
