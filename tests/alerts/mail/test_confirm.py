"""The mail that asks whether somebody wants a search."""

from datetime import datetime
from email import message_from_bytes, policy

from alerts.digest.post import Post
from alerts.join import add_search
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import READER, claim


def asked(post: Post, places: Gazetteer, query: str, now: datetime, name: str = "") -> str:
    """The text of the mail that asks whether a reader wants this search."""
    add_search(post, places, READER, query, "06:30", "America/Chicago", False, now, name)
    delivery = claim(post.deliveries, now)
    assert delivery is not None
    assert delivery.kind == "confirm"
    return " ".join(text_in(delivery.message).split())


def text_in(message: bytes) -> str:
    """The text of a mail that has nothing else."""
    said = message_from_bytes(message, policy=policy.default).get_content()
    assert isinstance(said, str)
    return said


def test_the_question_says_the_search_the_hour_and_the_zone(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    text = asked(post, gazetteer, 'raid place:"Waltham, MA"', now)
    assert "stories that mention raid (raids, raided, raiding), in Waltham, MA" in text
    assert "Each day at 06:30 (Central Time)" in text
    assert "https://alerts.icewire.example/confirm/" in text


def test_a_stranger_sends_no_message_by_it(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    """What they write comes as words that we would look for, with no address to click and no lines of its own."""
    query = '"Your account is locked: http://evil.example/pay" OR title:"call 555-0101 now"'
    text = asked(post, gazetteer, query, now, name="Click https://evil.example NOW")
    assert "evil.example" not in text
    assert "http://evil" not in text
    assert "Click" not in text
