"""What is new in a text: revisions and developments."""

from crawler.changes.news import development, says
from crawler.changes.revisions import material_change, word_diff

__all__ = ["development", "material_change", "says", "word_diff"]
