"""A child that gives no sign of life is ended with its own children; one that does is left alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.crawls import Crawls
from scheduler.deployment import open_deployment
from scheduler.watchdog import Watchdog
from tests.makers.crawling import deploy, outlet_at, page, rss
from tests.makers.hazards import RAID
from tests.makers.hostile import http, trapped
from tests.makers.making import BODY, outlet
from tests.makers.serving import Reply, served

pytestmark = pytest.mark.slow

# What no signal handler of Python's and no other thread comes between.
HANGS = "import re; re.match('(a?){60}a{60}', 'a' * 60)"
LINK = f"/2026/11/29/{'x' * 60}"
LINKS = f'<html><body><a href="{LINK}">A headline that says what happened</a></body></html>'
PATTERN = "(x+x+)+y$"  # an operator's mistake that takes until the end of days


def child(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("code", [HANGS, "import time; time.sleep(3600)"], ids=["works", "waits"])
def test_a_child_that_says_nothing_is_ended_and_tells_where_it_stood(code: str) -> None:
    with child(code) as hanging, Watchdog(hanging, 1) as dog:
        assert hanging.wait(30)
        assert hanging.stderr
        assert "most recent call first" in hanging.stderr.read()
    assert dog.bit


@pytest.mark.slow
def test_its_own_children_end_with_it() -> None:
    code = (
        "import subprocess, sys, time; subprocess.Popen(['sleep', '3600']); print('on', flush=True); time.sleep(3600)"
    )
    with child(code) as hanging:
        assert hanging.stdout
        hanging.stdout.readline()
        with Watchdog(hanging, 0.2):
            assert hanging.stdout.read() == ""  # whoever lived on would hold it open


def test_a_child_that_is_heard_of_is_left_alone() -> None:
    with child("import time\nfor _ in range(8): print(1, flush=True); time.sleep(0.1)") as lively:
        assert lively.stdout
        lively.stdout.readline()  # it has started
        with Watchdog(lively, 0.6) as dog:
            for _ in lively.stdout:
                dog.hear()
            assert lively.wait() == 0
        assert not dog.bit


@pytest.mark.parametrize(
    ("status", "bitten", "suspected"),
    [(-9, True, True), (-11, False, True), (-15, False, False), (1, False, False), (0, False, False)],
)
def test_what_a_crawl_was_at_is_suspected_when_it_ended_by_force(status: int, bitten: bool, suspected: bool) -> None:
    crawls = Crawls()
    at = crawls._heard(json.dumps({"at": "feed 7"}), "")
    at = crawls._heard("no json", at)
    crawls._ended(status, at, bitten)
    assert crawls._suspected() == (["--suspect", "feed 7"] if suspected else [])
    assert crawls._suspected() == []


def test_a_crawl_that_was_told_to_end_is_suspected_of_nothing() -> None:
    crawls = Crawls()
    crawls.end(0)
    crawls._ended(-9, "feed 7", False)
    assert crawls._suspected() == []


@pytest.mark.slow
def test_a_feed_that_holds_up_a_crawl_is_left_alone_by_the_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without workers, so that it really does."""
    monkeypatch.chdir(tmp_path)
    with trapped() as traps, served() as good:
        good.pages = {"/feed": rss((good.url("/raid"), RAID)), "/raid": Reply(page(RAID, BODY))}
        bad = traps.add({"/news": http(LINKS)})
        section = {"kind": "section", "url": bad.url("/news"), "link_patterns": [PATTERN]}
        outlets = [outlet("bad", homepage=bad.url("/"), feeds=[section]), outlet_at("good", good.base)]
        place = deploy(tmp_path, outlets)
        deployment = open_deployment(tmp_path / "icewire.toml")
        deployment.sync_registry()
        crawls = Crawls(silence=15)
        crawls.run(deployment.settings)
        assert "no sign of life" in caplog.text
        monkeypatch.setattr(crawls, "_report", lambda counts: crawls.end(20))  # all that was due is done
        crawls.run(deployment.settings)
    known = place.snapshot()
    assert {name: feed.status for name, feed in known.feeds.items()} == {"bad": "held_up_the_crawl", "good": "ok"}
    assert known.told("/raid") == ("fetched", "")
