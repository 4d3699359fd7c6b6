"""Outlets are switched off and on, and what a person wrote around them stays."""

from pathlib import Path

import pytest

from crawler.model.errors import IcewireError
from crawler.registry.files import load_registry, write_outlets
from crawler.registry.switching import OFF_FILE, switch_off, switch_on
from tests.crawler.registry.test_files import ENTRY, outlet

AROUND = f'# Ours\n{ENTRY}  # of 2026\n\n# Another\n[sun]\nname = "The Sun"\nhomepage = "https://sun.example/"\n'
AROUND += 'feeds = [{url = "https://sun.example/feed"}]\n'


def test_an_own_outlet_is_switched_off_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "ma.toml"
    file.write_text(AROUND)
    lantern = load_registry(False, tmp_path)["waltham-lantern"]
    assert switch_off(tmp_path, lantern, "it shows nothing") == file
    off = load_registry(False, tmp_path)["waltham-lantern"]
    assert (off.enabled, off.reason, off.feeds) == (False, "it shows nothing", lantern.feeds)
    assert "# Ours\n" in file.read_text()
    assert file.read_text().endswith(AROUND[AROUND.index("# Another") :])
    assert switch_on(tmp_path, "waltham-lantern") == file
    assert file.read_text() == AROUND


def test_one_that_we_ship_is_switched_off_beside(tmp_path: Path) -> None:
    shipped = outlet("granite", state="NH")
    assert switch_off(tmp_path, shipped, "a test") == tmp_path / OFF_FILE
    assert not load_registry(False, tmp_path)["granite"].enabled
    assert switch_on(tmp_path, "granite") == tmp_path / OFF_FILE
    assert load_registry(False, tmp_path) == {}
    assert switch_on(tmp_path, "granite") is None


def test_a_reason_is_wanted_and_survives_any_letters(tmp_path: Path) -> None:
    write_outlets(tmp_path / "nh.toml", [outlet("granite", state="NH")])
    granite = load_registry(False, tmp_path)["granite"]
    with pytest.raises(IcewireError, match="say why"):
        switch_off(tmp_path, granite, "  ")
    switch_off(tmp_path, granite, 'it said "no" – \\o/ [x]\t')
    assert load_registry(False, tmp_path)["granite"].reason.startswith('it said "no" – \\o/ [x]')
