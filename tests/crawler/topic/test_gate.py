"""Which pages are worth extracting: where a term stands decides, and broken markup never hides a story."""

import html
import json
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.glance import blocks, decoded, strip, text_of_json, unescaped
from crawler.topic.choice import chosen

GATE = chosen().gate

TITLE = "Agents arrest two roofers in Nashua"
STORY = [
    "NASHUA — ICE agents arrested two roofers on Kinsley Street on Tuesday morning, their employer said.",
    "Officers with U.S. Immigration and Customs Enforcement stopped the crew's van at about seven, Dana Petrakis said.",
    "She said that the men were taken to a jail in Dover, where immigration detainees are held. ICE did not answer.",
]
COUNCIL = [
    "The board of aldermen voted on Tuesday to mend the library roof before winter, after two hours of debate.",
    "Road salt will cost a fifth more than last year, the director of public works told the aldermen on Tuesday.",
]
LINKS = "".join(f"<li><a href='/tag/{tag}'>{tag}</a></li>" for tag in ("news", "sports", "ICE", "immigration"))
MOST_READ = (
    "<li><a href='/1'>ICE agents make arrests at courthouse</a></li><li><a href='/2'>Deported father is home</a>"
)


def paragraphs(story: list[str]) -> str:
    return "".join(f"<p>{html.escape(line)}</p>\n" for line in story)


def page(body: str, title: str = TITLE, head: str = "") -> str:
    return f"<!doctype html><html><head><title>{title} | Valley News</title>{head}</head><body>{body}</body></html>"


def passes(text: str) -> bool:
    return GATE.passes(text.encode())


@pytest.mark.parametrize(
    "template",
    [
        f"<nav><ul>{LINKS}</ul></nav>",
        f"<div class=menu><ul>{LINKS}</ul></div>",
        f"<aside><h3>Most read</h3><ul>{MOST_READ}</ul></aside>",
        f"<div class=popular><ul>{MOST_READ}</ul></div>",
        "<a class=card href=/1><div><h3>ICE raids a bakery</h3><p>Immigration agents took nine workers.</p></div></a>",
        "<footer>Contact | Privacy | More on ICE in our state</footer>",
        "<script>migrate('ICE'); track({section: 'immigration'})</script>",
        "<style>.deported { color: red }</style><!-- ICE agents were here -->",
        "<img src='/ice.jpg' alt='ICE agents at a house'><div data-topic='immigration raids'></div>",
        "<select><option>ICE<option>immigration</select>",
        '<script>window.related = [{"title": "ICE agents make arrests at courthouse"}]</script>',
    ],
)
def test_a_template_that_mentions_ice_does_not_make_a_page_pass(template: str) -> None:
    body = f"{template}<main><h1>Board mends the roof</h1>{paragraphs(COUNCIL)}</main>{template}"
    assert not passes(page(body, "Board mends the roof"))


def test_a_page_without_any_term_is_stopped() -> None:
    assert not passes(page(paragraphs(COUNCIL), "Board mends the roof"))
    assert not passes("")


def test_a_passing_word_late_in_a_long_story_is_stopped() -> None:
    body = paragraphs([*COUNCIL * 12, "One speaker asked whether ICE had been in town.", *COUNCIL])
    assert not passes(page(body, "Board mends the roof"))


def test_whatever_names_the_agency_in_its_headline_passes_and_the_judge_decides() -> None:
    title = "Board mends the library roof. ICE arrests two men in Salem. Bruins win in a late comeback."
    assert passes(page(paragraphs(COUNCIL), title))
    assert passes(page(paragraphs(COUNCIL), "Fast-track training for new ICE recruits is axed"))
    assert not passes(page(paragraphs(COUNCIL), "Girls take the Ice for senior night"))


