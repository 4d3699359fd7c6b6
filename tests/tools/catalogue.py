"""The catalogues of translations, brought up to what the code, the templates and the reasons say now.

    python -m tests.tools.catalogue

New sentences come in without a translation, and what nobody says any more goes. Who translates fills in the file; a
test says what is missing.
"""

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ALERTS = Path(__file__).parents[2] / "alerts"
CATALOGUES = ALERTS / "locale" / "catalogues"
REASONS = ALERTS / "locale" / "en.toml"
# For the operator alone, who reads English.
_NOT_FOR_READERS = ("operator/**",)
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "gettext": None, "_": None, "ngettext": (1, 2), "marked": None, "saying": None,
}  # fmt: skip
_METHODS = [("**.py", "python"), *((f"**/templates/**.{form}", "jinja2.ext:babel_extract") for form in ("html", "txt"))]
_OPTIONS = {f"**/templates/**.{form}": {"trimmed": "true", "silent": "false"} for form in ("html", "txt")}

_HEAD = """\
msgid ""
msgstr ""
"Project-Id-Version: icewire\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def said() -> Catalog:
    """Every sentence that is to be translated, with where it stands."""
    catalogue = Catalog()
    methods = [*((f"**/{room}", "ignore") for room in _NOT_FOR_READERS), *_METHODS]
    for file, _, message, _, context in extract_from_dir(ALERTS, methods, _OPTIONS, _KEYWORDS):
        catalogue.add(message, locations=[(f"alerts/{file}", 0)], context=context)
    for _, sentence in reasons():
        catalogue.add(sentence, locations=[("alerts/locale/en.toml", 0)])
    return catalogue


def reasons() -> Iterator[tuple[str, str]]:
    """The sentence of each code of a reason."""
    yield from ((code, text) for code, text in tomllib.loads(REASONS.read_text("utf-8")).items() if text)


def kept(language: str) -> Catalog:
    """What is translated."""
    return read_po(io.BytesIO((CATALOGUES / f"{language}.po").read_bytes()), locale=language)


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue in its one form, so that a change shows what changed."""
    body = io.BytesIO()
    write_po(body, catalogue, width=118, omit_header=True, sort_output=True, include_lineno=False)
    head = _HEAD.format(language=path.stem, plurals=catalogue.plural_forms)
    path.write_text(f"{head}\n{body.getvalue().decode().strip()}\n", "utf-8")


def main() -> None:
    """Bring each catalogue up to date."""
    for path in sorted(CATALOGUES.glob("*.po")):
        catalogue = kept(path.stem)
        catalogue.update(said(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        write(catalogue, path)
        missing = sum(not message.string or not all(message.string) for message in catalogue if message.id)
        print(f"{path.name}: {len(catalogue)} sentences, {missing} without a translation")


if __name__ == "__main__":
    main()
