"""Stories meet subscriptions."""

from alerts.matching.archive import document_of, documents_of, search
from alerts.matching.backtest import MOST_A_DAY, BackTest, Brought, Miss
from alerts.matching.catch_up import match_new_search, match_unmatched
from alerts.matching.follow import follow_stories
from alerts.matching.lookback import back_test, brought_by
from alerts.matching.matches import Matches
from alerts.matching.pages import MOST_COUNTED, ArchivePage, browse
from alerts.matching.periods import Period
from alerts.matching.searches import LiveSearches
from alerts.matching.shown import as_met, is_wished, kept_search

__all__ = [
    "MOST_A_DAY",
    "MOST_COUNTED",
    "ArchivePage",
    "BackTest",
    "Brought",
    "LiveSearches",
    "Matches",
    "Miss",
    "Period",
    "as_met",
    "back_test",
    "brought_by",
    "browse",
    "document_of",
    "documents_of",
    "follow_stories",
    "is_wished",
    "kept_search",
    "match_new_search",
    "match_unmatched",
    "search",
]
