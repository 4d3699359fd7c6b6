"""What is posted to a URL: signed as the standard says, and to public addresses only."""

import contextlib
import itertools
import json
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.event import StoryMatched, StoryTold
from alerts.channels.webhook import Gone, new_secret, post_webhook, signed_headers, webhook_address
from alerts.locale import in_words
from alerts.mail.carriers import DeliveryDelayed
from alerts.people.subscriber import Channel
from crawler.manners.transport import POST_SECONDS
from crawler.model import IcewireError
from crawler.settings import CrawlSettings
from tests.makers.channelling import HERE
from tests.makers.making import NOON
from tests.makers.receiving import Receiver

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def channel(url: str) -> Channel:
    return Channel(id=1, subscriber_id=1, kind="webhook", url=url, secret=SECRET, created_at=NOON)


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', moment)
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_32_random_bytes() -> None:
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", new_secret())
    assert new_secret() != new_secret()


def test_what_the_docs_tell_a_receiver_to_do_tells_genuine_from_forged(receiver: Receiver) -> None:
    page = (ROOT / "docs/channels.md").read_text("utf-8")
    told: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], told)
    body = json.dumps({"type": "channel.test"}).encode()
    post_webhook(channel(receiver.url), "msg_1", body, HERE, datetime.now(UTC))
    [came] = receiver.came
    assert told["is_genuine"](SECRET, came.headers, came.body)
    assert not told["is_genuine"](SECRET, came.headers, came.body + b" ")
    assert not told["is_genuine"](new_secret(), came.headers, came.body)
    old = signed_headers(SECRET, "msg_1", body, NOON)
    assert not told["is_genuine"](SECRET, old, body)


def test_the_docs_tell_every_field_of_an_event() -> None:
    page = (ROOT / "docs/channels.md").read_text("utf-8")
    fields = {*StoryTold.__annotations__, *StoryMatched.__annotations__}
    assert [name for name in sorted(fields) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_taken(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda: status
    post_webhook(channel(receiver.url), "msg_1", b"{}", HERE, NOON)
    [came] = receiver.came
    assert (came.path, came.headers["content-type"], came.body) == ("/hook?for=us", "application/json", b"{}")
    assert came.headers["user-agent"].startswith("icewire/")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda: status
    receiver.headers = {"Location": f"{receiver.base}/inside"}
    with pytest.raises(DeliveryDelayed) as raised:
        post_webhook(channel(receiver.url), "msg_1", b"{}", HERE, NOON)
    assert in_words(raised.value.why) == f"answered {status}"
    assert [came.path for came in receiver.came] == ["/hook?for=us"]


@pytest.mark.parametrize("status", [400, 401, 404, 408, 429, 500, 503])
def test_any_other_answer_is_tried_again_later(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda: status
    with pytest.raises(DeliveryDelayed):
        post_webhook(channel(receiver.url), "msg_1", b"{}", HERE, NOON)


def test_410_is_an_answer_for_good(receiver: Receiver) -> None:
    receiver.answer = lambda: 410
    with pytest.raises(Gone):
        post_webhook(channel(receiver.url), "msg_1", b"{}", HERE, NOON)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.1.2.3",
             "169.254.169.254", "0.0.0.0", "192.168.0.1", "[fd00::1]", "[64:ff9b::7f00:1]", "100.64.0.1"],
)  # fmt: skip
def test_nothing_is_posted_into_a_private_network(host: str, receiver: Receiver) -> None:
    url = f"https://{host}:{receiver.base.rpartition(':')[2]}/"
    with pytest.raises(DeliveryDelayed) as raised:
        post_webhook(channel(url), "msg_1", b"{}", CrawlSettings(), NOON)
    assert raised.value.why.code in ("private_address", "host_not_found")
    assert receiver.came == []


def test_a_name_that_changes_its_mind_is_posted_to_where_it_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    port = int(receiver.base.rpartition(":")[2])

    def rebinding(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) > 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("crawler.manners.transport.socket.getaddrinfo", rebinding)
    monkeypatch.setattr("crawler.manners.transport.is_public", lambda address: address == "127.0.0.9")
    monkeypatch.setattr("crawler.manners.transport.CONNECT_SECONDS", 2.0)
    with pytest.raises(DeliveryDelayed):
        post_webhook(channel(f"https://paper.example:{port}/"), "msg_1", b"{}", CrawlSettings(), NOON)
    assert (asked, receiver.came) == (["paper.example"], [])


def test_without_tls_nothing_is_posted(receiver: Receiver) -> None:
    with pytest.raises(DeliveryDelayed) as raised:
        post_webhook(channel(receiver.url), "msg_1", b"{}", CrawlSettings(), NOON)
    assert in_words(raised.value.why) == "it is not an https address"


def test_no_error_repeats_the_address_which_may_hold_a_secret() -> None:
    for url in ("https://127.0.0.1:1/token", "https://nowhere.invalid/token", "http://paper.example/token"):
        with pytest.raises(DeliveryDelayed) as raised:
            post_webhook(channel(url), "msg_1", b"{}", CrawlSettings(), NOON)
        assert "token" not in in_words(raised.value.why) + str(raised.value)


@contextlib.contextmanager
def dribbling(pieces: Iterable[bytes], pause: float) -> Iterator[str]:
    """Who answers piece by piece until nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line, contextlib.suppress(OSError):
                for piece in pieces:
                    line.sendall(piece)
                    time.sleep(pause)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(3)


def test_an_answer_that_comes_in_drops_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.manners.transport.POST_SECONDS", 0.5)
    begun = time.monotonic()
    with dribbling(itertools.repeat(b"x"), 0.05) as url, pytest.raises(DeliveryDelayed) as raised:
        post_webhook(channel(url), "msg_1", b"{}", HERE, NOON)
    assert in_words(raised.value.why) == "no answer in time"
    assert time.monotonic() - begun < 3


def test_a_body_without_end_is_not_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    begun = time.monotonic()
    with dribbling(itertools.chain([head], itertools.repeat(b"x" * 65536)), 0) as url:
        post_webhook(channel(url), "msg_1", b"{}", HERE, NOON)
    assert time.monotonic() - begun < POST_SECONDS


def test_a_resolver_that_does_not_answer_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> list[object]:
        time.sleep(2)
        return []

    monkeypatch.setattr("crawler.manners.transport.socket.getaddrinfo", slow)
    monkeypatch.setattr("crawler.manners.transport.CONNECT_SECONDS", 0.1)
    begun = time.monotonic()
    with pytest.raises(DeliveryDelayed):
        post_webhook(channel("https://paper.example/"), "msg_1", b"{}", CrawlSettings(), NOON)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "url", ["http://paper.example/", "ftp://paper.example/", "paper.example", "https://", "https://paper.example:0/",
            "https://paper.example:99999/", "https://[paper/", "https://paper.example/#part",
            "https://paper.example/a b", "https://päper.example/", "https://user:word@paper.example/",
            "https://paper.example/\n", "x" * 2100],
)  # fmt: skip
def test_what_cannot_be_posted_to_is_refused_when_it_is_added(url: str) -> None:
    with pytest.raises(IcewireError, match="post to"):
        webhook_address(url, CrawlSettings())


def test_what_can_be_is_taken_as_it_is() -> None:
    for url in ("https://hooks.paper.example/icewire?token=1", "https://paper.example:8443"):
        assert webhook_address(url, CrawlSettings()) == url
    assert webhook_address("http://127.0.0.1:9000/", HERE) == "http://127.0.0.1:9000/"
