"""What `make checkers` brings: axe-core and the Nu HTML checker, of the versions and hashes in tests/tools/checkers."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.makers.chromium import Browser

_MODULES = Path(__file__).parents[2] / ".venv/checkers/node_modules"
AXE = _MODULES / "axe-core/axe.min.js"
VNU = _MODULES / "vnu-jar/build/dist/vnu.jar"
JAVA = shutil.which("java")

needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not here; `make checkers` gets it by npm")
needs_vnu = pytest.mark.skipif(
    not (VNU.exists() and JAVA), reason="the Nu HTML checker is not here; `make checkers` gets it by npm; it needs java"
)

# Every level of WCAG, the strictest and the newest too, what is good practice, and what axe only tries.
LEVELS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental"]
# Colours are the same at each width, and what stands where is the same in each scheme.
SHOWN = [("light", 360), ("dark", 760)]
ASK = f"""
axe.run(document, {{runOnly: {{type: 'tag', values: {LEVELS}}}}}).then(
  told => done(told.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 120))])),
  error => done([String(error)]));
"""


def findings(browser: Browser) -> Any:
    """What axe has to say of the page that is open."""
    browser.run(AXE.read_text("utf-8") + "; window.axe = axe")
    return browser.run_to_its_end(ASK)
