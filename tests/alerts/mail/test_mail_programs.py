"""Our mails use nothing that mail programs do not show: the short list is mail_programs.toml."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from tests.makers.documents import mails

KNOWN = tomllib.loads(Path(__file__).with_name("mail_programs.toml").read_text("utf-8"))
ALLOWED = {
    **{kind: set(KNOWN[kind].split()) for kind in ("elements", "attributes", "properties")},
    "lost": set(KNOWN["lost"]),
}
PAGES = {
    name: str(part.get_content()) for name, mail in mails().items() if (part := mail.get_body(("html",))) is not None
}


def used(page: str) -> Iterator[tuple[str, str]]:
    """Each thing of a mail, with its kind. Comments are Outlook's own and hold what it knows."""
    for element in html.document_fromstring(page.encode()).iter():
        if not isinstance(element.tag, str):
            continue
        yield ("lost", "body") if element.tag == "body" else ("elements", element.tag)
        yield from (("attributes", str(name)) for name in element.attrib)
        if element.get("href", "").startswith("#"):
            yield "lost", "href=#"
        if "color-scheme" in element.get("name", ""):
            yield "lost", "meta color-scheme"
        sheet = str(element.text or "") if element.tag == "style" else element.get("style", "")
        yield from (("lost", " ".join(rule.split())) for rule in re.findall(r"@[^{]+", sheet))
        declared = re.sub(r"[^{}]*\{", ";", sheet) if element.tag == "style" else sheet
        yield from (("properties", name) for name in re.findall(r"(?:^|;)\s*([a-z-]+)\s*:", declared))


@pytest.mark.parametrize("name", PAGES)
def test_a_mail_uses_only_what_is_listed(name: str) -> None:
    unknown = {(kind, what) for kind, what in used(PAGES[name]) if what not in ALLOWED[kind]}
    assert unknown == set()


def test_what_is_listed_is_used() -> None:
    found = {one for page in PAGES.values() for one in used(page)}
    assert {(kind, what) for kind, names in ALLOWED.items() for what in names} == found


def test_what_is_lost_somewhere_has_its_reason() -> None:
    assert all(lost["why"].endswith(".") and lost["programs"].split() for lost in KNOWN["lost"].values())


def test_what_is_not_listed_is_found() -> None:
    page = (
        '<body><style>p { display: flex } @media print { a { color: red } }</style><video src="#" style="float:left">'
    )
    found = set(used(page))
    assert {("elements", "video"), ("attributes", "src"), ("properties", "display"), ("properties", "float")} <= found
    assert ("lost", "@media print") in found
