"""How a digest looks: what is in another language says so, to eyes and to voices."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alerts.digest.compose import Development, MatchedStory, SourcesRead, compose
from alerts.digest.render import digest_message
from alerts.mail.message import Envelope
from alerts.settings import MailSettings
from tests.makers.mailing import READER, parts

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
    return re.findall(r'<(?:h3|a|span)[^>]* lang="es"[^>]*>(?:<a [^>]*>)?([^<]+)<', html)


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
    assert all("text-decoration:underline" in link for link in links)
    assert not re.search(r"text-decoration: ?none", html)
