"""What of a query was found, read back in the words in which the query is."""

from collections.abc import Iterable
from typing import Any

from alerts.locale import Phrasebook, phrasebook
from alerts.query.reading import joined
from crawler.model import Why

_SAID_AS: dict[str, str] = {
    "term_place": "place", "term_near": "near", "term_office": "office", "term_kind": "kind", "term_source": "source",
    "term_language": "lang", "term_title": "title",
}  # fmt: skip
_NAMED = {"term_kind": "kind", "term_language": "lang"}  # whose values have names


def read_hit(terms: Iterable[Why], language: str = "en") -> tuple[str, ...]:
    """The terms of a hit as they stand behind "a story": ("mentioning raid and “car wash”", "in Lowell, MA").

    Of when it was published nothing: a story shows that itself.
    """
    book, found = phrasebook(language), list(terms)
    words = [_word(book, str(term.args.get("text", ""))) for term in found if term.code == "as_written"]
    mentioned = [book.say("mentioning", words=joined(book, words, "and"))] if words else []
    return (
        *mentioned,
        *(book.say(_SAID_AS[term.code], **_args(term, book)) for term in found if term.code in _SAID_AS),
    )


def _word(book: Phrasebook, label: str) -> str:
    """A word as the query has it; one with a star says what it stands for."""
    stars = label.count("*")
    if not stars:
        return label
    begins = stars == 1 and label.endswith("*")
    return book.say("begins_short" if begins else "fits", word=label.rstrip("*") if begins else label)


def _args(term: Why, book: Phrasebook) -> dict[str, Any]:
    args = dict(term.args)
    if term.code == "term_near":
        zipped = str(args["place"]).isdigit()
        args |= {
            "unit": book.say(args["unit"]),
            "place": book.say("zip", zip=args["place"]) if zipped else args["place"],
        }
    if name := _NAMED.get(term.code):
        args["value"] = book.called(name, args["value"])
    return args
