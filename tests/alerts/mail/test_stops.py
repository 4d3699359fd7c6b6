"""Whom nothing is sent to while servers refuse us, and which record is named."""

import pytest

from alerts.locale import in_words
from alerts.mail.mending import mending, told_as
from alerts.mail.stops import stopped
from crawler.model import because

WHY = because("sender_refused", said=because("mail_returned", status="5.7.26", said="no"), mend=because("mend_spf"))


@pytest.mark.parametrize(
    ("refused", "sent", "stops"),
    [
        (1, 1, True),  # all that went there
        (2, 3, False),
        (3, 3, True),
        (3, 15, True),
        (3, 16, False),  # three readers of a large provider, or who pretend to be some
        (200, 1000, True),
        (199, 1000, False),
    ],
)
def test_a_domain_is_stopped_by_three_and_a_fifth(refused: int, sent: int, stops: bool) -> None:
    found = stopped({"a.example": (refused, WHY)}, {"a.example": sent, "b.example": 5})
    assert bool(found.why("x@A.example")) is stops
    assert not found.why("x@b.example")


def test_all_are_stopped_by_three_domains_that_are_a_fifth() -> None:
    three = {f"{name}.example": (1, WHY) for name in "abc"}
    sent = {f"{name}.example": 1 for name in "abc"}
    assert stopped(three, sent | {"big.example": 12}).why("x@other.example")
    assert not stopped(three, sent | {"big.example": 13}).everybody  # three domains of one person
    assert not stopped({"a.example": (50, WHY)}, {"a.example": 50}).everybody


@pytest.mark.parametrize(
    ("said", "record"),
    [
        ("5.7.26 Unauthenticated email is not accepted: DKIM = did not pass SPF = pass", "mend_dkim"),
        ("5.7.26 This mail is unauthenticated", "mend_all"),
        ("5.7.515 Access denied. Spf= Fail , Dkim= Pass", "mend_spf"),
        ("5.7.25 the IP address does not have a PTR record", "mend_ptr"),
        ("5.7.27 SPF did not pass", "mend_spf"),
        ("5.7.509 Access denied, domain does not pass DMARC verification", "mend_dmarc"),
        ("4.7.28 an unusual rate of unsolicited mail", "mend_rate"),
        ("5.7.29 not sent over TLS", "mend_tls"),
        ("5.1.8 Sender address rejected: Domain not found", "mend_domain"),
        ("5.7.1 Relay access denied", "mend_relay"),
        ("5.7.1 Client host blocked using zen.spamhaus.example", "mend_listed"),
        ("no", "mend_unsaid"),
    ],
)
def test_which_record_is_to_be_mended(said: str, record: str) -> None:
    assert mending(said).code == record


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_wrong_recipient_a_full_box_and_a_refused_sender_are_three_things(language: str) -> None:
    answer = because("mail_answered", code=550, said="5.7.1 blocked")
    said = [
        in_words(told_as(about, answer, "5.7.1 blocked"), language) for about in ("recipient", "full", "us", "mail")
    ]
    assert len({one.partition(":")[0] for one in said}) == 4
    assert all("5.7.1 blocked" in one for one in said)
    assert in_words(told_as("later", answer, ""), language) == in_words(answer, language)
