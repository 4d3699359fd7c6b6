"""What `make checkers` brings: axe-core and the Nu HTML checker, of the versions and hashes in tests/tools/checkers."""

import shutil
from pathlib import Path

import pytest

_MODULES = Path(__file__).parents[2] / ".venv/checkers/node_modules"
AXE = _MODULES / "axe-core/axe.min.js"
VNU = _MODULES / "vnu-jar/build/dist/vnu.jar"
JAVA = shutil.which("java")

needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not here; `make checkers` gets it by npm")
needs_vnu = pytest.mark.skipif(
    not (VNU.exists() and JAVA), reason="the Nu HTML checker is not here; `make checkers` gets it by npm; it needs java"
)