@pytest.mark.parametrize("said", ["ICE agents arrest two in Nashua", "Immigration raid at a roofing firm"])
@pytest.mark.parametrize(
    "head",
    [
        "<meta property='og:title' content='{}'>",
        "<meta content='{}' name=twitter:title>",
        "<meta name='description' content='{}: neighbors filmed the immigration agents.'>",
        '<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{}"}}</script>',
    ],
)
def test_what_the_head_says_counts(head: str, said: str) -> None:
    assert passes(page("<video></video>", "Video", head.format(said)))


MARKUPS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: page(f"<h1>{TITLE}</h1>{text}"),
    "line breaks only": lambda text: page(text.replace("<p>", "").replace("</p>", "<br><br>")),
    "no title": lambda text: f"<ul>{LINKS}</ul>{text}",
    "nav never closed": lambda text: page(f"<nav><ul>{LINKS}</ul>{text}"),
    "nav never closed but for a later one": lambda text: page(f"<nav><ul>{LINKS}</ul>{text}<nav>{LINKS}</nav>"),
    "nav closed behind the story": lambda text: page(f"<nav><ul>{LINKS}</ul>{text}</nav>", "News"),
    "aside closed behind the story": lambda text: page(f"<aside><h1>{TITLE}</h1>{text}</aside>", "News"),
    "link never closed": lambda text: page(f"<a href=/>home{text}"),
    "script never closed": lambda text: page(f"<script>x = 1;{text}"),
    "comment never closed": lambda text: page(f"<!-- menu {text}"),
    "paragraphs never closed": lambda text: page(text.replace("</p>", "")),
    "tags in capitals": lambda text: page(text.replace("<p>", "<P CLASS=X>").replace("</p>", "</P>")),
    "greater-than in attributes": lambda text: page(text.replace("<p>", "<p data-x='a>b'>")),
    "long teasers first": lambda text: page(paragraphs(COUNCIL * 9) + f"<h1>{TITLE}</h1>" + text + paragraphs(COUNCIL)),
    "links in the story": lambda text: page(text.replace("ICE", "<a href='/tag/ice'>ICE</a>")),
    "split by tags": lambda text: page(text.replace("ICE", "<span class=drop>I</span>CE")),
    "no markup": lambda text: html.unescape(text.replace("<p>", "").replace("</p>", "")),
}


@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS.keys())
def test_no_markup_hides_a_story(markup: Callable[[str], str]) -> None:
    assert passes(markup(paragraphs(STORY)))


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace("ICE", "&#73;CE").replace("mmigra", "mm&#x69;gra").encode(),
        lambda text: text.replace(" ", "&nbsp;").encode(),
    ],
)
def test_no_spelling_hides_a_story(spell: Callable[[str], bytes]) -> None:
    body = "".join(f"<p>{line}</p>\n" for line in STORY)
    assert GATE.passes(spell(page(body, "Roofers")))


@pytest.mark.parametrize("coding", ["utf-8", "cp1252", "utf-16"])
def test_a_spanish_story_passes_in_any_charset(coding: str) -> None:
    text = "<p>Agentes federales de inmigración detuvieron a dos techadores en Nashua, según su jefa.</p>"
    text += "<p>La redada de inmigración empezó antes del amanecer, dijo. Los detenidos están en Dover.</p>"
    assert GATE.passes(page(text, "Dos detenidos").encode(coding))


def test_a_story_that_never_says_ice_passes() -> None:
    told = [line.replace("ICE agents", "Federal immigration agents").replace("ICE", "The agency") for line in STORY]
    assert passes(page(paragraphs(told), "Two roofers taken away"))


STATE = json.dumps({"props": {"content": [f"<p>{line}</p>" for line in STORY]}})


