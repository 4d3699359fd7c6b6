"""axe-core has nothing to say of any mail or page: on a telephone and a desk, light, dark, without style."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.web.assets import asset_url, assets
from tests.makers.checkers import SHOWN, findings, needs_axe
from tests.makers.chromium import Browser, needs_browser
from tests.makers.documents import mails, pages

pytestmark = [*needs_browser, needs_axe]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The mails that have HTML, as files."""
    folder = tmp_path_factory.mktemp("mails")
    made = {name: mail.get_body(("html",)) for name, mail in mails().items()}
    return {name: as_file(folder, name, str(part.get_content())) for name, part in made.items() if part}


def as_file(folder: Path, name: str, html: str) -> str:
    """Where a browser finds it, with its style in it."""
    for one in assets().values():
        if one.kind.startswith("text/css"):
            linked = f'<link rel="stylesheet" href="{asset_url("icewire.css")}">'
            html = html.replace(linked, f"<style>{one.content.decode()}</style>")
    file = folder / f"{name.replace(' ', '-').replace('?', '')}.html"
    file.write_text(html, "utf-8")
    return file.as_uri()


@pytest.mark.parametrize(("scheme", "width"), SHOWN)
def test_nothing_is_wrong_with_a_mail(browser: Browser, written: Mapping[str, str], scheme: str, width: int) -> None:
    browser.prefer(scheme)
    wrong = {}
    for name, url in written.items():
        browser.open(url, width)
        wrong[name] = findings(browser)
    browser.prefer("light")
    assert len(wrong) > 10
    assert {name: found for name, found in wrong.items() if found} == {}


def test_nothing_is_wrong_with_a_mail_without_its_style(browser: Browser, written: Mapping[str, str]) -> None:
    for name, url in written.items():
        browser.open(url, 360)
        browser.strip()
        assert (name, findings(browser)) == (name, [])


def test_nothing_is_wrong_with_a_page(browser: Browser, sqlite_engine: Engine, tmp_path: Path) -> None:
    wrong = {}
    for name, html in pages(sqlite_engine).items():
        for scheme, width in SHOWN:
            browser.prefer(scheme)
            browser.open(as_file(tmp_path, name, html), width)
            wrong[f"{name}, {scheme}, {width}"] = findings(browser)
    browser.prefer("light")
    assert {name: found for name, found in wrong.items() if found} == {}
