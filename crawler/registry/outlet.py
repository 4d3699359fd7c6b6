"""An outlet as the registry tells it, and what is right to say of one."""

import difflib
import re
import unicodedata
import warnings
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from crawler.model import FeedKind
from crawler.places import NATION, STATES, state_code
from crawler.text import fold, is_web_address

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_COUNTY = re.compile(
    r"\b(?:County|Parish|Borough|Municipality|Census Area|Planning Region|Municipio|Island|District|[Cc]ity)$"
    r"|^City and Borough of |^District of Columbia$"
)


def _line(text: str) -> str:
    """One line of text; XML could not carry the characters refused here."""
    line = " ".join(text.split())
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff" for c in line):
        raise ValueError("holds a control character; write plain text")
    return line


def _named(text: str) -> str:
    if not text:
        raise ValueError("is empty; write a text")
    return text


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.username is not None or any(c.isspace() for c in url):
        raise ValueError("is not an address of the web; write it whole, as in https://www.example.org/feed/")
    return url


def _state(name: Any) -> Any:
    if not isinstance(name, str):
        return name
    code = state_code(name)
    if code is None:
        raise ValueError(f"is no state; write its USPS code, as in MA, or {NATION} for a nationwide outlet")
    return code


def _slug(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError("is not an id; use lower-case letters, digits and single hyphens, as in the-daily-item")
    return text


def _language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise ValueError("is not a language; write its code, as in en, es or pt")
    return code


def _coverage(place: str) -> str:
    city, _, state = place.rpartition(", ")
    if ";" in place or state not in STATES or place != (f"{city}, {state}" if city else state):
        raise ValueError('is not a place; write "Waltham, MA", "Essex County, MA" or "NH"')
    return place


def _site(name: str) -> str:
    if not is_web_address(f"https://{name}/") or "/" in name or "@" in name:
        raise ValueError('is no name of a site; write it bare, as in "thepublicsradio.org"')
    return name.lower()


def _pattern(pattern: str) -> str:
    if not pattern or any(unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff" for c in pattern):
        raise ValueError("is no pattern; write a regular expression on one line, as in '/news/\\d{4}/'")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what a later Python reads in another way
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    return pattern


# Each mail, page and table shows a name; an outline of OPML may have any.
_LONGEST_NAME, _LONGEST = 200, 2000  # characters

Note = Annotated[str, Field(max_length=_LONGEST), AfterValidator(_line)]
Line = Annotated[str, Field(max_length=_LONGEST_NAME), AfterValidator(_line)]
Address = Annotated[Note, AfterValidator(_address)]
Scope = Literal["local", "state", "national", "government"]
OutletKind = Literal["", "newspaper", "digital", "tv", "radio", "college", "gov", "wire"]
Grade = Literal["", "A", "B", "C", "P"]


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OutletFeed(_Facts):
    """One way into an outlet."""

    kind: FeedKind = "rss"
    url: Address
    grade: Grade = ""  # how well it is known that the feed lives; outlets/README.md says what each means
    link_patterns: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()  # of a section page's article addresses

    @field_validator("link_patterns")
    @classmethod
    def _only_of_a_page(cls, patterns: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if patterns and info.data.get("kind", "section") != "section":
            raise ValueError(
                'are for a page whose links are read; write kind = "section" beside them, or leave them out'
            )
        return patterns


class Outlet(_Facts):
    """An outlet as the registry tells it. Everything but id, name, homepage and one feed may be left out."""

    id: Annotated[str, Field(max_length=_LONGEST_NAME), AfterValidator(_slug)]
    name: Annotated[Line, AfterValidator(_named)]
    homepage: Address
    feeds: tuple[OutletFeed, ...] = ()
    city: Line = ""
    county: Line = ""  # with its kind, as in "Suffolk County", "Orleans Parish", "Richmond city"
    state: Annotated[str, BeforeValidator(_state)] = ""  # USPS code; "" = nationwide
    scope: Scope = "local"
    kind: OutletKind = ""
    language: Annotated[str, AfterValidator(_language)] = "en"
    covers: tuple[Annotated[Line, AfterValidator(_coverage)], ...] = ()  # places beyond its own
    sites: tuple[Annotated[Line, AfterValidator(_site)], ...] = ()  # further names where its articles stand
    owner: Line = ""
    enabled: bool = True
    reason: Note = ""  # why it is off
    note: Note = ""
    verified: date | None = None  # when a feed was last seen to answer
    headline_only: bool = False

    @model_validator(mode="before")
    @classmethod
    def _name_the_county_whole(cls, facts: Any) -> Any:
        """A bare "Suffolk" is "Suffolk County"; in Louisiana a parish. Alaska has no usual kind."""
        county, state = (facts.get("county"), facts.get("state", "")) if isinstance(facts, Mapping) else ("", "")
        if not (isinstance(county, str) and county.strip() and isinstance(state, str)):
            return facts
        code = state_code(state)
        if code == "AK" or _COUNTY.search(county.strip()):
            return facts
        return {**facts, "county": f"{county.strip()} {'Parish' if code == 'LA' else 'County'}"}

    @model_validator(mode="after")
    def _is_read_or_says_why_not(self) -> Self:
        if self.enabled and not self.feeds:
            raise ValueError("has no feeds; give one, or write enabled = false and a reason")
        if not self.enabled and not self.reason:
            raise ValueError('is off without a reason; write reason = "…" beside enabled = false')
        return self


def make_id(name: str, existing: Collection[str] = ()) -> str:
    """An id for an outlet of this name that `existing` does not hold.

    >>> make_id("The Martha's Vineyard Times"), make_id("La Opinión", {"la-opinion"})
    ('the-marthas-vineyard-times', 'la-opinion-2')
    """
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['.]", "", fold(name)))[: _LONGEST_NAME // 2].strip("-") or "outlet"
    number, unique = 1, slug
    while unique in existing:
        number += 1
        unique = f"{slug}-{number}"
    return unique


def feed_key(url: str) -> str:
    """What all addresses of one feed share: scheme, "www.", the host's case and a last slash do not count."""
    parts = urlsplit(url)
    host = parts.netloc.casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def check_outlet(facts: Mapping[str, Any]) -> tuple[Outlet | None, list[str]]:
    """The outlet that these facts give, or None and a clause for each thing wrong that names the key."""
    try:
        return Outlet.model_validate(facts), []
    except ValidationError as error:
        return None, [_clause(detail) for detail in error.errors(include_url=False)]


def _clause(detail: ErrorDetails) -> str:
    subject = _subject(detail["loc"])
    if detail["type"] == "extra_forbidden":
        model = OutletFeed if len(detail["loc"]) == 3 else Outlet
        keys = [key for key in model.model_fields if key != "id"]
        close = difflib.get_close_matches(str(detail["loc"][-1]), keys, n=1)
        return f"{subject} is not a key; " + (
            f'did you mean "{close[0]}"?' if close else f"the keys are {', '.join(keys)}"
        )
    if detail["type"] == "missing":
        return f"{subject} is missing"
    if detail["type"] == "value_error":
        value = f" = {_shortly(detail['input'])}" if subject else ""
        return f"{subject}{value} {detail['ctx']['error']}".strip()
    return f"{subject} = {_shortly(detail['input'])} is wrong: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _shortly(value: object) -> str:
    said = repr(value)
    return said if len(said) <= _LONGEST_NAME else f"{said[:_LONGEST_NAME]}…"


def _subject(loc: tuple[int | str, ...]) -> str:
    """A key as a person finds it: "kind", "url" of feeds 2, covers 1."""
    match loc:
        case (str(key),):
            return f'"{key}"'
        case (str(key), int(index)):
            return f"{key} {index + 1}"
        case (str(key), int(index), str(part)):
            return f'"{part}" of {key} {index + 1}'
        case (str(key), int(index), str(part), int(inner)):
            return f'"{part}" {inner + 1} of {key} {index + 1}'
    return ""
