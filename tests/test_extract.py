import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.byline import people, wire_in_text
from crawler.extract import Hint, NotAnArticle, content_hash, extract
from crawler.story import Article

NOW = datetime(2026, 3, 12, 18, 0, tzinfo=UTC)
URL = "https://www.millriverherald.com/news/2026/03/laundry-raid/"
TITLE = "Agents detain four at Waltham laundry"
PARAGRAPHS = (
    "Federal immigration agents detained four workers at a laundry on the south side of the city early on Wednesday, "
    "the owner and two witnesses said.",
    "The owner, Marta Quill, said the agents showed a warrant for one man and then asked the others for their papers. "
    "She said she had called a lawyer before they left.",
    "A spokesman for Immigration and Customs Enforcement confirmed an operation in the area and said nothing more.",
    "The city council will hear from residents about the arrests at its meeting on Monday evening in the town hall.",
)


def page(
    *,
    head: str = "",
    ld: object = None,
    h1: str = TITLE,
    byline: str = "",
    body: str = "",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    lang: str = "en",
) -> bytes:
    script = (
        f'<script type="application/ld+json">{ld if isinstance(ld, str) else json.dumps(ld)}</script>' if ld else ""
    )
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{h1} | Mill River Herald</title>'
        f'<meta property="og:site_name" content="Mill River Herald">{head}{script}</head><body>'
        f"<nav><ul><li><a href='/news'>News</a></li><li><a href='/sports'>Sports</a></li></ul></nav>"
        f"<main><article><h1>{h1}</h1>{byline}<div class='story'>{text}{body}</div></article></main>"
        f"<footer><p>Mill River Herald, 12 Canal Street</p></footer></body></html>"
    ).encode()


NO_HINT = Hint()


def read(body: bytes, url: str = URL, content_type: str = "", hint: Hint = NO_HINT) -> Article:
    return extract(body, url, "millriver", NOW, content_type, hint)


def news_article(**fields: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE} | fields


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
        f'{{"@type":"WebSite","name":"x"}}{{"@type":"NewsArticle",{FIELDS}}}',
        f'{{"@type":"NewsArticle",{FIELDS}}}'.replace('"', "&quot;"),
    ],
    ids=["node", "list", "graph", "type-list", "comment", "trailing-comma", "stray-quotes", "two-values", "entities"],
)  # fmt: skip
def test_json_ld_is_read_in_all_its_forms(ld: object) -> None:
    article = read(page(ld=ld))
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


def test_without_any_title_the_feed_is_believed() -> None:
    article = read(page(h1="").replace(b"<title> | Mill River Herald</title>", b""), hint=Hint(title=TITLE))
    assert (article.title, article.witnesses["title"]) == (TITLE, "feed")


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Ana Ruiz", ["Ana Ruiz"]),
        ("By ANA RUIZ and TOM O'NEIL, Staff Writers", ["Ana Ruiz", "Tom O'Neil"]),
        ("Por Ana Ruiz de la Cruz y José Peña", ["Ana Ruiz de la Cruz", "José Peña"]),
        ("Ana Ruiz | aruiz@example.com", ["Ana Ruiz"]),
        ("By Dr. Ana Ruiz, Ph.D., for the Mill River Herald", ["Ana Ruiz"]),
        ("Ana Ruiz, Special to the Herald", ["Ana Ruiz"]),
        ("Martin Luther Hale, Jr.", ["Martin Luther Hale, Jr"]),
        ("By Mill River Herald Staff", []),
        ("WXYZ Web Staff", []),
        ("https://www.facebook.com/millriver", []),
        ("aruiz", []),
        ("admin", []),
        ("The Associated Press", []),
    ],
)
def test_a_byline_names_people_only(byline: str, expected: list[str]) -> None:
    assert people(byline) == expected


def test_the_visible_byline_stands_in_for_an_organisation() -> None:
    ld = news_article(author={"@type": "Organization", "name": "Mill River Herald"})
    article = read(page(ld=ld, byline='<div class="byline">By <a rel="author">Ana Ruiz</a></div>'))
    assert (article.authors, article.witnesses["authors"]) == (["Ana Ruiz"], "byline")


