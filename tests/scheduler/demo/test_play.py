"""The demo as a person starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_it_shows_what_is_expected_and_leaves_alone_what_the_environment_names(tmp_path: Path) -> None:
    in_use = {
        "ICEWIRE_DATA": str(tmp_path / "in-use"),
        "ICEWIRE_MAIL__SMTP_HOST": "smtp.paper.invalid",
        "ICEWIRE_WATCH__STATES": "TX",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "scheduler", "demo"],
        env=os.environ | in_use,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "exactly the expected stories" in ran.stdout
    assert not (tmp_path / "in-use").exists()
