"""What is new in a text: revisions and developments, and the numbers it gives."""

from crawler.changes.counting import Figure, figures
from crawler.changes.news import development, says
from crawler.changes.phrases import phrases_of
from crawler.changes.revisions import material_change, word_diff
from crawler.changes.tidings import Tidings, keep

__all__ = ["Figure", "Tidings", "development", "figures", "keep", "material_change", "phrases_of", "says", "word_diff"]
