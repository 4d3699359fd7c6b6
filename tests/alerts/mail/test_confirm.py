"""The mail that asks whether somebody wants a digest."""

from datetime import datetime

from alerts.digest.post import Post
from tests.makers.mailing import READER, ask, claim


def test_the_confirmation_asks_with_a_link(post: Post, now: datetime) -> None:
    subscriber, _ = post.members.subscribe(READER, "raid", now, "UTC", "07:00", active=False)
    ask(post, subscriber, now)
    delivery = claim(post.deliveries, now)
    assert delivery is not None
    assert delivery.kind == "confirm"
    assert b"http://127.0.0.1:8080/confirm/" in delivery.message.replace(b"=\r\n", b"")
