"""How a digest looks: what is in another language says so, to eyes and to voices."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from alerts.digest.ahead import Ahead
from alerts.digest.compose import Digest, SourcesRead, compose
from alerts.digest.sample import sample_digest
from alerts.digest.story import Development, MatchedStory
from alerts.mail.message import Envelope
from alerts.settings import MailSettings
from tests.makers.mailing import MAIL, READER, digest_message, parts

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
STORY = MatchedStory(
    story_id=1,
    search="x",
    terms=("x",),
    window="…los agentes llegaron a la fábrica a las seis…",
    window_from="",
    title="¿Redada en Lawrence? Doce detenidos, dice el alcalde",
    url="https://voz.example/1",
    outlet="La Voz",
    published_at=NOW,
    place="Lawrence, MA",
    kind="arrest",
    language="es",
)
DEVELOPMENT = Development("Dos quedan libres", "https://voz.example/2", "La Voz", NOW, "es")


def mail(*found: MatchedStory, developed: tuple[MatchedStory, ...] = ()) -> tuple[str, str]:
    digest = compose(date(2026, 3, 10), "America/New_York", ["x"], found, SourcesRead(1), NOW, None, developed)
    return parts(digest_message(digest, Envelope(READER, "<1@a>", NOW, "https://a.example/u/1"), MailSettings()))


def in_spanish(html: str) -> list[str]:
    found = re.findall(r'<(?:h3|a|blockquote)[^>]* lang="es"[^>]*>(?:<a [^>]*>)?([^<]+)<', html)
    return [words.strip() for words in found]


def test_headline_and_quoted_words_are_marked_with_their_language() -> None:
    plain, html = mail(replace(STORY, development=DEVELOPMENT))
    assert in_spanish(html) == [STORY.title, STORY.window, "“Dos quedan libres”"]
    assert plain.count("Lawrence, MA, in Spanish") == 1
    assert "7:00 AM, in Spanish)" in plain
    assert html.count("in Spanish") == 2


def test_an_update_in_another_language_is_marked_too() -> None:
    plain, html = mail(developed=(replace(STORY, development=DEVELOPMENT),))
    assert in_spanish(html) == ["“Dos quedan libres”", STORY.title, STORY.title]  # again where the search points to it
    assert "in Spanish" in plain


def test_the_quoted_words_of_another_outlet_have_a_language_of_their_own() -> None:
    _, html = mail(replace(STORY, language="en", window_language="es", window_from="La Voz"))
    assert in_spanish(html) == [STORY.window]
    _, html = mail(replace(STORY, window_language="en", window_from="The Ledger"))
    assert in_spanish(html) == [STORY.title]


@pytest.mark.parametrize("language", ["en", "en-US", ""])
def test_what_is_in_the_mails_language_is_not_marked(language: str) -> None:
    plain, html = mail(replace(STORY, language=language, development=replace(DEVELOPMENT, language=language)))
    assert html.count(" lang=") == 2  # the page, and its outermost element, as mail programs drop the page
    assert "· in " not in html
    assert ", in " not in plain


@pytest.mark.parametrize(
    ("language", "said", "attributes"),
    [
        ("ht", "Haitian Creole", 'lang="ht" dir="ltr"'),
        ("es-MX", "Spanish", 'lang="es-MX" dir="ltr"'),
        ("ar", "in Arabic", 'lang="ar" dir="rtl"'),
        ("tlh", "in tlh", 'lang="tlh" dir="ltr"'),
    ],
)
def test_other_languages_are_named_and_written_in_their_direction(language: str, said: str, attributes: str) -> None:
    plain, html = mail(replace(STORY, language=language))
    assert said in plain
    assert f'<h3 id="story-1" {attributes} ' in html


def test_a_link_inside_a_line_is_underlined() -> None:
    _, html = mail(replace(STORY, development=DEVELOPMENT))
    links = re.findall("<a [^>]*>", html)
    assert len(links) > 3
    assert all("color:#" in link for link in links)
    assert not re.search(r"text-decoration: ?none", html)


def the_mail(
    digest: Digest, rest_url: str = "https://a.example/digest/t", mail: MailSettings = MAIL
) -> tuple[str, str]:
    return parts(digest_message(digest, Envelope(READER, "<1@a>", NOW, "https://a.example/u/1"), mail, rest_url))


def test_both_parts_have_the_same_links_in_the_same_order() -> None:
    plain, html = the_mail(sample_digest())
    of_html = re.findall(r'href="([^"#][^"]*)"', html)
    of_text = re.findall(r"(?:https://|mailto:)[^\s<>]+", plain)
    assert of_text == of_html
    assert len(of_html) > 20
    assert of_html[0] == of_html[-1] == "https://a.example/u/1"


def test_the_sample_shows_all_that_an_entry_can_show() -> None:
    for text in the_mail(sample_digest()):
        said = re.sub("<[^>]*>", "", text) if "<html" in text else text
        for words in (
            "Numbers differ: 3 arrested or detained (Lantern, Mon, Mar 9, 9:10 AM) · 5 (Harbor Public Radio",
            "Coming up: Mon, Mar 16, vote (Waltham City Council)", "Coming up: Thu, Mar 19, hearing",
            "first reported by Lantern, Mon, Mar 9, 9:10 AM", "credited to AP", "9 copies of the AP story elsewhere",
            "in Spanish", "in Arabic", "Report a mistake", "Latest: ", "Told before: ", "Also for: Courthouses",
            "Correction: this happened in Lawrence, MA. On Mon, Mar 9 we said Lawrenceville, GA.",
            "Why it is here: a story mentioning deportada", "What it found stands above:", "Nothing found.",
            "subscription may be needed", "and 1 more from ", "11 of 12 sources were read",
        ):  # fmt: skip
            assert words in said


def test_matched_words_are_strong_and_nothing_else_of_the_quotation_is() -> None:
    story = replace(STORY, window="…said <b>four</b> agents & a van", marks=((6, 17), (25, 28)))
    assert "".join(piece for piece, _ in story.passages) == story.window
    _, html = mail(story)
    assert "…said <strong>&lt;b&gt;four&lt;/b&gt;</strong> agents <strong>&amp; a</strong> van" in html


def test_what_is_over_is_not_ahead() -> None:
    days = tuple(Ahead(date(2026, 3, day), "vote") for day in (9, 10, 11))
    plain, html = mail(replace(STORY, ahead=days))
    assert plain.count("Coming up: ") == html.count("Coming up: ") == 2
    assert "Mar 9," not in plain.partition("Coming up")[2]


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("desk@a.example", "mailto:desk@a.example?subject=icewire%20story%201"),
        ("mailto:desk@a.example", "mailto:desk@a.example?subject=icewire%20story%201"),
        ("https://a.example/contact", "https://a.example/contact"),
        ("The desk, room 4", ""), ("", ""), ('x"onclick="y@a.example', ""),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_to_the_contact(contact: str, link: str) -> None:
    digest = compose(date(2026, 3, 10), "UTC", ["x"], [STORY], SourcesRead(1), NOW)
    plain, html = the_mail(digest, mail=MAIL.model_copy(update={"contact": contact}))
    assert (f'href="{link}"' in html) == bool(link)
    assert ("Report a mistake" in plain) == ("Report a mistake" in html) == bool(link)


def test_the_layout_is_tables_that_say_they_are_none() -> None:
    _, html = the_mail(sample_digest())
    tables = re.findall("<table[^>]*>", html)
    assert len(tables) == 2
    assert all('role="presentation"' in table for table in tables)
    assert '<!--[if mso]><table role="presentation" align="center" width="640"' in html  # Outlook knows no max-width
    shown = re.sub("<!--.*?-->", "", html, flags=re.S)
    assert not re.search(r"<[a-z][^>]* (?:cellpadding|cellspacing|border|bgcolor|valign|width|align)=", shown)
    outermost = re.search(r"<body[^>]*>\s*<div([^>]*)>", html)
    assert outermost
    assert all(said in outermost[1] for said in ('role="main"', 'lang="en"', 'dir="ltr"'))


def test_headings_are_in_order_and_each_has_its_style() -> None:
    _, html = the_mail(sample_digest())
    levels = [int(level) for level in re.findall("<h([1-6])", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    shown = re.sub("<!--.*?-->", "", html, flags=re.S)
    assert all("style=" in tag for tag in re.findall("<h[123][^>]*>|<a [^>]*>|<p[^>]*>|<td[^>]*>", shown))
    assert html.count("<style>") == 2  # what only programs heed that know the dark, and Outlook's


def test_unsubscribe_stands_at_the_top_and_at_the_foot() -> None:
    plain, html = the_mail(sample_digest())
    assert html.index(">Unsubscribe<") < html.index("<h2")
    assert plain.splitlines()[:3] == [
        "ICE news, Tuesday, March 10, 2026", "11 stories and 2 updates", "Unsubscribe: https://a.example/u/1",
    ]  # fmt: skip
    assert not re.search("stop these mails", re.sub("<[^>]*>", "", html) + plain, re.I)  # costs a point of spam


def test_nothing_is_loaded_from_anywhere() -> None:
    _, html = the_mail(sample_digest())
    assert not re.search(r"<img|<link|<script|url\(|@import|src=", html)
