"""A room's templates, in its folder `templates/`, become text."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from alerts.locale import (
    full_day,
    hour_there,
    in_words,
    phrasebook,
    said_day,
    said_list,
    said_time,
    said_zone,
    translations,
)
from crawler.text import visible

if TYPE_CHECKING:
    from jinja2 import Environment


def render(room: str, template: str, language: str = "en", **shown: Any) -> str:
    """A template of a room (a package, e.g. "alerts.digest") with its values; HTML is escaped, text is not.

    `language` is one of ours: that of the reader.
    """
    return _environment(room, language).get_template(template).render(shown, language=language)


@cache
def macro(room: str, template: str, name: str, language: str, **shown: Any) -> Callable[..., str]:
    """A part of a template that is rendered by itself, many times over, with what all of these times see."""
    module = _environment(room, language).get_template(template).make_module({**shown, "language": language})
    made: Callable[..., str] = getattr(module, name)
    return made


@cache
def _environment(room: str, language: str) -> "Environment":
    # Slow to load, and a day on which nobody is written to needs none.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader(room),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    spoken, book = translations(language), phrasebook(language)
    install = environment.install_gettext_callables  # type: ignore[attr-defined]  # of the extension
    install(spoken.gettext, spoken.ngettext, newstyle=True)
    environment.globals["topic"] = book.topic
    environment.filters["in_words"] = partial(in_words, language=language)
    environment.filters["local"] = partial(said_time, language=language)
    environment.filters["hour"] = partial(hour_there, language=language)
    environment.filters["zone"] = partial(said_zone, language=language)
    environment.filters["language"] = lambda code: book.called("lang", code.split("-")[0])
    environment.filters["called"] = lambda value, table: book.called(table, value)
    environment.filters["short_day"] = partial(said_day, language=language)
    environment.filters["is_foreign"] = lambda code: bool(code) and code.split("-")[0] != language
    environment.filters["day"] = partial(full_day, language=language)
    environment.filters["listed"] = partial(_listed, language=language)
    return environment


def _listed(items: Iterable[Any], language: str) -> Any:
    """Several as a list in words; safe where one of them is."""
    from markupsafe import Markup, escape

    given = list(items)
    if any(isinstance(one, Markup) for one in given):
        return Markup(said_list([str(escape(one)) for one in given], language))  # noqa: S704  each is escaped
    return said_list(given, language)


def _seen(value: Any) -> Any:
    """What a template shows, without what nobody sees: old rows may hold it, and what servers answered."""
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):  # as nearly all are
        return value
    if (seen := visible(value)) is value:
        return value
    return type(value)(seen)
