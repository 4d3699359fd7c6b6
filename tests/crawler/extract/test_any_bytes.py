import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.article import NotAnArticle, extract
from tests.makers.extracting import NOW, URL, news_article, page, read


def test_a_huge_page_is_bounded() -> None:
    with pytest.raises(NotAnArticle, match="elements"):
        read(page(body="<b>x</b>" * 60_000))


BASE = page(
    ld=news_article(datePublished="2026-03-11T13:30:00Z", author={"name": "Ana Ruiz"}),
    head='<meta name="date" content="2026">',
)


@pytest.mark.slow
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


def mangled(data: st.DataObject) -> bytes:
    """A page cut off, spliced with another, in another charset, full of nulls, or nested a thousand deep."""
    body = BASE
    for how in data.draw(
        st.lists(st.sampled_from(("cut", "splice", "charset", "nulls", "nest", "repeat")), max_size=3)
    ):
        at = data.draw(st.integers(0, len(body)))
        if how == "cut":
            body = body[:at]
        elif how == "splice":
            body = body[:at] + BASE[data.draw(st.integers(0, len(BASE))) :]
        elif how == "charset":
            to = data.draw(st.sampled_from(("utf-16", "utf-7", "cp1252", "shift-jis", "cp037")))
            body = body.decode("utf-8", "replace").encode(to, "replace")
        elif how == "nulls":
            body = body[:at] + bytes(data.draw(st.integers(1, 50))) + body[at:]
        elif how == "nest":
            tag = data.draw(st.sampled_from((b"<div>", b"<table><tr><td>", b"<b><i>", b"<ul><li>", b"<article>")))
            body = body[:at] + tag * data.draw(st.integers(1, 1000)) + body[at:]
        else:
            body = body[:at] + body[at : at + 60] * 30 + body[at:]
    return body


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_mangled_page_gives_an_article_or_a_reason(data: st.DataObject) -> None:
    try:
        article = extract(mangled(data), URL, "s", NOW)
    except NotAnArticle as reason:
        told = str(reason)
        assert told
    else:
        assert article.title
        assert set(article.witnesses) >= {"title", "text", "language", "url"}
        assert not {"\0", "\ufffe"} & set(article.text)
        json.dumps([article.title, article.text, article.authors, article.witnesses]).encode()
