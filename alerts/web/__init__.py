"""The pages, and the server that shows them."""

from alerts.web.app import Pages, make_app
from alerts.web.guard import Places
from alerts.web.machine import Machine
from alerts.web.server import WebServer

__all__ = ["Machine", "Pages", "Places", "WebServer", "make_app"]
