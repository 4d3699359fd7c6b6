"""Is it about ICE activity; may a raw page be?"""

from crawler.topic.gate import Gate, shipped_gate
from crawler.topic.kinds import shipped_kinds
from crawler.topic.topic import Topic, shipped

__all__ = ["Gate", "Topic", "shipped", "shipped_gate", "shipped_kinds"]
