"""What this crawl has settled of late, for entries of other feeds that come late."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Literal

from crawler.model import Entry
from crawler.text import canonical_url, is_dressed, link_url
from crawler.watch import SETTLED, Outcome

MOST = 15_000  # names remembered
Name = tuple[Literal["page", "link", "address"], str]


class Finished:
    """Outcomes of pages, each by as much of an address as it holds for (`holds_for`)."""

    def __init__(self) -> None:
        self.known: OrderedDict[Name, Outcome] = OrderedDict()

    def remember(self, key: str, asked: str, listed: Iterable[str], outcome: Outcome) -> None:
        """What came of the page with this key, of which this address was asked; these led to it."""
        if outcome.state not in SETTLED:
            return
        names: set[Name] = {("address", asked)}
        if outcome.state == "fetched" and not is_dressed(asked):
            names |= {("page", key), *(("page", canonical_url(url)) for url in listed)}
        elif outcome.state != "refused":
            names.add(("link", link_url(asked)))
        self.known.update(dict.fromkeys(names, outcome))
        while len(self.known) > MOST:
            self.known.popitem(last=False)

    def outcome_of(self, entry: Entry) -> Outcome | None:
        """What is known of an entry's page; None for one that comes back, as it has changed."""
        if entry.article_id or entry.reason:
            return None
        url, own = entry.url, canonical_url(entry.url)
        if found := self.known.get(("address", url)) or self.known.get(("link", link_url(url))):
            return found
        # Under another headline its number leads to the page as it is now.
        renamed = entry.page != own and ("page", own) not in self.known
        return None if renamed else self.known.get(("page", entry.page))
