import json
from datetime import UTC, datetime

import pytest

from alerts.locale import worded
from crawler.extract import article
from crawler.extract.article import Hint, NotAnArticle, content_hash, extract
from tests.makers.extracting import NOW, PARAGRAPHS, TITLE, URL, news_article, page, read


def test_a_plain_page_becomes_an_article() -> None:
    article = read(page())
    assert article.title == TITLE
    assert article.text.split("\n") == list(PARAGRAPHS)
    assert (article.source_id, article.language, article.fetched_at) == ("millriver", "en", NOW)
    assert (article.id, article.story_id, article.wire, article.paywalled) == (None, None, "", False)
    assert article.content_hash == content_hash(article.title, article.text)
    assert article.witnesses["title"] == "h1"


LOCAL, ZULU = "2026-03-11T09:30:00-04:00", "2026-03-11T13:30:00.000Z"
FIELDS = f'"author":{{"name":"Ana Ruiz"}},"datePublished":"{ZULU}"'


@pytest.mark.parametrize(
    "ld",
    [
        news_article(datePublished=LOCAL, author={"@type": "Person", "name": "Ana Ruiz"}),
        [{"@type": "WebSite", "name": "Herald"}, news_article(datePublished=ZULU, author=[{"name": "Ana Ruiz"}])],
        {"@graph": [
            {"@type": "Person", "@id": "#ana", "name": "Ana Ruiz"},
            news_article(datePublished="2026-03-11 09:30:00 -0400", author={"@id": "#ana"}),
        ]},
        {"@type": ["Article", "News"], "datePublished": "Wed, 11 Mar 2026 09:30:00 -0400", "author": ["Ana Ruiz"]},
        "<!-- " + json.dumps(news_article(datePublished=ZULU, author="By Ana Ruiz")) + " -->;",
        f'{{"@type":"NewsArticle","headline":"Agents\ndetain",{FIELDS},}}',
        f'{{"@type":"NewsArticle","description":"the "so-called" raid",{FIELDS}}}',
        f'{{"@type":"NewsArticle","description":"the "so-called" raid",{FIELDS},"image":{{"@type":"ImageObject"}}}}',
        f'{{"@type":"WebSite","name":"x"}}{{"@type":"NewsArticle",{FIELDS}}}',
        f'{{"@type":"NewsArticle",{FIELDS}}}'.replace('"', "&quot;"),
    ],
    ids=["node", "list", "graph", "type-list", "comment", "trailing-comma", "stray-quotes", "stray-quotes-and-types",
         "two-values", "entities"],
)  # fmt: skip
def test_json_ld_is_read_in_all_its_forms(ld: object) -> None:
    declared = page(ld=ld)
    for body in (declared, declared.replace(b"ld+json", b"LD+JSON; charset=utf-8")):
        article = read(body)
        assert article.published_at == datetime(2026, 3, 11, 13, 30, tzinfo=UTC)
        assert article.authors == ["Ana Ruiz"]
        assert article.witnesses["published_at"] == "JSON-LD datePublished"


def test_the_node_of_this_page_wins_over_related_articles() -> None:
    other = news_article(url="https://www.millriverherald.com/news/other/", datePublished="2025-01-01T00:00:00Z")
    mine = news_article(mainEntityOfPage={"@id": URL}, datePublished="2026-03-11T13:30:00Z")
    assert read(page(ld=[other, mine])).published_at == datetime(2026, 3, 11, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("h1", "head"),
    [
        (TITLE, '<meta property="og:title" content="Four detained! What we know | Mill River Herald">'),
        ("", f'<meta property="og:title" content="{TITLE} - Mill River Herald">'),
        ("", f'<meta name="twitter:title" content="Mill River Herald: {TITLE}">'.replace("Herald:", "Herald |")),
        ("Mill River Herald", f'<meta property="og:title" content="{TITLE} | millriverherald.com">'),
        (f"<span>Local news</span> {TITLE}", f'<meta property="og:title" content="{TITLE}">'),
    ],
)
def test_the_title_is_the_headline_without_the_site(h1: str, head: str) -> None:
    assert read(page(h1=h1, head=head)).title == TITLE


def test_a_headline_that_was_touched_up_is_taken_as_declared() -> None:
    declared = "Agents detain four at a laundry in the south of Waltham on Wednesday"
    ld = {"@type": "NewsArticle", "headline": declared}
    assert read(page(ld=ld, h1=declared.replace("detain", "arrest"))).title == declared
    assert read(page(ld=ld, h1="Agents at Waltham laundry detain four: what we know")).title.endswith("what we know")


