"""Which story an article belongs to."""

from crawler.grouping.assign import STAYS, Grouping, group
from crawler.grouping.copies import containment, find_copy, fingerprint, may_copy
from crawler.grouping.gist import OPENING_CHARACTERS, Account, Candidate
from crawler.grouping.nearness import FAR_DAYS
from crawler.grouping.prepared import Prepared
from crawler.grouping.rarity import MOST_STORIES, Background, likeness

__all__ = [
    "FAR_DAYS",
    "MOST_STORIES",
    "OPENING_CHARACTERS",
    "STAYS",
    "Account",
    "Background",
    "Candidate",
    "Grouping",
    "Prepared",
    "containment",
    "find_copy",
    "fingerprint",
    "group",
    "likeness",
    "may_copy",
]
