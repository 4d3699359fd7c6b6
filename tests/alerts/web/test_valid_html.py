"""The Nu HTML checker finds no error and warns of nothing in any mail or page."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.makers.checkers import JAVA, VNU, needs_vnu
from tests.makers.documents import mails, pages

pytestmark = [pytest.mark.slow, needs_vnu]


def test_every_mail_and_page_is_valid(sqlite_engine: Engine, tmp_path: Path) -> None:
    made = {name: mail.get_body(("html",)) for name, mail in mails().items()}
    shown = {f"mail: {name}": str(part.get_content()) for name, part in made.items() if part}
    shown |= {f"page: {name}": html for name, html in pages(sqlite_engine).items()}
    files = []
    for name, html in shown.items():
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(html, "utf-8")
    command = [str(JAVA), "-jar", str(VNU), "--stdout", "--exit-zero-always", "--format", "gnu", *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert len(files) > 20
    assert ran.stdout == ""
