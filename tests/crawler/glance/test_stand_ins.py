"""Pages that stand in place of what was asked for."""

import pytest

from crawler.glance.stand_ins import LARGEST, is_wall, kind_of_title


@pytest.mark.parametrize(
    "said",
    [
        "Just a moment...",
        "Un momento...",
        "Attention Required! | Cloudflare",
        "ACCESS DENIED",
        "Are you a robot?",
        "Are you human?",
        "Pardon Our Interruption",
        "Verifying that you are a human",
        "Please verify you are human to continue",
        "Bot Verification",
        "Security Check",
        "Checking your browser before accessing the site",
        "Request blocked",
        "403 Forbidden",
        "Solve the CAPTCHA",
    ],
)
def test_words_tell_of_a_wall(said: str) -> None:
    assert kind_of_title(said) == "wall"


@pytest.mark.parametrize(
    "said", ["ICE arrests three at a Worcester bakery", "Vivimos un momento difícil, dice el alcalde", "not a feed", ""]
)
def test_other_words_tell_of_none(said: str) -> None:
    assert kind_of_title(said) is None


@pytest.mark.parametrize(
    ("page", "wall"),
    [
        (b"<html><head><title> Just a moment...</title>", True),
        (b"<TITLE>Pardon Our Interruption</TITLE>", True),
        (b"<title>Are you a robot?</title>", True),
        (b"<script src='https://geo.captcha-delivery.com/x.js'></script>", True),
        (b"<div id='px-captcha'></div>", True),
        (b"<script src=/_Incapsula_Resource?x></script>", True),
        (b"<body class='cf-browser-verification'>", True),
        (b"<title>Lawyers say they were told: access denied</title>", False),
        (b"<title>Captcha, security check and 403 forbidden explained</title>", False),
        (b"<title>The fair</title><p>Just a moment...</p>", False),
        (b"", False),
    ],
)
def test_a_page_is_a_wall_by_how_its_title_begins_or_by_its_scripts(page: bytes, wall: bool) -> None:
    assert is_wall(page) is wall


def test_a_whole_page_that_carries_a_guards_script_is_none() -> None:
    page = b"<title>The fair</title><div id='px-captcha'></div>"
    assert is_wall(page.ljust(LARGEST - 1))
    assert not is_wall(page.ljust(LARGEST))
