"""How a story is cited: the report that is shown first, in CSL JSON and plainly."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.locale import said_day
from alerts.web.archive.story import StoryAccount
from crawler.text import visible


def day_of(told: StoryAccount, timezone: str) -> date | None:
    """The day on which it was published, by the page's zone; None when it does not say."""
    lead = told.lead
    if lead.published_at is None:
        return None
    return (lead.published_at if lead.day_only else lead.published_at.astimezone(ZoneInfo(timezone))).date()


def csl(told: StoryAccount, timezone: str, now: datetime) -> list[dict[str, Any]]:
    """A list of one item, as the schema of CSL JSON (1.0.2) wants it."""
    lead = told.lead
    item: dict[str, Any] = {
        "id": f"icewire-{told.number}",
        "type": "article-newspaper",
        "title": visible(lead.title),
        "container-title": visible(lead.outlet),
        "accessed": _parts(now.astimezone(UTC).date()),
    }
    if lead.link:
        item["URL"] = lead.link
    if day := day_of(told, timezone):
        item["issued"] = _parts(day)
    if lead.language:
        item["language"] = visible(lead.language)
    if told.authors:
        item["author"] = [{"literal": visible(author)} for author in told.authors]
    return [item]


def plainly(told: StoryAccount, timezone: str, language: str) -> str:
    """In one line: authors, headline, outlet, day, address."""
    day = day_of(told, timezone)
    by = f"{', '.join(told.authors)}. " if told.authors else ""
    when = f", {said_day(day, None, 'long', language)}" if day else ""
    return f"{by}“{told.lead.title}.” {told.lead.outlet}{when}. {told.lead.link}".strip()


def _parts(day: date) -> dict[str, Any]:
    return {"date-parts": [[day.year, day.month, day.day]]}
