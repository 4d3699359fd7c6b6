"""Pages that stand in place of what was asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.glance.stand_ins import LARGEST, is_wall, kind_of_title, lead_of, share_of, stand_in

HEADLINE = "Federal agents take two roofers from a Worcester job site"
PROSE = (
    "Two roofers were led away by federal agents on Monday from a job site on Grafton Street, their foreman said. "
    "He had asked for a warrant and was shown none. The two have worked for him for six years, and one of them has a "
    "hearing in Boston next month. A spokeswoman of the agency did not answer questions by Monday evening."
)


def web_page(title: str, main: str, head: str = "") -> bytes:
    menu = "<nav><a href='/'>The Worcester Lantern</a><a href='/news'>News</a></nav>"
    return f"<html><head><title>{title}</title>{head}</head><body>{menu}<main>{main}</main></body></html>".encode()


def kind(page: bytes, *announced: str, moved: bool = False) -> str | None:
    found = stand_in(page, announced or (HEADLINE,), "The Worcester Lantern", moved)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("title", "main"),
    [
        ("Just a moment...", "<p>worcesterlantern.example needs to review the security of your connection.</p>"),
        ("The Worcester Lantern", "<h1>Before you continue</h1><p>We and 700 partners would like to use cookies.</p>"),
        ("Privacy settings", "<p>Choose what we may store.</p>"),
        ("Log in | The Worcester Lantern", "<form><label>Password</label></form>"),
        ("The Worcester Lantern", "<h1>Create a free account to read on</h1>"),
        ("Subscribe to continue", "<p>From one dollar a week.</p>"),
        ("Making sure you’re not a bot!", "<p>Loading</p>"),
        ("Human verification", "<p>Press and hold.</p>"),
        ("Please enable JavaScript", ""),
        ("We’ll be right back", "<p>Our newsroom system is being moved.</p>"),
        ("429 Too Many Requests", ""),
        ("503", ""),
        ("Unavailable for legal reasons", ""),
        ("Inicia sesión", ""),
    ],
)
def test_a_wall_is_known_by_its_title_or_heading(title: str, main: str) -> None:
    assert kind(web_page(title, main)) == "wall"


@pytest.mark.parametrize(
    ("title", "main"),
    [
        ("Page not found – The Worcester Lantern", f"<p>Perhaps one of these?</p><p>{PROSE}</p>"),
        ("404", ""),
        ("Oops!", "<p>Nothing here.</p>"),
        ("The Worcester Lantern", "<h1>Sorry, we can’t find that page</h1>"),
        ("The Worcester Lantern", "<h1>Nothing found</h1><p>Try a search.</p>"),
        ("The Worcester Lantern", "<p>The article you are looking for has been removed.</p>"),
        (HEADLINE, "<h1>This story is no longer available</h1><p>It may be in our archive.</p>"),
        (HEADLINE, "<p>This page does not exist any more.</p>"),
        ("Search results for: roofers", f"<p>{PROSE}</p>"),
        ("Tag: immigration", f"<p>{PROSE}</p>"),
        ("immigration Archives - The Worcester Lantern", f"<p>{PROSE}</p>"),
        ("Latest news", f"<p>{PROSE}</p>"),
        ("Página no encontrada", ""),
        ("El Faro", "<h1>Esta nota ya no está disponible</h1>"),
    ],
)
def test_a_page_that_is_gone_is_known_by_what_the_server_shows(title: str, main: str) -> None:
    assert kind(web_page(title, main), "Roofers’ arrest on Grafton Street: what we know", HEADLINE) == "gone"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html><head><title>The Worcester Lantern</title></head><body><div id=root></div></body></html>",
        web_page("Google News", "<c-wiz></c-wiz>"),
        web_page("Weather", "<p>Rain until Thursday, then a dry weekend with some wind from the sea.</p>"),
    ],
)
def test_a_page_that_shares_nothing_with_what_was_said_of_it_is_another(page: bytes) -> None:
    assert kind(page) == "other"


@pytest.mark.parametrize(
    "page",
    [
        web_page(HEADLINE, f"<h1>{HEADLINE}</h1><p>{PROSE}</p>"),
        web_page("The Worcester Lantern", f"<h1>Two roofers taken from Worcester site by agents</h1><p>{PROSE}</p>"),
        web_page(HEADLINE, "<div id=app></div>"),
        web_page("Lantern", "<div id=app></div>", f'<meta property="og:title" content="{HEADLINE}">'),
        web_page("A morning on Grafton Street", f"<p>{PROSE}</p>", '<meta property="og:type" content="article">'),
        web_page("Lantern", "", f'<script type="application/ld+json">{{"headline": "{HEADLINE}"}}</script>'),
        web_page("Monday", f"<p>Federal agents took two roofers from a job site in Worcester.</p><p>{PROSE}</p>"),
        web_page(HEADLINE, f"<p>{PROSE}</p><p>A video of it was removed by the agency.</p>"),
    ],
)
def test_a_page_that_shares_enough_or_calls_itself_an_article_is_the_one_asked_for(page: bytes) -> None:
    assert kind(page) is None


@pytest.mark.parametrize(
    "headline",
    [
        "Access denied: families wait outside a Burlington office",
        "404 candles for 404 people held in Plymouth",
        "Sorry, we are closed: shops in Lawrence shut for a day",
        "Sign in, wait, go home: a day at the immigration court",
        "Before you continue to post raids, think, says the chief",
        "Tag: a game that stopped when agents came",
    ],
)
def test_a_headline_that_sounds_like_a_wall_is_the_page_when_the_feed_says_the_same(headline: str) -> None:
    assert (
        kind(web_page(f"{headline} | The Worcester Lantern", f"<h1>{headline}</h1><video></video>"), headline) is None
    )


def test_after_a_redirect_words_somewhere_on_the_page_are_not_enough() -> None:
    front = web_page("Lantern", f"<p>{HEADLINE}</p><p>{PROSE}</p>")
    assert kind(front) is None
    assert kind(front, moved=True) == "gone"


def test_of_a_page_of_which_nothing_was_said_only_what_gives_it_away_counts() -> None:
    assert kind(web_page("Weather", "<p>Rain until Thursday.</p>"), "") is None
    assert kind(web_page("Page not found", ""), "") == "gone"


def test_the_name_of_the_outlet_is_no_witness() -> None:
    assert kind(web_page("The Worcester Lantern", "<p>Welcome</p>"), "Worcester Lantern wins a prize") == "other"


@given(st.binary(max_size=2_000), st.text(max_size=80))
def test_any_bytes_and_any_headline_can_be_asked_about(body: bytes, said: str) -> None:
    assert kind(body, said) in (None, "wall", "gone", "other")


def test_the_words_of_an_address_are_said_of_its_page() -> None:
    assert lead_of("https://paper.example/local/2026/03/two-roofers-taken-from-job-site/") == (
        "two roofers taken from job site"
    )
    assert lead_of("https://paper.example/story/news/9931/") == ""


def test_a_headline_is_shared_by_the_stems_of_its_words() -> None:
    assert share_of("Agents detained roofers", "Agent detains roofer") == 1
    assert share_of("Agents detained roofers", "Rain until Thursday") == 0


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
