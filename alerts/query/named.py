"""The shipped places for who asks by name."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.places import Place


class NamedPlaces:
    """The shipped gazetteer for those who ask by name; it is loaded for the first name, and most searches have none."""

    def look_up(self, name: str) -> "Place | None":
        """The place of that name, when there is exactly one."""
        return _look_up(name)

    def suggest(self, name: str) -> tuple[str, ...]:
        """Names that were perhaps meant."""
        from crawler.places import shipped

        return shipped().suggest(name)


@lru_cache(10_000)
def _look_up(name: str) -> "Place | None":
    """Kept, as of all searches that are read at a start many name the same towns."""
    from crawler.places import shipped

    return shipped().look_up(name)