def test_a_rubric_behind_a_bar_and_the_site_as_h1_are_no_headline() -> None:
    assert read(page(h1=f"{TITLE} | Opinion")).title == TITLE
    named = page(head=f'<meta property="og:title" content="{TITLE}">')
    assert read(named.replace(b"<main>", b"<h1>River Valley Law Review</h1><main>")).title == TITLE


def test_without_any_title_the_feed_is_believed() -> None:
    article = read(page(h1="").replace(b"<title> | Mill River Herald</title>", b""), hint=Hint(title=TITLE))
    assert (article.title, article.witnesses["title"]) == (TITLE, "feed")


@pytest.mark.parametrize(
    ("body", "url", "content_type", "reason"),
    [
        (b"", URL, "", "empty"),
        (b"just words", URL, "text/plain", "not HTML"),
        (b"%PDF-1.7 ...", URL, "application/pdf", "application/pdf"),
        (page(paragraphs=("Soon.",)), URL, "", "no article text"),
        (page(h1="Just a moment...", paragraphs=("Checking.",)), URL, "", "Just a moment"),
        (page(h1="Page not found", paragraphs=("Sorry.",)), URL, "", "Page not found"),
        (page(), "https://www.millriverherald.com/", "", "front page"),
        (page(ld={"@type": "CollectionPage", "name": "News"}), URL, "", "list of pages"),
    ],
)
def test_other_pages_are_refused_with_a_reason(body: bytes, url: str, content_type: str, reason: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        read(body, url, content_type)
    assert reason in worded(refused.value)


def test_the_hash_tells_titles_and_texts_apart() -> None:
    assert len({content_hash("a", "b"), content_hash("ab", ""), content_hash("", "ab"), content_hash("a", "c")}) == 4


def test_a_headline_that_a_feed_announced_is_kept_without_a_text() -> None:
    page = b"<html><head><title>ICE agents seen at Lynn train station | Channel 9</title></head><video></video></html>"
    hint = Hint("ICE agents seen at Lynn train station")
    found = extract(page, "https://channel9.example/video/1", "channel9", NOW, hint=hint)
    assert (found.title, found.text, found.witnesses["text"]) == (hint.title, "", "headline only")
    with pytest.raises(NotAnArticle) as refused:
        extract(page, "https://channel9.example/video/1", "channel9", NOW, hint=Hint("Something else entirely today"))
    assert "no article text" in worded(refused.value)


def test_a_video_is_kept_by_its_headline_and_description_without_the_menu() -> None:
    head = '<meta name="description" content="{}">'
    body = (
        "<html><head><title>ICE agents seen at Lynn train station</title>{}</head><body><div>Home</div><div>News</div>"
        "<div>Contact</div><h1>ICE agents seen at Lynn train station</h1><video></video></body></html>"
    )
    hint = Hint("ICE agents seen at Lynn train station")
    of_video, of_site = (head.format(said) for said in (
        "A rider filmed ICE agents on the platform of the Lynn station on Monday.",
        "Channel 9 brings you the news of the whole North Shore at any hour.",
    ))  # fmt: skip
    told = [
        extract(body.format(h).encode(), "https://channel9.example/video/1", "c", NOW, hint=hint)
        for h in (of_video, of_site)
    ]
    assert [t.witnesses["text"] for t in told] == ["description", "headline only"]
    assert [t.text for t in told] == ["A rider filmed ICE agents on the platform of the Lynn station on Monday.", ""]


def test_what_nobody_sees_is_not_kept() -> None:
    odd = "Two men &#27;[31mwere&#7; held in Wal&shy;tham&#8203; &#8238;on Monday, said the cler&#173;k of the court."
    kept = read(page(h1="ICE raid &#27;]0;owned&#7;in Wal&shy;tham: the mayor&#146;s", paragraphs=(odd, *PARAGRAPHS)))
    assert kept.title == "ICE raid in Waltham: the mayor’s"
    assert "Two men were held in Waltham on Monday, said the clerk of the court." in kept.text.splitlines()


@pytest.mark.parametrize("control", ["&#2;", "&#x2", "&#27;[0m", "\x1b[31m", "\x02", "&#\x022;", "&#x&#2;e"])
def test_a_control_beside_what_is_left_out_loses_no_story(control: str) -> None:
    whole = page(
        paragraphs=(f"Two men were held <script>var a;</script>{control} on Monday at the court.", *PARAGRAPHS)
    )
    assert "Two men were held on Monday at the court." in read(whole).text.splitlines()


def test_a_text_longer_than_any_newspaper_prints_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article, "_MOST_LETTERS", 300)
    assert len(read(page()).text) == 300 < len("".join(PARAGRAPHS))
