"""Is it about the topic (ICE activity, or what a folder of data says); may a raw page be?"""

from crawler.topic.actors import Acted
from crawler.topic.choice import choose, chosen
from crawler.topic.gate import Gate
from crawler.topic.subject import Subject, Truth, Wording, languages
from crawler.topic.terms import TopicError
from crawler.topic.topic import Topic

__all__ = ["Acted", "Gate", "Subject", "Topic", "TopicError", "Truth", "Wording", "choose", "chosen", "languages"]
