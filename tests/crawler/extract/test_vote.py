import pytest

from crawler.extract.blocks import Block, Mark, main_blocks, read_blocks
from crawler.extract.boilerplate import drop
from crawler.extract.vote import Row, agree, keeps, likeliest
from crawler.text.charset import parse
from tests.makers.extracting import PARAGRAPHS, SPANISH, page, read


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


def test_captions_and_lone_links_in_the_text_are_dropped() -> None:
    link = "<p><strong><a href='/2026/council'>Council votes on a new town hall</a></strong></p>"
    caption = "<p class='wp-caption-text'>The <em>laundry</em> on Canal Street after the agents had left it.</p>"
    said = "<p>Council votes on a new town hall <a href='/2026/hall'>are due</a> in the week after the meeting.</p>"
    text = read(page(body=link + caption + said)).text
    assert "Council votes on a new town hall are due" in text
    assert "Council votes on a new town hall\n" not in text
    assert "after the agents" not in text


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


MORE = (
    "Neighbors said two unmarked vans had stood near the laundry since six in the morning, and that nobody asked why.",
    "The union that represents the workers said it would meet with their families and a lawyer on Thursday evening.",
    "A judge in Boston will hear the case of one of the four next week, according to papers filed with the court.",
)


def section(paragraphs: tuple[str, ...], marks: str) -> str:
    return f"<div {marks}>" + "".join(f"<p>{p}</p>" for p in paragraphs) + "</div>"


def test_an_article_in_several_sections_is_read_whole() -> None:
    body = "<div class='slot'>Scroll on</div>" + section(MORE, "class='story'")
    assert read(page(body=body)).text.split("\n") == [*PARAGRAPHS, *MORE]


@pytest.mark.parametrize(
    "marks",
    [
        "class='fact-box'",
        "class='related-stories'",
        "id='comments'",
        "class='author-bio'",
        "class='newsletter-signup'",
        "hidden",
        "style='display: none'",
        "aria-hidden='true'",
    ],
)
def test_what_is_marked_as_something_else_is_left_out(marks: str) -> None:
    body = section(
        ("A short box of three facts that stands beside the story, as it was written for another one.",), marks
    )
    assert read(page(body=body)).text.split("\n") == list(PARAGRAPHS)


def test_a_mark_over_the_whole_story_is_not_believed() -> None:
    whole = (
        page().replace(b"<main>", b"<main><div class='has-sidebar newsletter'>").replace(b"</main>", b"</div></main>")
    )
    assert read(whole).text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Reporting by Ana Ruiz in Waltham and Tom Hale in Boston; editing by Jo Park",
        "Ruiz reported from Waltham.",
        "Mill River Herald staff writer Tom Hale contributed to this report.",
        "Get in touch with our newsroom by writing to us at any time.",
        "By signing up, you agree to our terms and to receive mail from us.",
    ],
)
def test_lines_about_the_newsroom_are_no_text(line: str) -> None:
    assert read(page(paragraphs=(*PARAGRAPHS, line))).text.split("\n") == list(PARAGRAPHS)


def test_a_heading_stays_with_its_text_and_goes_without_one() -> None:
    body = f"<h2>What the owner said</h2><p>{MORE[0]}</p><h2>Read on</h2>"
    assert read(page(body=body)).text.split("\n") == [*PARAGRAPHS, "What the owner said", MORE[0]]


def test_a_lone_link_is_dropped_unless_it_is_a_sentence_or_names_what_it_leads_to() -> None:
    sentence = Block("A city councilor called the arrests a betrayal of people who work here.", "p", -1, ("p", ""), 0.9)
    pointer = Block("Rink reopens after long repairs", "p", -1, ("p", ""), 1.0)
    heading = Block("Waltham Legal Aid Fund", "h2", -1, ("h2", ""), 1.0, away=True)
    end = Block("Quill would not say more on Wednesday.", "p", -1, ("p", ""), 0.0)
    assert drop([sentence, pointer, heading, end]) == [sentence.text, heading.text, end.text]


