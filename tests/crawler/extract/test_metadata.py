from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.extract.article import Hint, extract
from crawler.text.moments import Moment, moment
from tests.makers.extracting import NOW, PARAGRAPHS, SPANISH, URL, news_article, page, read


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
    minute = datetime(2026, 3, 11, 13, 30, tzinfo=UTC)
    assert read(page(head=head), hint=Hint(published=Moment(minute))).published_at == minute
    older = Hint(published=Moment(datetime(2026, 3, 1, 13, 30, tzinfo=UTC)))
    assert read(page(head=head), hint=older).published_at == datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_a_day_that_the_feed_says_stays_a_day_whatever_else_is_silent() -> None:
    url = "https://www.millriverherald.com/story/laundry"
    day = moment("2026-03-11")
    for head in ("", '<meta name="date" content="2026-03-11">', '<meta name="date" content="2026-03-11T00:00:00Z">'):
        article = read(page(head=head), url=url, hint=Hint(published=day))
        assert (article.published_at, article.day_only) == (datetime(2026, 3, 11, 12, tzinfo=UTC), True)
        assert article.witnesses["published_at"].endswith("day only")
    head = '<meta name="date" content="2026-03-11T09:30:00-04:00">'
    article = read(page(head=head), url=url, hint=Hint(published=day))
    assert (article.published_at, article.day_only) == (datetime(2026, 3, 11, 13, 30, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("said", "day_only"),
    [("03/11/2026 9:30:00 AM", False), ("Mar. 11, 2026, 9:30 a.m. ET", False), ("March 11, 2026", True),
     (1773235800, False), (1773235800.0, False)],
)  # fmt: skip
def test_json_ld_may_say_the_date_as_people_do(said: object, day_only: bool) -> None:
    article = read(page(ld=news_article(datePublished=said)))
    assert article.published_at is not None
    assert (article.published_at.date(), article.day_only) == (date(2026, 3, 11), day_only)


@pytest.mark.parametrize(
    ("text", "day"),
    [("<p class='date'>03/02/2026</p>", date(2026, 3, 2)), ("<p>2 March 2026</p>", date(2026, 3, 2)),
     ("<p>Copyright 2025 Mill River Herald</p>", None), ('<script>x = {"nav": "subscribe \\u2014"}</script>', None)],
)  # fmt: skip
def test_a_shown_date_is_read_the_us_way_and_a_year_alone_is_none(text: str, day: date | None) -> None:
    article = read(page(byline=text), url="https://www.millriverherald.com/story/laundry")
    assert (article.published_at and article.published_at.date()) == day


def test_a_date_to_come_is_not_believed() -> None:
    soon = (NOW + timedelta(days=3)).isoformat()
    feed = Moment(NOW - timedelta(hours=2))
    url = "https://www.millriverherald.com/story/laundry"
    article = read(page(ld=news_article(datePublished=soon)), url=url, hint=Hint("", feed))
    assert (article.published_at, article.witnesses["published_at"]) == (feed.at, "feed")


def test_a_day_without_time_is_not_put_in_the_future() -> None:
    morning = NOW.replace(hour=6)
    article = extract(page(head='<meta name="date" content="2026-03-12">'), URL, "millriver", morning)
    assert (article.published_at, article.day_only) == (morning, True)


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
    assert read(page(ld=news_article(isAccessibleForFree="https://schema.org/False"))).paywalled
    assert not read(page(ld=news_article(isAccessibleForFree=True))).paywalled


def test_a_video_for_subscribers_on_a_free_page_is_no_paywall() -> None:
    video = {"@type": "VideoObject", "name": "Video", "isAccessibleForFree": False}
    assert not read(page(ld=[news_article(isAccessibleForFree=True), video])).paywalled
    assert read(page(ld=[news_article(), video])).paywalled


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
