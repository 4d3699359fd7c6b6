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

from crawler.model import Why, because
from crawler.spiders.refusals import Refusal


class NetworkError(Enum):
    """Why there is no answer, as the code that is kept."""

    NO_SUCH_HOST = "host_not_found"
    NOBODY_THERE = "connection_refused"
    NO_CONNECTION = "no_connection"
    SILENT = "no_answer_in_time"
    NO_TLS = "tls_failed"
    CUT = "connection_cut"
    CUT_OFF = "cut_off"
    TOO_LARGE = "too_large"
    BADLY_PACKED = "cannot_unpack"
    ENDLESS = "redirects_without_end"
    NO_ADDRESS = "redirects_to_no_address"


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


def why_unanswered(error: BaseException | None) -> Why:
    """Why a request was not made or had no answer."""
    if found := network_error(error):
        return because(found.value)
    if isinstance(error, Refusal):
        return error.why
    if isinstance(error, IgnoreRequest):
        return because("network_error", error=str(error)) if str(error) else because("refused")
    said = str(error).strip("[]<> ").splitlines()
    kind = type(error).__name__
    return because("network_error", error=f"{kind}: {said[0][:200]}" if said else kind)


def unaskable(error: ValueError) -> Why:
    """That Scrapy takes an address for none."""
    return because("no_address", error=str(error))


def our_failure(error: BaseException) -> Why:
    """That our own code failed."""
    return because("icewire_failed", error=f"{error!r:.200}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What Twisted met with, of which Scrapy's error holds the list."""
    for failure in getattr(error.__cause__, "reasons", ()):
        yield failure.value
