"""The shipped places for who asks by name."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.places import Place


class NamedPlaces:
    """The shipped gazetteer for those who ask by name; it is loaded for the first name, and most searches have none."""

    def look_up(self, name: str) -> "Place | None":
        """The place of that name, when there is exactly one."""
        from crawler.places import shipped

        return shipped().look_up(name)

    def suggest(self, name: str) -> tuple[str, ...]:
        """Names that were perhaps meant."""
        from crawler.places import shipped

        return shipped().suggest(name)