def blocks_of(html: str) -> list[Block]:
    tree = parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    return read_blocks(tree, "millriverherald.com").blocks


def test_a_block_is_a_run_of_text_between_breaks() -> None:
    found = blocks_of("<div>One <b>two</b><script>x()</script> three<p>four<br>five</p>six</div>")
    assert [b.text for b in found] == ["One two three", "four", "five", "six"]


def test_a_block_knows_how_much_of_it_is_a_link_and_where_it_leads() -> None:
    inner, outer = blocks_of(
        "<p><a href='https://www.millriverherald.com/a'>four</a> five</p><h2><a href='https://example.org'>six</a></h2>"
    )
    assert (inner.linked, inner.away) == (4 / 9, False)
    assert (outer.linked, outer.away, outer.is_heading) == (1.0, True, True)


def test_two_extractors_that_share_nothing_are_doubted() -> None:
    tree = parse("<html><body>" + section(PARAGRAPHS, "") + "<aside><p>" + MORE[0] + "</p></aside></body></html>")
    assert tree is not None
    blocks = read_blocks(tree)
    assert [b.text for b in main_blocks(blocks)] == list(PARAGRAPHS)
    assert agree(blocks, [MORE[0]]).doubtful
    assert not agree(blocks, list(PARAGRAPHS)).doubtful


def test_lines_that_are_not_on_the_page_are_kept_as_they_are() -> None:
    tree = parse("<html><body><p>Loading</p></body></html>")
    assert tree is not None
    found = agree(read_blocks(tree), list(PARAGRAPHS))
    assert ([b.text for b in found.kept], found.doubtful) == (list(PARAGRAPHS), False)


def test_of_three_candidates_the_one_most_like_the_others_wins() -> None:
    some, all_of_it, wrong = (
        [Block(text, "p", -1, ("p", ""), 0.0) for text in texts]
        for texts in (PARAGRAPHS[:3], PARAGRAPHS, ("Sign in to read this and other stories of today.",))
    )
    assert likeliest([wrong, all_of_it, some]) != wrong
    assert likeliest([wrong, wrong, all_of_it * 2]) == all_of_it * 2


def paragraph(tag: str = "p", linked: float = 0.0, mark: Mark = "") -> Block:
    return Block("The owner said that she would reopen on Monday morning.", tag, 0, (tag, ""), linked, mark=mark)


@pytest.mark.parametrize(
    ("row", "is_kept"),
    [
        (Row(paragraph("div", linked=0.9), theirs=True, ours=True, where=1), True),
        (Row(paragraph(), theirs=True, ours=False, where=-1), True),
        (Row(paragraph(), theirs=True, ours=False, where=1), False),
        (Row(paragraph(), theirs=True, ours=False, where=1, alike=True), True),
        (Row(paragraph(mark="others"), theirs=True, ours=False, where=0, alike=True), False),
        (Row(paragraph(linked=0.9), theirs=True, ours=False, where=0, alike=True), False),
        (Row(paragraph("h2"), theirs=True, ours=False, where=-1, alike=True), False),
        (Row(paragraph("h2"), theirs=True, ours=False, where=0), True),
        (Row(paragraph(), theirs=False, ours=True, where=0), False),
        (Row(paragraph(), theirs=False, ours=True, where=0, alike=True), True),
        (Row(paragraph(), theirs=False, ours=True, where=-1, apart=True), True),
        (Row(paragraph(), theirs=False, ours=True, where=1, apart=True), False),
        (Row(paragraph("li"), theirs=False, ours=True, where=1), True),
        (Row(paragraph("li"), theirs=False, ours=True, where=-1), False),
        (Row(paragraph(), theirs=False, ours=False, where=0, alike=True, apart=True), False),
    ],
)
def test_what_both_take_is_kept_and_what_one_takes_by_its_place_and_likeness(row: Row, is_kept: bool) -> None:
    assert keeps(row) is is_kept
