"""What the network does to a request, told apart in one place: by type where Scrapy and Twisted have one."""

import errno
import zlib
from collections.abc import Iterator
from enum import Enum
from gzip import BadGzipFile

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
from service_identity import CertificateError, VerificationError
from twisted.internet.error import ConnectError

from crawler.spiders.refusals import PrivateAddress, RobotsRefused, RobotsUnavailable


class NetworkError(Enum):
    """Why there is no answer, in words for a person."""

    NO_SUCH_HOST = "the host name was not found"
    NOBODY_THERE = "nothing answers at that address (connection refused)"
    NO_CONNECTION = "no connection could be made"
    SILENT = "no answer in time"
    NO_TLS = "the secure connection failed (TLS)"
    CUT = "the connection was cut"
    CUT_OFF = "the answer was cut off"
    TOO_LARGE = "larger than crawl.max_page_bytes"
    BADLY_PACKED = "the answer is packed in a way that nobody can unpack"
    ENDLESS = "it redirects without end"
    NO_ADDRESS = "it redirects to what is no address"


_BY_TYPE: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], NetworkError], ...] = (
    (CannotResolveHostError, NetworkError.NO_SUCH_HOST),
    (DownloadConnectionRefusedError, NetworkError.NOBODY_THERE),
    (DownloadTimeoutError, NetworkError.SILENT),
    (DownloadCancelledError, NetworkError.TOO_LARGE),
    (ResponseDataLossError, NetworkError.CUT_OFF),
    ((BadGzipFile, zlib.error, EOFError), NetworkError.BADLY_PACKED),
)
_TLS = (SSL.Error, CertificateError, VerificationError)
_ENDLESS = "max redirections"  # Scrapy has no type for it, only these words
_UNPACKING = "decoder failed"  # nor has brotli, of which there are two packages
# What Python and Scrapy say of an address that is none.
_NO_ADDRESS = ("request url", "Invalid IPv6 URL", "IPv4 or IPv6 address", "netloc", "Port ")


def network_error(error: BaseException | None) -> NetworkError | None:
    """Which one an error is; None for what is none of the network's, a refusal of our own for one."""
    for kind, found in _BY_TYPE:
        if isinstance(error, kind):
            return found
    if isinstance(error, IgnoreRequest):
        if isinstance(error.__cause__, _DecompressionMaxSizeExceeded):  # it grew when it was unpacked
            return NetworkError.TOO_LARGE
        return NetworkError.ENDLESS if _ENDLESS in str(error) else None
    if isinstance(error, ValueError) and any(words in str(error) for words in _NO_ADDRESS):
        return NetworkError.NO_ADDRESS
    if isinstance(error, ConnectError):  # what Scrapy has no name for
        return NetworkError.CUT if error.osError == errno.ECONNRESET else NetworkError.NO_CONNECTION
    if _UNPACKING in str(error):
        return NetworkError.BADLY_PACKED
    if isinstance(error, DownloadFailedError):
        return NetworkError.NO_TLS if any(isinstance(e, _TLS) for e in _causes(error)) else NetworkError.CUT
    return None


def plain_reason(error: BaseException | None) -> str:
    """Why a request was not made or had no answer, in words for a person."""
    if found := network_error(error):
        return found.value
    if isinstance(error, PrivateAddress | RobotsRefused | RobotsUnavailable):
        return str(error)
    if isinstance(error, IgnoreRequest):
        return str(error) or "refused"
    said = str(error).strip("[]<> ").splitlines()
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__


def unaskable(error: ValueError) -> str:
    """That Scrapy takes an address for none, in words for a person."""
    return f"no address that can be asked: {error}"


def our_failure(error: BaseException) -> str:
    """That our own code failed, in words for a person."""
    return f"icewire failed on it: {error!r:.200}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What Twisted met with, of which Scrapy's error holds the list."""
    for failure in getattr(error.__cause__, "reasons", ()):
        yield failure.value
