"""Every sentence a reader is shown is translated, and nothing in a template is said in English alone."""

import re
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from jinja2 import Environment, nodes

from alerts.locale.translation import LANGUAGES, asked_language, known_language, translations
from tests.tools.catalogue import ALERTS, CATALOGUES, kept, said

TRANSLATED = [language for language in LANGUAGES if language != "en"]
TEMPLATES = sorted(
    path
    for path in chain(ALERTS.glob("*/templates/**/*.html"), ALERTS.glob("*/templates/**/*.txt"))
    if not {"operator", "office"} & set(path.parts)  # who runs it reads English
)
# Names, what is typed, and pieces of markup: the same in every language.
SAID_EVERYWHERE = {
    "JSON", "CSV", "CSL JSON", "km", "detain* OR arrest*) NEAR/10 courthouse state:NH",
    "hint", "wrong", "error", "aria-describedby", "aria-invalid=\"true",
    "icewire", "icewire subscribe you@example.org", 'OR arrest" --place "Waltham, MA', "dir", "lang", "#section",
}  # fmt: skip


def forms(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (str(message.id),)


def filled(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string or ""),)


def fields(sentence: str) -> set[str]:
    """What a sentence has filled in: %(name)s, or {name} in the sentence of a reason."""
    named = set(re.findall(r"%\((\w+)\)[sd]", sentence))
    if not named and "%(" not in sentence:
        named = {name for _, name, _, _ in Formatter().parse(re.sub(r"[\[\]]", "", sentence)) if name}
    return named


def test_each_language_of_ours_has_a_catalogue() -> None:
    assert [path.stem for path in sorted(CATALOGUES.glob("*.po"))] == TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_sentence_and_no_other(language: str) -> None:
    wanted = {forms(message) for message in said() if message.id}
    have = {forms(message) for message in kept(language) if message.id}
    assert have == wanted, "run: python -m tests.tools.catalogue"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_with_all_that_is_filled_in(language: str) -> None:
    for message in kept(language):
        if not message.id:
            continue
        assert not message.fuzzy
        for sentence in filled(message):
            assert sentence, f"not translated: {message.id}"
            # One form of a plural may leave the number out: "the one source".
            assert fields(sentence) <= set().union(*map(fields, forms(message))), message.id
        assert set().union(*map(fields, filled(message))) == set().union(*map(fields, forms(message))), message.id


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_outside_its_translated_sentences(path: Path) -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    tree = environment.parse(path.read_text("utf-8"))
    loose = "\n".join(data.data for data in tree.find_all(nodes.TemplateData))
    shown = _text_of(loose) if path.suffix == ".html" else loose
    words = {" ".join(line.split()).strip("()[]:;·,.“”\"'=*>-<% ") for line in shown.splitlines()}
    assert {said for said in words if re.search(r"[A-Za-z]{2}", said)} <= SAID_EVERYWHERE
    compared = {id(const) for node in tree.find_all(nodes.Compare) for const in node.find_all(nodes.Const)}
    quoted = [c.value for c in tree.find_all(nodes.Const) if isinstance(c.value, str) and id(c) not in compared]
    assert [text for text in quoted if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text) and text not in _told(tree)] == []


def _told(tree: nodes.Template) -> set[str]:
    """The sentences that the template has translated."""
    ours = ("_", "gettext", "ngettext")
    calls = [c for c in tree.find_all(nodes.Call) if isinstance(c.node, nodes.Name) and c.node.name in ours]
    return {const.value for call in calls for const in call.find_all(nodes.Const)}


class _Reader(HTMLParser):
    """What a browser shows of a page, and what it reads out."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag == "style"
        self.shown += [value for name, value in attrs if name in ("title", "alt", "aria-label") and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.shown.append(data)


def _text_of(page: str) -> str:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return "\n".join(reader.shown)


def test_a_language_is_known_by_its_code() -> None:
    assert [known_language(code) for code in ("es", "es-MX", "ES_us", "en-GB", "ht", "")] == [
        "es", "es", "es", "en", "en", "en",
    ]  # fmt: skip
    assert translations("es").gettext("Unsubscribe") == "Cancelar la suscripción"
    assert translations("en").gettext("Unsubscribe") == "Unsubscribe"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es-419,es;q=0.9,en;q=0.8", "es"), ("en-US,en;q=0.9,es;q=0.8", "en"), ("de", "en"), ("", "en"),
        ("de, es;q=0.3", "es"), ("es;q=wrong, en", "en"), ("en;q=0.1, es;q=0.7", "es"),
    ],
)  # fmt: skip
def test_a_browser_says_what_its_reader_reads(accepted: str, language: str) -> None:
    assert asked_language(accepted) == language
