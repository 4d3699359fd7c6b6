"""A story that stands in a page's scripts only becomes its text; the menu and other stories' teasers never do."""

import html
import json

import pytest

from crawler.extract.article import Hint, NotAnArticle
from tests.makers.extracting import PARAGRAPHS, TITLE, read

TEASER = (
    "Neighbors of a roofer who was detained by ICE last week will hold a vigil at City Hall on Thursday night, and the "
    "mayor of the city said that she would come to it and speak with his family about what they need for the winter."
)
OTHERS = [
    {"headline": "Vigil for a roofer draws hundreds", "summary": TEASER, "url": f"/vigil-{n}", "body": [TEASER, TEASER]}
    for n in range(5)
]
CONSENT = [
    "We and our partners store cookies on your device to keep the site safe, to count readers, to show what you like.",
    "You can say no to all of them, or choose what you allow, and change your mind at any time at the end of any page.",
    "Some of our partners may use data without asking you, since they hold that they have a good reason to do so.",
]
MARKUP = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
SPANS = [
    {"_type": "block", "children": [{"_type": "span", "text": p[:30]}, {"_type": "span", "text": p[30:]}]}
    for p in PARAGRAPHS
]
DOCUMENT = {
    "nodeType": "document",
    "content": [
        {"nodeType": "paragraph", "content": [
            {"nodeType": "text", "value": p[:9]},
            {"nodeType": "hyperlink", "content": [{"nodeType": "text", "value": p[9:20]}]},
            {"nodeType": "text", "value": p[20:]}]}
        for p in PARAGRAPHS
    ],
}  # fmt: skip
ELEMENTS: list[object] = [{"type": "text", "content": p} for p in PARAGRAPHS]
ELEMENTS.insert(2, {"type": "image", "caption": "An agent", "url": "/a.jpg"})
ELEMENTS.insert(3, {"type": "interstitial_link", "content": "Read more: three held at a mill in Lowell", "url": "/x"})


def script(data: object, mark: str = "type='application/json'", before: str = "", after: str = "") -> str:
    return f"<script {mark}>{before}{json.dumps(data)}{after}</script>"


def page(scripts: str, head: str = "") -> bytes:
    menu = "".join(f"<a href='/{name}'>{name}</a>" for name in "Home News Sports Weather Contact".split())
    return (
        f"<html lang='en'><head><title>{TITLE}</title>{head}</head><body><nav>{menu}</nav><div id='app'></div>"
        f"{scripts}</body></html>"
    ).encode()


def numbered() -> list[object]:
    """A page's data as Nuxt 3 writes it: objects hold the places of their parts."""
    at = [8, 9, 10, 11]
    return [["Reactive", 1], {"data": 2}, {"story": 3, "more": 7}, {"headline": 4, "body": 5, "id": 6}, TITLE, at, "7",
            [12], *PARAGRAPHS, {"headline": 13, "summary": 14}, "Vigil draws hundreds", TEASER]  # fmt: skip


def by_name() -> dict[str, object]:
    """A page's data as Apollo writes it: objects hold each other's names."""
    parts = {f"Paragraph:{n}": {"__typename": "Paragraph", "text": p} for n, p in enumerate(PARAGRAPHS)}
    story = {"__typename": "Article", "headline": TITLE, "body": [{"__ref": name} for name in parts]}
    return {"ROOT_QUERY": {"article": {"__ref": "Article:1"}}, "Article:1": story, **parts}


def streamed(data: object) -> str:
    """A page's data as Next.js streams it, in pieces."""
    whole = f'3:I[47,["/a.js"],""]\n7:{json.dumps(["$", "main", None, data])}\n'
    pieces = [whole[:200], whole[200:]]
    return "".join(f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in pieces)


FORMS = {
    "next": script({"props": {"pageProps": {"article": {"headline": TITLE, "body": ELEMENTS}, "related": OTHERS}}}),
    "fusion": script(
        {"headlines": {"basic": TITLE}, "content_elements": ELEMENTS, "related_content": OTHERS, "canonical_url": "/a"},
        "", "window.Fusion=window.Fusion||{};Fusion.globalContent=", ";Fusion.x=1;",
    ),
    "state": script({"page": {"title": TITLE, "html": MARKUP, "more": OTHERS}}, "", "window.__INITIAL_STATE__ = ", ";"),
    "parsed": script(json.dumps({"article": {"title": TITLE, "text": "\n\n".join(PARAGRAPHS)}}), "",
                     "window.__PRELOADED_STATE__=JSON.parse(", ")"),
    "nuxt 2": f"<script>window.__NUXT__=(function(a,b){{return {{data:[{{title:a,body:{json.dumps(MARKUP)}}}]}}}}"
              f"({json.dumps(TITLE)},{json.dumps('<p>' + TEASER + '</p>')}))</script>",
    "nuxt 3": script(numbered()),
    "apollo": script(by_name(), "", "window.__APOLLO_STATE__="),
    "next stream": streamed({"title": TITLE, "body": list(PARAGRAPHS), "latest": OTHERS}),
    "portable text": script({"post": {"title": TITLE, "slug": "a", "content": SPANS}, "posts": OTHERS}),
    "rich text": script({"fields": {"title": TITLE, "body": DOCUMENT}}),
    "rest": script({"title": {"rendered": TITLE}, "content": {"rendered": html.escape(MARKUP)}, "id": 7}),
    "JSON-LD": script({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(PARAGRAPHS)},
                      "type='application/ld+json'"),
    "beside": script({"pageProps": {"title": TITLE, "blocks": [{"text": p} for p in PARAGRAPHS], "consent": CONSENT}}),
    "unnamed": script({"data": {"copy": list(PARAGRAPHS), "notes": CONSENT, "cards": OTHERS}}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_story_in_a_script_is_the_text(form: str) -> None:
    got = read(page(FORMS[form]))
    if form == "JSON-LD":  # as trafilatura reads it
        assert got.text == " ".join(PARAGRAPHS)
    else:
        assert got.text.split("\n") == list(PARAGRAPHS)
        assert got.witnesses["text"] == "the page's scripts"


@pytest.mark.parametrize(
    "data",
    [
        {"related": OTHERS},
        {"cards": OTHERS},
        {"cookies": CONSENT},
        {"texts": CONSENT},
        {"items": [TEASER]},
        {"a": [1, 2]},
    ],
)
def test_without_a_story_in_its_scripts_a_page_is_known_by_its_headline(data: object) -> None:
    got = read(page(script(data)), hint=Hint(TITLE))
    assert (got.title, got.text, got.witnesses["text"]) == (TITLE, "", "headline only")
    with pytest.raises(NotAnArticle):
        read(page(script(data)))


def test_a_page_that_shows_its_story_is_not_read_by_its_scripts() -> None:
    shown = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:2])
    got = read(page(f"<article><h1>{TITLE}</h1>{shown}</article>{FORMS['next']}"))
    assert got.text.split("\n") == list(PARAGRAPHS[:2])


@pytest.mark.parametrize("broken", ["{" * 5000, '{"a": "', "window.a = {b: 1};" * 50, "[" * 100_000, '"' * 500])
def test_what_is_no_json_costs_nothing(broken: str) -> None:
    assert read(page(f"<script>{broken}</script>"), hint=Hint(TITLE)).text == ""