def test_a_byline_needs_no_class() -> None:
    assert read(page(byline="<p>By Ana Ruiz</p>")).authors == ["Ana Ruiz"]


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


SPANISH = (
    "Agentes federales de inmigración detuvieron a cuatro trabajadores en una lavandería del sur el miércoles.",
    "La dueña del local dijo que los agentes mostraron una orden para un hombre y pidieron los papeles a los demás.",
    "El concejo de la ciudad escuchará a los vecinos en la reunión del lunes por la noche en el ayuntamiento.",
)


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


@pytest.mark.parametrize(
    ("ld", "byline", "first", "last", "expected"),
    [
        (news_article(author={"@type": "Organization", "name": "The Associated Press"}), "", "", "", "AP"),
        (None, '<p class="byline">By Ana Ruiz, Associated Press</p>', "", "", "AP"),
        (None, '<p class="byline">By Ana Ruiz | Reuters</p>', "", "", "Reuters"),
        (None, "", "WALTHAM, Mass. (AP) — ", "", "AP"),
        (None, "", "BOSTON (State House News Service) — ", "", "State House News Service"),
        (None, "", "", "Copyright 2026 The Associated Press. All rights reserved.", "AP"),
        (None, "", "", "This desk is part of States Newsroom.", "States Newsroom"),
        (None, "", "", "This article was originally published by Canal Street Reporter.", "Canal Street Reporter"),
        (None, "", "", "The Associated Press contributed to this report.", ""),
        (None, "", "", "Quill told Reuters on Wednesday that she would reopen the laundry next week.", ""),
        (None, "", "", "", ""),
    ],
)  # fmt: skip
def test_the_wire_credit_is_found(ld: object, byline: str, first: str, last: str, expected: str) -> None:
    lines = (first + PARAGRAPHS[0], *PARAGRAPHS[1:], *([last] if last else []))
    assert read(page(ld=ld, byline=byline, paragraphs=lines)).wire == expected


def test_a_wire_service_on_its_own_site_is_no_credit() -> None:
    assert wire_in_text(["WALTHAM, Mass. (AP) — Agents came."], "apnews.com") == ""


def test_a_service_is_credited_in_any_case_but_its_short_name_only_in_capitals() -> None:
    assert wire_in_text(["Published by ASSOCIATED PRESS on Monday."]) == "AP"
    assert wire_in_text(["Published by ap on Monday."]) == ""
    assert wire_in_text(["Published by Reuters and distributed by the Associated Press."], "reuters.com") == "AP"


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


def test_boilerplate_lines_are_dropped() -> None:
    body = (
        "<p>Sign up for our free morning newsletter.</p>"
        "<p><strong>RELATED:</strong> <a href='/a'>Council weighs new bus line</a></p>"
        "<p><a href='/b'>Rink reopens after long repairs this week</a></p><p>Advertisement</p>"
        "<figure><img src='a.jpg'><figcaption>The laundry on Canal Street, seen on Wednesday.</figcaption></figure>"
        "<p>Photo by Ana Ruiz / Mill River Herald</p><p>Quill said she would reopen the laundry on Monday morning.</p>"
    )
    assert read(page(body=body)).text.split("\n") == [
        *PARAGRAPHS,
        "Quill said she would reopen the laundry on Monday morning.",
    ]


def test_paragraphs_that_only_begin_like_boilerplate_stay() -> None:
    kept = (
        "Related charges against two of the men were dropped by the court on Thursday.",
        "Support for the workers came from neighbors, a parish and the union, which set up a fund for their families.",
        "Photographers and reporters waited outside the courthouse until the evening.",
    )
    assert read(page(paragraphs=PARAGRAPHS + kept)).text.split("\n") == [*PARAGRAPHS, *kept]


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
    with pytest.raises(NotAnArticle, match=reason):
        read(body, url, content_type)


