"""A room's templates, in its folder `templates/`, become text."""

from functools import cache
from typing import TYPE_CHECKING, Any

from alerts.locale import in_words, phrasebook, said_day, said_time
from crawler.text import visible

if TYPE_CHECKING:
    from jinja2 import Environment


def render(room: str, template: str, **shown: Any) -> str:
    """A template of a room (a package, e.g. "alerts.digest") with its values; HTML is escaped, text is not."""
    return _environment(room).get_template(template).render(shown)


@cache
def _environment(room: str) -> "Environment":
    # Slow to load, and a day on which nobody is written to needs none.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader(room),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    environment.filters["in_words"] = in_words
    environment.filters["local"] = said_time
    environment.filters["language"] = lambda code: phrasebook("en").called("lang", code.split("-")[0])
    environment.filters["called"] = lambda value, table: phrasebook("en").called(table, value)
    environment.filters["short_day"] = said_day
    environment.filters["is_foreign"] = lambda code: bool(code) and code.split("-")[0] != "en"  # to the mail's language
    environment.filters["day"] = lambda d: f"{d:%A, %B} {d.day}, {d.year}"
    return environment


def _seen(value: Any) -> Any:
    """What a template shows, without what nobody sees: old rows may hold it, and what servers answered."""
    return type(value)(visible(value)) if isinstance(value, str) else value
