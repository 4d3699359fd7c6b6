"""What the network did to a request, and how that is said."""

import errno

import pytest
from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.utils._compression import _DecompressionMaxSizeExceeded
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from alerts.locale import in_words
from crawler.spiders.network_errors import why_unanswered
from crawler.spiders.refusals import RobotsRefused


def caused(error: Exception, cause: Exception) -> Exception:
    """An error that was raised from another."""
    error.__cause__ = cause
    return error


def failed(reason: Exception) -> Exception:
    """A request that failed for this, as Twisted tells it and Scrapy passes it on."""
    failure = Failure(reason)  # type: ignore[no-untyped-call]
    return caused(DownloadFailedError(), ResponseFailed([failure]))  # type: ignore[no-untyped-call]


def unconnected(number: int) -> Exception:
    """A connection that was not made, for the system's reason of that number."""
    return ConnectError(number)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CannotResolveHostError(), "the host name was not found"),
        (DownloadConnectionRefusedError(), "nothing answers at that address (connection refused)"),
        (DownloadTimeoutError(), "no answer in time"),
        (DownloadCancelledError(), "larger than crawl.max_page_bytes"),
        (ResponseDataLossError(), "the answer was cut off"),
        (failed(SSL.Error("certificate verify failed")), "the secure connection failed (TLS)"),
        (failed(VerificationError([])), "the secure connection failed (TLS)"),
        (failed(ConnectionLost("SSL, perhaps")), "the connection was cut"),
        (unconnected(errno.ECONNRESET), "the connection was cut"),
        (unconnected(errno.EHOSTUNREACH), "no connection could be made"),
        (
            caused(IgnoreRequest("whatever it says"), _DecompressionMaxSizeExceeded(9, 8)),
            "larger than crawl.max_page_bytes",
        ),
        (IgnoreRequest("max redirections reached"), "it redirects without end"),
        (IgnoreRequest(), "refused"),
        (RobotsRefused(), "robots.txt does not allow it"),
        (ValueError("Invalid IPv6 URL"), "it redirects to what is no address"),
        (ValueError("first line\nsecond line"), "ValueError: first line"),
        (KeyError(), "KeyError"),
    ],
)
def test_a_network_error_is_said_in_plain_words(error: Exception, said: str) -> None:
    assert in_words(why_unanswered(error)) == said
