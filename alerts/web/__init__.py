"""The pages, and the server that shows them."""

from alerts.web.app import Pages, make_app
from alerts.web.guard import Places
from alerts.web.server import WebServer

__all__ = ["Pages", "Places", "WebServer", "make_app"]
