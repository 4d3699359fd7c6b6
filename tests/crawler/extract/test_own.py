"""JSON-LD of several stories: only the page's own gives date, author, access and text."""

import time

import pytest
from lxml import html

from crawler.extract.own import other_stories
from tests.makers.extracting import PARAGRAPHS, TITLE, URL, news_article, page, read

OTHER = {
    "@type": "NewsArticle", "headline": "City to plant four hundred trees",
    "datePublished": "2024-04-02T08:00:00-04:00",
    "author": {"@type": "Person", "name": "Jo Parker"}, "isAccessibleForFree": False,
    "articleBody": "Four hundred trees will stand along the canal by spring, the city said on Tuesday evening. " * 4,
}  # fmt: skip
ELSEWHERE = OTHER | {"url": "https://www.millriverherald.com/news/trees-999.html"}
OWN = news_article(datePublished="2026-03-11T09:30:00-04:00", author={"@type": "Person", "name": "Sam Reed"})
PATH = "/news/2026/03/laundry-raid/"


@pytest.mark.parametrize(
    "declared",
    [
        [OTHER, OWN],
        [ELSEWHERE, OWN],
        {"@graph": [{"@type": "WebPage", "name": "x"}, ELSEWHERE, OWN]},
        [ELSEWHERE, [[OWN]]],
        [OTHER, OWN | {"headline": "An editor's other words", "url": PATH}],
        [OTHER, OWN | {"headline": "An editor's other words", "mainEntityOfPage": {"@id": URL}}],
        [OTHER | {"mainEntityOfPage": URL, "url": ELSEWHERE["url"]}, OWN],
        [OTHER | {"@id": "#article"}, OWN | {"@id": "#article"}],
        [OTHER | {"url": "https://www.millriverherald.com/"}, OWN | {"url": "https://www.millriverherald.com/"}],
        [OTHER, OWN | {"headline": TITLE[:30]}],
        [OTHER, {key: value for key, value in OWN.items() if key != "headline"}],
        [ELSEWHERE | {"headline": "Agents detain two at Waltham bakery"}, OWN],
        {"@type": "LiveBlogPosting", "liveBlogUpdate": [OTHER | {"@type": "BlogPosting"}]}
        | {k: v for k, v in OWN.items() if k != "@type"},
        {"@type": "WebPage", "mainEntity": OWN, "relatedLink": [ELSEWHERE]},
    ],
)  # fmt: skip
def test_the_story_of_the_page_is_told_by_address_or_headline(declared: object) -> None:
    article = read(page(ld=declared))
    assert article.published_at is not None
    assert (f"{article.published_at:%Y-%m-%d}", article.authors, article.paywalled) == (
        "2026-03-11", ["Sam Reed"], False,
    )  # fmt: skip


@pytest.mark.parametrize("declared", [OTHER, ELSEWHERE, [ELSEWHERE, OTHER], {"@type": "ItemPage", "about": OTHER}])
def test_where_only_other_stories_are_declared_none_of_it_is_taken(declared: object) -> None:
    article = read(page(ld=declared), url="https://www.millriverherald.com/story/laundry")
    assert (article.published_at, article.authors, article.paywalled) == (None, [], False)


def test_two_that_say_nothing_of_themselves_are_not_guessed_between() -> None:
    silent = [{"@type": "Article", "datePublished": f"2026-03-{day}"} for day in ("10", "11")]
    url = "https://www.millriverherald.com/story/laundry"
    assert read(page(ld=silent), url=url).published_at is None
    assert read(page(ld=silent[:1]), url=url).published_at is not None


TREES = "".join(f"<p>{paragraph.replace('agents', 'trees')}</p>" for paragraph in PARAGRAPHS)
NEXT = f"<article><h1>City plants forty trees along the canal</h1>{TREES}</article>"


def test_the_next_story_below_is_not_the_pages() -> None:
    def text(below: str, **declared: object) -> str:
        return read(page(ld=news_article(**declared)).replace(b"</main>", below.encode() + b"</main>")).text

    assert "trees" not in text(NEXT)
    assert "trees" in text(NEXT.replace("h1", "h2"))  # a part of the story
    assert "trees" in text(NEXT.replace("City plants forty trees along the canal", TITLE))
    assert "trees" in text(NEXT, **{"@type": "LiveBlogPosting"})  # one of its entries


def test_the_text_of_another_story_is_never_the_pages() -> None:
    short = ("Agents detained four workers at a laundry.", "The owner said on Wednesday that two of them are fathers.")
    for declared in ([OTHER, OWN], [ELSEWHERE], [OTHER, OWN | {"articleBody": " ".join(short * 5)}]):
        for paragraphs in (short, PARAGRAPHS):
            told = "Four at a laundry were detained by agents, the owner said on Wednesday morning."
            head = f'<meta property="og:type" content="article"><meta name="description" content="{told}">'
            assert "trees" not in read(page(head=head, ld=declared, paragraphs=paragraphs)).text


def test_thousands_of_stories_on_one_page_are_told_apart_in_no_time() -> None:
    several = "".join(f"<article><h1>{title}</h1></article>" * 20_000 for title in (TITLE, OTHER["headline"]))
    tree = html.fromstring(f"<html><body>{several}</body></html>")
    began = time.process_time()
    assert len(other_stories(tree, TITLE)) == 20_000
    assert time.process_time() - began < 2  # a tenth of it on a machine that does nothing else