@pytest.mark.parametrize(
    ("charset", "declared", "content_type"),
    [
        ("utf-8", "iso-8859-1", "text/html; charset=iso-8859-1"),
        ("cp1252", "utf-8", "text/html; charset=windows-1252"),
        ("cp1252", "utf-8", ""),
        ("cp1252", "windows-1252", "text/html"),
        ("utf-16", "utf-8", ""),
        ("utf-8-sig", "utf-8", ""),
        ("cp1252", "no-such-charset", "text/html; charset=nor-this"),
    ],
)
def test_a_wrongly_declared_charset_does_no_harm(charset: str, declared: str, content_type: str) -> None:
    text = (
        page(paragraphs=SPANISH, h1="Redada en una lavandería de Waltham").decode().replace('"utf-8"', f'"{declared}"')
    )
    article = read(text.encode(charset), content_type=content_type)
    assert article.title == "Redada en una lavandería de Waltham"
    assert article.text.split("\n") == list(SPANISH)


def test_one_broken_byte_does_not_spoil_a_page() -> None:
    broken = page(paragraphs=SPANISH).replace("dueña".encode(), b"due\xf1a")
    assert "inmigración" in read(broken).text


def test_characters_that_no_text_has_are_left_out() -> None:
    broken = page().replace(b"Federal immigration", b"Fed\x00er\x0bal\xef\xbf\xbe im\x7fmigration\xef\xbf\xbf")
    assert read(broken).text == read(page()).text


def test_captions_and_lone_links_in_the_text_are_dropped() -> None:
    link = "<p><strong><a href='/2026/council'>Council votes on a new town hall</a></strong></p>"
    caption = "<p class='wp-caption-text'>The <em>laundry</em> on Canal Street after the agents had left it.</p>"
    said = "<p>Council votes on a new town hall <a href='/2026/hall'>are due</a> in the week after the meeting.</p>"
    text = read(page(body=link + caption + said)).text
    assert "Council votes on a new town hall are due" in text
    assert "Council votes on a new town hall\n" not in text
    assert "after the agents" not in text


def test_the_hash_tells_titles_and_texts_apart() -> None:
    assert len({content_hash("a", "b"), content_hash("ab", ""), content_hash("", "ab"), content_hash("a", "c")}) == 4


def test_a_huge_page_is_bounded() -> None:
    with pytest.raises(NotAnArticle, match="elements"):
        read(page(body="<b>x</b>" * 60_000))


BASE = page(
    ld=news_article(datePublished="2026-03-11T13:30:00Z", author={"name": "Ana Ruiz"}),
    head='<meta name="date" content="2026">',
)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_bytes_give_an_article_or_a_reason(data: st.DataObject) -> None:
    body = bytearray(BASE)
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(body)))
        body[start : start + data.draw(st.integers(0, 300))] = data.draw(st.binary(max_size=30))
    given_bytes = data.draw(
        st.sampled_from([bytes(body), data.draw(st.binary(max_size=200)), b"<html>" + bytes(body[-400:])])
    )
    url = data.draw(st.sampled_from([URL, "", "https://[", "mailto:a", "https://example.com/%ff"]))
    try:
        article = extract(
            given_bytes, url, "s", NOW, data.draw(st.sampled_from(["", "text/html; charset=utf-7", "x" * 50]))
        )
    except NotAnArticle as reason:
        given_reason = str(reason)
        assert given_reason
    else:
        assert article.title
        assert article.text
        assert all(
            t is None or (t.tzinfo is not None and t <= NOW + timedelta(days=1))
            for t in (article.published_at, article.modified_at)
        )
        json.dumps([article.title, article.text, article.authors]).encode()


def test_a_headline_that_a_feed_announced_is_kept_without_a_text() -> None:
    page = b"<html><head><title>ICE agents seen at Lynn train station | Channel 9</title></head><video></video></html>"
    hint = Hint("ICE agents seen at Lynn train station")
    found = extract(page, "https://channel9.example/video/1", "channel9", NOW, hint=hint)
    assert (found.title, found.text, found.witnesses["text"]) == (hint.title, "", "headline only")
    with pytest.raises(NotAnArticle, match="no article text"):
        extract(page, "https://channel9.example/video/1", "channel9", NOW, hint=Hint("Something else entirely today"))
