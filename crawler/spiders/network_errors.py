"""Network errors, as Scrapy and Twisted tell them, in words for a person."""

import zlib
from gzip import BadGzipFile

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError

_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (CannotResolveHostError, "the host name was not found"),
    (DownloadConnectionRefusedError, "nothing answers at that address (connection refused)"),
    (DownloadTimeoutError, "no answer in time"),
    (DownloadCancelledError, "larger than crawl.max_page_bytes"),
    (ResponseDataLossError, "the answer was cut off"),
    ((BadGzipFile, zlib.error, EOFError), "the answer is packed in a way that nobody can unpack"),
)
# What Python and Scrapy say of an address that is none.
_NO_ADDRESS = ("request url", "Invalid IPv6 URL", "IPv4 or IPv6 address", "netloc", "Port ")


def plain_reason(error: BaseException | None) -> str:
    """A network error in words for a person."""
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    said = str(error).strip("[]<> ").splitlines()
    if isinstance(error, ValueError) and any(words in str(error) for words in _NO_ADDRESS):
        return "it redirects to what is no address"
    if isinstance(error, ConnectError):  # what Scrapy has no name for
        return "the connection was cut" if "reset" in str(error) else "no connection could be made"
    if "decoder failed" in str(error):  # brotli's own error
        return "the answer is packed in a way that nobody can unpack"
    if isinstance(error, DownloadFailedError):
        tls = "SSL" in str(error) or "certificate" in str(error)
        return "the secure connection failed (TLS)" if tls else "the connection was cut"
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__
