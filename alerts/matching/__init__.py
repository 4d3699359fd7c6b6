"""Stories meet subscriptions."""

from alerts.matching.archive import document_of, documents_of, search
from alerts.matching.catch_up import match_new_search, match_unmatched
from alerts.matching.follow import follow_stories
from alerts.matching.matches import Matches
from alerts.matching.searches import LiveSearches

__all__ = [
    "LiveSearches",
    "Matches",
    "document_of",
    "documents_of",
    "follow_stories",
    "match_new_search",
    "match_unmatched",
    "search",
]
