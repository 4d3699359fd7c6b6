"""Every query on articles and stories; nobody else asks for them."""

from crawler.store.adding import Added
from crawler.store.candidates import Candidates
from crawler.store.figures import OutletFigures, outlet_figures
from crawler.store.listing import Brief, StoryBrief, StoryLists
from crawler.store.narrowing import Mark, Narrowing
from crawler.store.regroup import UnknownStory, merge_by_hand, split_by_hand
from crawler.store.retention import CLUES_KEPT, forget_clues, forget_entries
from crawler.store.rulings import (
    COLUMNS,
    NoRuling,
    RuledArticle,
    all_ruled,
    is_off,
    note_ruling,
    put_off,
    rule,
    rulings_on,
    undo,
    value_of,
)
from crawler.store.store import Store
from crawler.store.turn import grouping_turn
from crawler.store.views import Outline, Report, StoryView

__all__ = [
    "CLUES_KEPT",
    "COLUMNS",
    "Added",
    "Brief",
    "Candidates",
    "Mark",
    "Narrowing",
    "NoRuling",
    "OutletFigures",
    "Outline",
    "Report",
    "RuledArticle",
    "Store",
    "StoryBrief",
    "StoryLists",
    "StoryView",
    "UnknownStory",
    "all_ruled",
    "forget_clues",
    "forget_entries",
    "grouping_turn",
    "is_off",
    "merge_by_hand",
    "note_ruling",
    "outlet_figures",
    "put_off",
    "rule",
    "rulings_on",
    "split_by_hand",
    "undo",
    "value_of",
]
