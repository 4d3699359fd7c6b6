from datetime import UTC, datetime, timedelta

import pytest

from crawler.extract import Hint, extract
from tests.extracting import NOW, PARAGRAPHS, SPANISH, URL, news_article, page, read


@pytest.mark.parametrize(
    ("head", "byline", "expected", "witness"),
    [
        (
            '<meta property="article:published_time" content="2026-03-11T09:30:12-04:00">',
            "",
            (13, 30, 12),
            "meta article:published_time",
        ),
        ("", '<time datetime="2026-03-11T09:30-04:00">Wednesday</time>', (13, 30, 0), "time element"),
        (
            '<meta name="parsely-pub-date" content="2026-03-11T13:30:00">',
            "",
            (13, 30, 0),
            "meta parsely-pub-date, no zone",
        ),
        ('<meta name="date" content="2026-03-11">', "", (12, 0, 0), "meta date, day only"),
    ],
)
def test_the_time_of_publication_is_utc(head: str, byline: str, expected: tuple[int, int, int], witness: str) -> None:
    article = read(page(head=head, byline=byline))
    assert article.published_at == datetime(2026, 3, 11, *expected, tzinfo=UTC)
    assert article.witnesses["published_at"] == witness


def test_a_more_precise_witness_of_the_same_day_gives_the_minute() -> None:
    head = '<meta name="date" content="2026-03-11">'
    feed = Hint(published_at=datetime(2026, 3, 11, 13, 30, tzinfo=UTC))
    assert read(page(head=head), hint=feed).published_at == feed.published_at
    older = Hint(published_at=datetime(2026, 3, 1, 13, 30, tzinfo=UTC))
    assert read(page(head=head), hint=older).published_at == datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_a_date_to_come_is_not_believed() -> None:
    soon = (NOW + timedelta(days=3)).isoformat()
    feed = Hint(published_at=NOW - timedelta(hours=2))
    article = read(
        page(ld=news_article(datePublished=soon)), url="https://www.millriverherald.com/story/laundry", hint=feed
    )
    assert (article.published_at, article.witnesses["published_at"]) == (feed.published_at, "feed")


def test_a_day_without_time_is_not_put_in_the_future() -> None:
    morning = NOW.replace(hour=6)
    article = extract(page(head='<meta name="date" content="2026-03-12">'), URL, "millriver", morning)
    assert article.published_at == morning


def test_the_last_change_is_kept_apart() -> None:
    ld = news_article(datePublished="2026-03-11T13:30:00Z", dateModified="2026-03-11T15:00:00Z")
    assert read(page(ld=ld)).modified_at == datetime(2026, 3, 11, 15, tzinfo=UTC)
    assert read(page(ld=ld | {"dateModified": "2026-03-11T13:30:00Z"})).modified_at is None


@pytest.mark.parametrize(
    ("lang", "paragraphs", "expected"),
    [
        ("en-US", PARAGRAPHS, "en"),
        ("", PARAGRAPHS, "en"),
        ("es", SPANISH, "es"),
        ("en-US", SPANISH, "es"),
        ("", SPANISH, "es"),
    ],
)
def test_the_language_is_declared_or_heard(lang: str, paragraphs: tuple[str, ...], expected: str) -> None:
    assert read(page(lang=lang, paragraphs=paragraphs)).language == expected


def test_a_paywall_is_marked() -> None:
    assert read(page(ld=news_article(isAccessibleForFree=False))).paywalled
    assert read(page(ld=news_article(isAccessibleForFree="False"))).paywalled
    assert not read(page(ld=news_article(isAccessibleForFree=True))).paywalled


def test_a_walled_page_keeps_its_description() -> None:
    told = "Agents detained four workers at a laundry in Waltham early on Wednesday, the owner said."
    article = read(page(ld=news_article(isAccessibleForFree=False, description=told), paragraphs=("Subscribe now.",)))
    assert (article.text, article.paywalled, article.witnesses["text"]) == (told, True, "description")


def test_the_picture_has_a_whole_address() -> None:
    assert (
        read(page(head='<meta property="og:image" content="/img/a.jpg">')).image_url
        == "https://www.millriverherald.com/img/a.jpg"
    )


IDENTITY = URL.rstrip("/").replace("www.", "")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (URL + "?utm_source=x", IDENTITY),
        ("https://www.millriverherald.com/", IDENTITY),
        ("https://elsewhere.example.com/story", IDENTITY),
        ("/news/laundry-raid", "https://millriverherald.com/news/laundry-raid"),
        ("https://[broken", IDENTITY),
    ],
)
def test_only_a_plausible_canonical_link_is_followed(link: str, expected: str) -> None:
    article = read(page(head=f'<link rel="canonical" href="{link}">'), url=URL + "?fbclid=1#top")
    assert article.url == expected
