"""The pages, and the server that shows them."""

from alerts.web.account import is_own
from alerts.web.answers import MAIL_HEADERS, page
from alerts.web.app import Pages, make_app
from alerts.web.guard import Places
from alerts.web.machine import Machine
from alerts.web.posted import Posted, posting
from alerts.web.server import WebServer

__all__ = ["MAIL_HEADERS", "Machine", "Pages", "Places", "Posted", "WebServer", "is_own", "make_app", "page", "posting"]
