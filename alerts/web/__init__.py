"""The web pages: thin, no rule inside."""

from alerts.web.app import Pages, make_app
from alerts.web.guard import guarded

__all__ = ["Pages", "guarded", "make_app"]
