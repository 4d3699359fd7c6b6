"""Is it about the topic, a folder of data; may a raw page be? And what the topic adds to the words of other rooms."""

from crawler.topic.actors import Acted
from crawler.topic.choice import choose, chosen
from crawler.topic.gate import Gate
from crawler.topic.subject import StockWords, Subject, Truth, Wording, languages
from crawler.topic.terms import TopicError
from crawler.topic.topic import Topic

__all__ = [
    "Acted",
    "Gate",
    "StockWords",
    "Subject",
    "Topic",
    "TopicError",
    "Truth",
    "Wording",
    "choose",
    "chosen",
    "languages",
]
