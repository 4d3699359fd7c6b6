"""Of which country a story is: icewire is of the United States, and what happens elsewhere is told there, too."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from crawler.text import DataTable
from crawler.topic.bare_word import BareWord
from crawler.topic.finder import TermFinder

Says = Literal["country", "destination", "power", "home"]

# Country-code domains that outlets of the United States and its territories use as well.
_OPEN_DOMAINS = frozenset("us pr vi gu as mp co io tv me fm am la ly cc gg to ws nu ai sh".split())
_LEAD = 700  # characters of the text that tell where a story is set


@dataclass(frozen=True, slots=True)
class _Names:
    role: Says
    terms: tuple[str, ...]


class Countries:
    """Names of other countries and their institutions, and words that only stories of the United States use."""

    def __init__(self, data: DataTable, bare: BareWord) -> None:
        """Raises ValueError, which names file, table and key."""
        self._names = [_Names(role, data.table(role).texts("terms")) for role in get_args(Says)]
        self._bare = bare
        self._outlets = frozenset(data.table("outlets").texts("sites"))

    @cached_property
    def _finder(self) -> TermFinder[_Names]:
        """Made when it is first wanted, as that of a topic."""
        return TermFinder(self._names, self._bare)

    def load(self) -> None:
        """Make what finds them."""
        self._finder  # noqa: B018

    def said(self, text: str) -> set[Says]:
        """What a text says of countries."""
        return {names.role for _, names, _ in self._finder.find(text)}

    def is_abroad(self, title: str, text: str, site: str = "") -> bool:
        """Whether a story that does not name the agency is of another country: its opening says so, and not the U.S.

        Another country's institution in the title outweighs what the text says of the United States. An outlet of
        another country tells stories of that country, where it does not say otherwise.
        """
        headline = self.said(title)
        if "home" in headline:
            return False
        opening = headline | self.said(text[:_LEAD])
        if "power" in headline:
            return True
        return "home" not in opening and (bool({"country", "power"} & opening) or self._is_foreign(site))

    def _is_foreign(self, site: str) -> bool:
        """Whether an outlet's host is one of another country's, or stands under that country's domain (ISO 3166)."""
        parts = site.lower().rstrip(".").split(".")
        known = any(".".join(parts[n:]) in self._outlets for n in range(len(parts)))
        return known or (len(parts[-1]) == 2 and parts[-1] not in _OPEN_DOMAINS)
