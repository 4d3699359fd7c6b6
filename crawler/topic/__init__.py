"""Is it about ICE activity; may a raw page be?"""

from crawler.topic.actors import Acted, shipped_actors
from crawler.topic.gate import Gate, shipped_gate
from crawler.topic.kinds import shipped_kinds
from crawler.topic.topic import Topic, shipped

__all__ = ["Acted", "Gate", "Topic", "shipped", "shipped_actors", "shipped_gate", "shipped_kinds"]
