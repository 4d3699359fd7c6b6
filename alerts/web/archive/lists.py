"""A page of stories as data: JSON and CSV of what the page shows, and not a word more."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from alerts.matching import MOST_COUNTED, ArchivePage
from alerts.query import Query, read_back
from alerts.web.archive.cursor import cursor
from alerts.web.archive.story import linked, written
from crawler.store import Mark, StoryBrief
from crawler.text import visible

COLUMNS = (
    "id,published_at,day_only,first_seen_at,developed_at,title,outlet,place,kind,second_kind,language,wire,paywalled,"
    "also_reported_by,copies,link,url"
).split(",")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet reckons with


def brief_json(story: StoryBrief, base_url: str) -> dict[str, Any]:
    """A story of a list."""
    lead = story.lead
    return {
        "id": story.mark.story_id,
        "url": f"{base_url}/stories/{story.mark.story_id}",
        "title": visible(lead.title),
        "link": linked(lead.link) or None,
        "outlet": {"id": lead.source_id, "name": visible(lead.source_name)},
        "published_at": written(lead.published_at),
        "day_only": lead.day_only,
        "first_seen_at": written(story.opened_at),
        "developed_at": written(story.developed_at),
        "place": visible(story.place) or None,
        "kinds": list(lead.kinds),
        "language": lead.language,
        "wire": visible(lead.wire),
        "paywalled": lead.paywalled,
        "also_reported_by": [visible(name) for name in story.newsrooms],
        "copies": story.copies,
    }


def page_json(found: ArchivePage, query: Query, base_url: str, at: Callable[..., str], language: str) -> dict[str, Any]:
    """A page of stories; `at` makes the address of another page of the list."""
    on = {name: _address(base_url, at, name, getattr(found, name)) for name in ("older", "newer")}
    capped = found.count is not None and found.count > MOST_COUNTED
    return {
        "query": visible(query.text),
        "reading": visible(read_back(query, language)),
        "count": None if found.count is None else min(found.count, MOST_COUNTED),
        "count_is_capped": capped,
        "looked_at": found.looked_at,
        "stories": [brief_json(story, base_url) for story in found.stories],
        **on,
    }


def page_csv(stories: Sequence[StoryBrief], base_url: str) -> str:
    """The same as a table (RFC 4180); no cell is a formula."""
    written_to = io.StringIO()
    table = csv.writer(written_to)
    table.writerow(COLUMNS)
    for story in stories:
        told = brief_json(story, base_url)
        kind, second_kind, *_ = [*story.lead.kinds, "", ""]
        row = told | {
            "outlet": told["outlet"]["name"],
            "kind": kind,
            "second_kind": second_kind,
            "also_reported_by": "; ".join(told["also_reported_by"]),
        }
        table.writerow([_cell(row[column]) for column in COLUMNS])
    return written_to.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _address(base_url: str, at: Callable[..., str], name: str, mark: Mark | None) -> str | None:
    return base_url + at(**{name: cursor(mark)}) if mark else None
