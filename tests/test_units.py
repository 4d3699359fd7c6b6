"""The units of systemd: without a mistake, and able to do little harm, as systemd itself judges them."""

import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEMD = shutil.which("systemd-analyze")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SYSTEMD, reason="systemd-analyze is not installed (Debian: systemd)"),
]
DEPLOY = Path(__file__).parents[1] / "deploy"
MOST = 15  # tenths: of 10 points of exposure


@pytest.mark.parametrize("unit", ["icewire.service", "icewire-backup.service"])
def test_a_service_can_do_little_harm(unit: str) -> None:
    command = [str(SYSTEMD), "security", "--offline=yes", f"--threshold={MOST}", "--no-pager", str(DEPLOY / unit)]
    judged = subprocess.run(command, capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr


def test_the_units_have_no_mistake(tmp_path: Path) -> None:
    units = [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]
    for unit in units:  # a command that is here, as it looks for it
        text = unit.read_text("utf-8").replace("/opt/icewire/.venv/bin/icewire", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    made = [str(tmp_path / unit.name) for unit in units]
    judged = subprocess.run([str(SYSTEMD), "verify", "--man=no", *made], capture_output=True, text=True)
    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")


def test_what_the_service_may_not_do_the_backup_may_not_either() -> None:
    def bounds(unit: str) -> set[str]:
        text = (DEPLOY / unit).read_text("utf-8")
        return set(text.partition("CapabilityBoundingSet=")[2].partition("SystemCallErrorNumber")[0].splitlines())

    assert bounds("icewire.service") == bounds("icewire-backup.service")
