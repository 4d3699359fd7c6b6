"""A real browser for tests, where one is installed."""

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMEDRIVER = shutil.which("chromedriver")
needs_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMEDRIVER, reason="chromedriver is not installed (Debian: chromium-driver)"),
]
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


class Browser:
    """Chromium by way of the W3C WebDriver protocol."""

    def __init__(self, port: int, profile: Path) -> None:
        self.base = f"http://127.0.0.1:{port}"
        wanted = {
            "goog:chromeOptions": {"args": [*ARGUMENTS, f"--user-data-dir={profile}"]},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        made = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = f"/session/{made['sessionId']}"

    def open(self, url: str, width: int) -> None:
        # Not the window's size, which has a least width, but the page's.
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": True}
        self.tell("Emulation.setDeviceMetricsOverride", size)
        self._call("POST", f"{self.session}/url", {"url": url})

    def tell(self, command: str, given: dict[str, Any]) -> Any:
        """A command of the DevTools protocol; what it answers."""
        return self._call("POST", f"{self.session}/goog/cdp/execute", {"cmd": command, "params": given})

    @contextmanager
    def without_script(self) -> Iterator[None]:
        """No script of a page runs."""
        self.tell("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            yield
        finally:
            self.tell("Emulation.setScriptExecutionDisabled", {"value": False})

    def forbidden(self) -> list[str]:
        """What pages did against their own policy since this was asked last."""
        told = self._call("POST", f"{self.session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in told if entry["source"] == "security"]

    def printed(self) -> bytes:
        """The page as a PDF, on the paper that it asks for."""
        return base64.b64decode(self.tell("Page.printToPDF", {"preferCSSPageSize": True})["data"])

    def prefer(self, scheme: str) -> None:
        """Light or dark, from the next page on."""
        self.emulate("prefers-color-scheme", scheme)

    def emulate(self, feature: str, value: str) -> None:
        """A feature of media, as in CSS, from the next page on."""
        media = {"features": [{"name": feature, "value": value}]}
        self.tell("Emulation.setEmulatedMedia", media)

    def run(self, script: str) -> Any:
        return self._call("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def run_to_its_end(self, script: str) -> Any:
        """The same of a script that calls `done` with what it has found."""
        body = {"script": f"const done = arguments[0]; {script}", "args": []}
        return self._call("POST", f"{self.session}/execute/async", body)

    def cookies(self) -> Any:
        """Those that the page has, also what no script sees."""
        return self._call("GET", f"{self.session}/cookie")

    def forget(self) -> None:
        """The cookies that the page has."""
        self._call("DELETE", f"{self.session}/cookie")

    def strip(self) -> None:
        """Take all style from the page, as some mail programs do."""
        self.run("document.querySelectorAll('style, meta[name*=color-scheme]').forEach(e => e.remove())")
        self.run("document.querySelectorAll('[style]').forEach(e => e.removeAttribute('style'))")

    def follow(self, selector: str) -> None:
        """Click what leads to another page, and wait for that: the click alone does not always."""
        self.run("window.left = true")
        self._click(selector)
        for _ in range(200):
            if self.run("return !window.left && document.readyState === 'complete'"):
                return
            time.sleep(0.05)
        raise TimeoutError(f"{selector} led nowhere")

    def _click(self, selector: str) -> None:
        found = self._call("POST", f"{self.session}/element", {"using": "css selector", "value": selector})
        self._call("POST", f"{self.session}/element/{next(iter(found.values()))}/click", {})

    def close(self) -> None:
        self._call("DELETE", self.session)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(profile: Path) -> Iterator[Browser]:
    """A browser of its own, with this folder for what it keeps."""
    port = free_port()
    driver = subprocess.Popen(
        [str(CHROMEDRIVER), f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            try:
                browser = Browser(port, profile)
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield browser
        browser.close()
    finally:
        driver.terminate()
        driver.wait()