@pytest.mark.parametrize(
    "script",
    [
        f"<script id=__NEXT_DATA__ type='application/json'>{STATE}</script>",
        f"<script>window.__STATE__ = {STATE.replace('<', chr(92) + 'u003c')};</script>",
        f"<script>self.__next_f.push([1, {json.dumps('5:' + STATE)}])</script>",
        "<script type='application/ld+json'>"
        + json.dumps({"@type": "Article", "articleBody": "\n".join(STORY)}).replace("ICE", r"\u0049CE")
        + "</script>",
    ],
)
def test_a_story_that_stands_only_in_a_script_passes(script: str) -> None:
    assert passes(page(f"<div id=app></div>{script}", "Valley News"))


def test_a_script_is_read_only_where_the_page_itself_says_little() -> None:
    related = f"<script>window.related = {STATE}</script>"
    assert not passes(page(f"<h1>Board mends the roof</h1>{paragraphs(COUNCIL * 6)}{related}", "Board mends the roof"))
    assert passes(page(f"<h1>Board mends the roof</h1>{paragraphs(COUNCIL)}{related}", "Board mends the roof"))


def test_a_headline_counts_once_however_often_it_stands_on_the_page() -> None:
    title = "Immigration office to move"
    assert not passes(page(f"<h1>{title}</h1>{paragraphs([title, *COUNCIL])}", title))


@given(
    st.binary(),
    st.lists(st.sampled_from(["<", ">", "<nav>", "</nav>", "<a href=x>", "<!--", '"', "\\", "ICE raid", "<p>"])),
)
def test_any_bytes_get_an_answer(some: bytes, pieces: list[str]) -> None:
    mixed = some + "".join(pieces).encode() + b" ICE agents "
    assert GATE.passes(mixed) == GATE.passes(mixed)


@given(
    st.lists(
        st.sampled_from(
            [
                "<nav>",
                "</nav>",
                "<aside>",
                "</div>",
                "<footer>",
                "<a href=x>",
                "</a>",
                "<ul><li>",
                "<b>",
                "<!--",
                "<svg>",
            ]
        )
    )
)
def test_a_headline_and_a_story_behind_any_broken_menu_pass(menu: list[str]) -> None:
    assert passes(f"{''.join(menu)}<h1>ICE arrests two roofers in Nashua</h1>{paragraphs(STORY)}")


@pytest.mark.parametrize(
    "part", ["<nav>", "<nav><aside>", "<!--", "<script>", "<a href=x>", "<meta ", "&#73;", '"', "\\", "<"]
)
def test_time_grows_no_faster_than_the_page(part: str) -> None:
    page = f"<script>ICE agents in a town {part * 100_000}</script></aside></nav> ICE -->".encode()
    began = process_time()
    GATE.passes(page)
    assert process_time() - began < 10  # seconds of CPU; what grows with the square takes minutes


def test_stripping_leaves_text_and_keeps_what_scripts_say() -> None:
    raw = b"<P>One</P><script>var x</script><nav><a href=/>Home</a></nav><style>p{}</style><p>Two<!-- no --></p>"
    stripped = strip(raw, raw.lower())
    assert [block.text for block in blocks(stripped.raw.decode())] == ["One", "Two"]
    assert stripped.scripts == b"var x"


def test_a_block_knows_whether_it_is_links_or_a_headline() -> None:
    found = list(
        blocks(
            "<h1>News</h1><li><a href=/1>ICE raid</a> 3 h</li><p>He said <a href=/2>so</a> on Friday &amp; left.</p>"
        )
    )
    assert [(b.text, b.linked, b.heading) for b in found] == [
        ("News", False, True),
        ("ICE raid 3 h", True, False),
        ("He said so on Friday & left.", False, False),
    ]


def test_letters_written_as_numbers_and_mixed_charsets_are_read() -> None:
    assert unescaped(b"&#73;C&#x45; &#60;b \\u0049") == b"ICE &#60;b I"
    assert decoded("café ".encode() + b"caf\xe9") == "café café"
    assert text_of_json(r"\u003cp>One\u003c/p>\u003cp>Two \"x\"") == '\nOne\n\nTwo "x"'
