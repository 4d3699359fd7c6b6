"""A person at the keyboard of a browser: what it does not reach is not reached."""

import time

from tests.makers.chromium import Browser

TAB, ENTER, SPACE = "\ue004", "\ue007", " "


def press(browser: Browser, keys: str) -> None:
    """Keys as a person presses them, each by itself."""
    actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
    body = {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}
    browser._call("POST", f"{browser.session}/actions", body)


def go_to(browser: Browser, selector: str) -> None:
    """Tab on until the focus is there, and is seen to be."""
    for _ in range(120):
        if browser.run(f"return document.activeElement.matches({selector!r})"):
            assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
        press(browser, TAB)
    raise AssertionError(f"{selector} is not reached by the keyboard")


def push(browser: Browser, selector: str, leads_to: str) -> None:
    """Press a button or a link by the keyboard, and wait for the page with this heading."""
    go_to(browser, selector)
    browser.run("window.left = true")
    press(browser, ENTER)
    for _ in range(200):
        if browser.run("return !window.left && (document.querySelector('h1') || {}).innerText") == leads_to:
            return
        time.sleep(0.05)
    raise AssertionError(f"{selector} does not lead to {leads_to!r}: {browser.run('return document.body.innerText')}")


def fill(browser: Browser, selector: str, words: str) -> None:
    """Write into a field."""
    go_to(browser, selector)
    press(browser, words)
