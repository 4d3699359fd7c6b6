"""The registry that comes with icewire, and the pages that teach its form."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.places.usa import STATES
from crawler.registry.files import SHIPPED, Outlet, feed_key, load_file, load_registry


def file(folder: Path, text: str, name: str = "ma.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def shipped() -> dict[str, Outlet]:
    return load_registry(shipped=True, own=None)


def test_the_registry_holds_many_outlets_of_every_state(shipped: dict[str, Outlet]) -> None:
    assert len(shipped) >= 600
    territories = {"AS", "GU", "MP", "PR", "VI"}
    assert {o.state for o in shipped.values()} >= (STATES.keys() - territories) | {""}


def test_every_shipped_outlet_is_read_over_the_web_or_says_why_not(shipped: dict[str, Outlet]) -> None:
    for o in shipped.values():
        assert o.feeds or (not o.enabled and o.reason), o.id
        for url in (o.homepage, *(feed.url for feed in o.feeds)):
            assert urlsplit(url).scheme in ("http", "https"), o.id
            assert " " not in url, o.id
        assert all(feed.grade for feed in o.feeds), f"{o.id}: a shipped feed says how well it is known"
        assert o.kind, f"{o.id}: a shipped outlet says its kind"


def test_every_shipped_outlet_stands_in_the_file_of_its_state() -> None:
    for path in SHIPPED.glob("*.toml"):
        for o in load_file(path):
            assert o.state == ("" if path.stem == "us" else path.stem.upper()), o.id


def test_shipped_counties_are_named_whole_and_only_within_a_state(shipped: dict[str, Outlet]) -> None:
    kinds = ("County", "Parish", "Borough", "Municipality", "city", "District of Columbia")
    for o in shipped.values():
        assert bool(o.city) == bool(o.county) == bool(o.state), o.id
        assert not o.county or o.county.endswith(kinds) or o.county.startswith("City and Borough"), o.id
        assert "(" not in o.county, o.id


def test_no_two_shipped_outlets_share_a_feed(shipped: dict[str, Outlet]) -> None:
    keys = [feed_key(feed.url) for o in shipped.values() for feed in o.feeds]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("page", [SHIPPED / "README.md", SHIPPED.parents[2] / "docs" / "adding-an-outlet.md"])
def test_the_examples_of_the_pages_are_read(page: Path, tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        assert load_file(file(tmp_path, example))


def test_the_page_lists_every_key() -> None:
    page = (SHIPPED / "README.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)`", page, re.MULTILINE) == [key for key in Outlet.model_fields if key != "id"]
