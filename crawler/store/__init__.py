"""Every query on articles and stories; nobody else asks for them."""

from crawler.store.adding import Added
from crawler.store.candidates import Candidates
from crawler.store.regroup import UnknownStory, merge_by_hand, split_by_hand
from crawler.store.retention import CLUES_KEPT, forget_clues, forget_entries
from crawler.store.store import Store
from crawler.store.views import Outline, Report, StoryView

__all__ = [
    "CLUES_KEPT",
    "Added",
    "Candidates",
    "Outline",
    "Report",
    "Store",
    "StoryView",
    "UnknownStory",
    "forget_clues",
    "forget_entries",
    "merge_by_hand",
    "split_by_hand",
]
