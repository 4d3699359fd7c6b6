"""The web pages: thin, no rule inside."""

from alerts.web.app import Pages, make_app

__all__ = ["Pages", "make_app"]
