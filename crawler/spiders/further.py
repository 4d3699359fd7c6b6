"""The further pages of a story: which to ask for, and the page for the desk when all are there."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.glance import next_page, whole_story
from crawler.spiders.desk import Page

MOST_PAGES = 5  # of one story
_WHOLE = 200  # a good answer


@dataclass(slots=True)
class Further:
    """A story's first page, and those behind it so far. Pages of its own host only, each once."""

    first: Page
    bodies: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    is_whole: bool = False

    @property
    def next(self) -> str:
        """The address to ask for now; "" when the story ends, or is long enough."""
        if self.is_whole or len(self.bodies) + 1 >= MOST_PAGES or len(self.asked) > len(self.bodies):
            return ""
        last = (self.bodies[-1], self.asked[-1]) if self.bodies else (self.first.body, self.first.url)
        address = next_page(*last)
        if address and not self.asked and (whole := whole_story(*last)):
            address, self.is_whole = whole, True
        if not address or address in (self.first.url, *self.asked):
            return ""
        self.asked.append(address)
        return address

    def take(self, response: Response) -> None:
        """What was answered; anything but a page ends the story here."""
        at_home = urlsplit(response.url).netloc == urlsplit(self.first.url).netloc
        if at_home and response.status == _WHOLE and b"html" in (response.headers.get("Content-Type") or b"html"):
            self.bodies.append(response.body)

    @property
    def page(self) -> Page:
        """The story's page, with those behind it."""
        return replace(self.first, more=tuple(self.bodies))
