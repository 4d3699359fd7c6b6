"""What the daemon's log says of its crawls."""

import logging

import pytest

from scheduler.crawls import Crawls


def test_that_nobody_answers_is_said_once_and_so_is_that_somebody_does(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "icewire")
    crawls = Crawls()
    for counts in ({"feeds": 9, "offline": 1}, {"feeds": 9, "offline": 1}, {"feeds": 9, "feeds_read": 9}):
        crawls._report(counts)
    said = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert said == ["no network", "the network is back", "crawl"]
