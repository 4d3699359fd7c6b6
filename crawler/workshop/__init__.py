"""Pages, and feeds that are large, are read in processes of their own; who reads what is always known."""

from crawler.workshop.page import NEVER_MENTIONED, Sheet, judge_page
from crawler.workshop.worker import NotBegun, Suspected, TooLong, WorkerLost
from crawler.workshop.workshop import Workshop, default_workers

__all__ = [
    "NEVER_MENTIONED",
    "NotBegun",
    "Sheet",
    "Suspected",
    "TooLong",
    "WorkerLost",
    "Workshop",
    "default_workers",
    "judge_page",
]
