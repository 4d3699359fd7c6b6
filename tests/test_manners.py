"""Whom we may ask, and how long to leave them alone."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list
from twisted.internet.error import DNSLookupError

from crawler.crawl import scrapy_settings
from crawler.manners import (
    LONGEST_WAIT,
    HostPaused,
    Pauses,
    PrivateAddress,
    PublicOnlyResolver,
    RefusePrivateAddresses,
    _refuse_private,
    back_off,
    is_public,
    plain_reason,
    retry_after,
)
from crawler.settings import CrawlSettings

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize("address", ["192.0.66.2", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/feed",
        "http://[::1]:8080/feed",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/feed",
        "http://LOCALHOST:8080/feed",
        "http://printer.localhost/feed",
    ],
)
def test_a_request_to_a_private_host_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(PrivateAddress, match=r"set crawl.allow_private_addresses = true"):
        RefusePrivateAddresses().process_request(Request(url))


def test_a_request_to_a_public_host_passes() -> None:
    for url in ("https://ledger.example/feed", "https://192.0.66.2/feed"):
        assert RefusePrivateAddresses().process_request(Request(url)) is None  # type: ignore[func-returns-value]


def test_a_name_that_points_into_a_private_network_is_not_resolved_and_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PublicOnlyResolver, "refused", set())
    assert _refuse_private("192.0.66.2", "ledger.example") == "192.0.66.2"
    with pytest.raises(DNSLookupError):
        _refuse_private("192.168.1.1", "rebound.example")
    guard, lost = RefusePrivateAddresses(), CannotResolveHostError()
    guard.process_exception(Request("https://ledger.example/feed"), lost)
    with pytest.raises(PrivateAddress, match=r"rebound.example is on a private or loopback network"):
        guard.process_exception(Request("https://rebound.example/feed"), lost)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("0", timedelta(minutes=1)),
        ("1", timedelta(seconds=1)),
        (format_datetime(NOON + timedelta(hours=1), usegmt=True), timedelta(hours=1)),
        ("Mon, 09 Mar 2026 12:30:00 -0000", timedelta(minutes=30)),
        (format_datetime(NOON - timedelta(hours=1), usegmt=True), timedelta(minutes=1)),
        ("999999999999999999999999", LONGEST_WAIT),
        ("9" * 5000, FIVE),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("", FIVE),
        ("soon", FIVE),
        ("-5", FIVE),
        ("1.5", FIVE),
        ("²", FIVE),
        ("Mon, 09 Mar 2026 12:00:00 +99999999999", FIVE),
        ("Mon, 99 Foo 2026 99:99:99 GMT", FIVE),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_else_ignored(header: str, wait: timedelta) -> None:
    assert retry_after(header, NOON, FIVE) == NOON + wait


@given(st.text() | st.from_regex(r"\w{3}, \d{1,3} \w{3} \d{1,5} \d\d:\d\d:\d\d [+-]\d{4}"))
def test_whatever_a_server_writes_we_come_back_within_a_day(header: str) -> None:
    assert NOON < retry_after(header, NOON, FIVE) <= NOON + LONGEST_WAIT


@given(st.integers(min_value=0, max_value=10_000))
def test_each_failed_attempt_waits_at_least_as_long_as_the_one_before(attempts: int) -> None:
    assert FIVE <= back_off(attempts) <= back_off(attempts + 1) <= timedelta(hours=12)


def test_a_host_is_paused_until_the_time_it_named_and_others_are_not() -> None:
    clock = [NOON]
    pauses = Pauses(lambda: clock[0])
    pauses.note(Response("https://busy.example/a", status=429, headers={"Retry-After": "60"}))
    pauses.note(Response("https://calm.example/a", status=500))
    with pytest.raises(HostPaused, match=r"busy.example asked us to wait until 12:01:00 UTC") as paused:
        pauses.check("https://busy.example/b")
    assert paused.value.until == NOON + timedelta(minutes=1)
    pauses.check("https://calm.example/b")
    clock[0] += timedelta(minutes=1)
    pauses.check("https://busy.example/b")


def test_a_host_that_is_silent_three_times_in_a_row_is_left_alone() -> None:
    pauses = Pauses(lambda: NOON)
    slow = "https://slow.example/a"
    pauses.note_silence(slow)
    pauses.note_silence(slow)
    pauses.note(Response(slow))
    pauses.note_silence(slow)
    pauses.note_silence(slow)
    pauses.check(slow)
    pauses.note_silence(slow)
    with pytest.raises(HostPaused, match=r"slow.example does not answer and is left alone until 13:00:00 UTC"):
        pauses.check(slow)
    pauses.check("https://calm.example/a")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CannotResolveHostError(), "the host name was not found"),
        (DownloadConnectionRefusedError(), "nothing answers at that address (connection refused)"),
        (DownloadTimeoutError(), "no answer in time"),
        (DownloadCancelledError(), "larger than crawl.max_page_bytes"),
        (ResponseDataLossError(), "the answer was cut off"),
        (DownloadFailedError("[<SSL routines: certificate verify failed>]"), "the secure connection failed (TLS)"),
        (DownloadFailedError("[<ConnectionLost>]"), "the connection was cut"),
        (ValueError("first line\nsecond line"), "ValueError: first line"),
        (KeyError(), "KeyError"),
    ],
)
def test_a_network_error_is_said_in_plain_words(error: Exception, said: str) -> None:
    assert plain_reason(error) == said


def test_a_crawl_opens_no_door_to_the_outside() -> None:
    settings = Settings(scrapy_settings(CrawlSettings(), lambda: NOON))
    enabled = build_component_list(settings.getwithbase("EXTENSIONS"))
    assert not [name for name in enabled if "telnet" in str(name) or "remote_control" in str(name)]


@pytest.mark.parametrize(("poll_minutes", "seconds"), [(30, 1800), (0.05, 60)])
def test_a_crawl_ends_before_the_next_one_is_due(poll_minutes: float, seconds: float) -> None:
    chosen = scrapy_settings(CrawlSettings(poll_minutes=poll_minutes), lambda: NOON)
    assert chosen["CLOSESPIDER_TIMEOUT"] == seconds
