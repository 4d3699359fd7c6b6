"""Pages and feeds are read in processes of their own, within bounds; who reads what is always known."""

from crawler.workshop.apart import WorkerApart
from crawler.workshop.memory import give_back
from crawler.workshop.page import NEVER_MENTIONED, JudgedPage, Sheet, judge_page
from crawler.workshop.worker import NotBegun, Suspected, TooLong, TooMuch, WorkerLost
from crawler.workshop.workshop import PutOff, Workshop, default_workers

__all__ = [
    "NEVER_MENTIONED",
    "JudgedPage",
    "NotBegun",
    "PutOff",
    "Sheet",
    "Suspected",
    "TooLong",
    "TooMuch",
    "WorkerApart",
    "WorkerLost",
    "Workshop",
    "default_workers",
    "give_back",
    "judge_page",
]
