"""The nouns, which are the tables."""

from crawler.model.columns import UTCDateTime
from crawler.model.due import is_ahead, is_due
from crawler.model.errors import IcewireError
from crawler.model.story import (
    UNLISTED,
    Article,
    Clue,
    Entry,
    EntryState,
    Feed,
    FeedKind,
    FeedProblem,
    Host,
    Label,
    Outage,
    Revision,
    Source,
    Story,
    TableRow,
    Trouble,
    Verdict,
)
from crawler.model.why import Code, Why, as_written, because, inner

__all__ = [
    "UNLISTED",
    "Article",
    "Clue",
    "Code",
    "Entry",
    "EntryState",
    "Feed",
    "FeedKind",
    "FeedProblem",
    "Host",
    "IcewireError",
    "Label",
    "Outage",
    "Revision",
    "Source",
    "Story",
    "TableRow",
    "Trouble",
    "UTCDateTime",
    "Verdict",
    "Why",
    "as_written",
    "because",
    "inner",
    "is_ahead",
    "is_due",
]
