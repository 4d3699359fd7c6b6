"""Whose fault it is that nobody answers."""

import pytest

from crawler.manners.outage import is_ours, is_proof


@pytest.mark.parametrize(
    ("failed", "others", "ours"),
    [
        ({}, 0, False),
        ({"a": False}, 0, False),  # one outlet that is watched alone may be down
        ({"a": True}, 0, True),  # no route, no resolver: that is us, whoever was asked
        ({"a": False, "b": False}, 0, False),
        ({"a": True, "b": False}, 0, False),
        ({"a": True, "b": True}, 0, True),
        ({"a": False, "b": False, "c": False}, 0, True),
        ({"a": False}, 1, True),  # nor does the other one that is known to answer
    ],
)
def test_it_is_ours_when_nobody_can_be_reached(failed: dict[str, bool], others: int, ours: bool) -> None:
    assert is_ours(failed, others) is ours


PAPER, PORTAL = "http://www.paper.example/feed", "http://login.hotel.example/"


@pytest.mark.parametrize(
    ("url", "status", "location", "before", "proves"),
    [
        (PAPER, 200, "", "", True),
        (PAPER, 404, "", "", True),
        (PAPER, 301, "https://paper.example/feed", "", True),
        (PAPER, 302, "/rss", "", True),
        (PAPER, 302, PORTAL, "", False),
        (PAPER, 302, "http://[::1", "", True),
        (PORTAL, 200, "", PAPER, False),
        ("https://paper.example/feed", 200, "", PAPER, True),
        (PAPER, 511, "", "", False),
    ],
)
def test_whoever_stands_on_our_line_proves_nothing(
    url: str, status: int, location: str, before: str, proves: bool
) -> None:
    assert is_proof(url, status, location, before) is proves
