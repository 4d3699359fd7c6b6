"""A page's bytes become an Article; the only room that knows trafilatura."""

from crawler.extract.article import Hint, NotAnArticle, extract
from crawler.extract.optout import opt_out
from crawler.extract.parts import joined

__all__ = ["Hint", "NotAnArticle", "extract", "joined", "opt_out"]
