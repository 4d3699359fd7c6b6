"""Every query on sources, feeds and entries, and what their habits tell."""

from crawler.watch.coverage import Coverage, covered, working
from crawler.watch.due import DueSite, Waiting, due_sites, host_in, may_be_at, site_of_page
from crawler.watch.feed_state import FeedHealth
from crawler.watch.habits import WINDOW_DAYS, examine
from crawler.watch.lateness import delays, stalled
from crawler.watch.ledger import Ledger
from crawler.watch.outages import Outages
from crawler.watch.outcome import MOST_ATTEMPTS, MOST_ATTEMPTS_MISSING, SETTLED, Outcome, next_look, write_outcomes
from crawler.watch.owners import Owners, holds_for
from crawler.watch.polling import HURRY, Habit, Limits, expected_gap, rate
from crawler.watch.readings import FeedAnswer, is_old
from crawler.watch.troubles import Troubles, Untold, mark_told
from crawler.watch.watchlist import Watchlist

__all__ = [
    "HURRY",
    "MOST_ATTEMPTS",
    "MOST_ATTEMPTS_MISSING",
    "SETTLED",
    "WINDOW_DAYS",
    "Coverage",
    "DueSite",
    "FeedAnswer",
    "FeedHealth",
    "Habit",
    "Ledger",
    "Limits",
    "Outages",
    "Outcome",
    "Owners",
    "Troubles",
    "Untold",
    "Waiting",
    "Watchlist",
    "covered",
    "delays",
    "due_sites",
    "examine",
    "expected_gap",
    "holds_for",
    "host_in",
    "is_old",
    "mark_told",
    "may_be_at",
    "next_look",
    "rate",
    "site_of_page",
    "stalled",
    "working",
    "write_outcomes",
]
