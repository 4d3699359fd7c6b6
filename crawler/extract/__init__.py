"""A page's bytes become an Article; the only room that knows trafilatura."""

from crawler.extract.article import Hint, NotAnArticle, extract
from crawler.extract.optout import opt_out

__all__ = ["Hint", "NotAnArticle", "extract", "opt_out"]
