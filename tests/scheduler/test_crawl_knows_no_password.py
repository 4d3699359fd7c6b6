"""The processes that read what others wrote hold no password of the mail."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.crawls import Crawls
from scheduler.deployment import open_deployment
from scheduler.environment import for_a_crawl, without_mail_secrets
from scheduler.settings import load
from tests.makers.crawling import deploy, outlet_at, page, rss
from tests.makers.making import BODY
from tests.makers.serving import Reply, served

SECRET = "correct-horse-battery"
OF_MAIL = f"""
[mail]
smtp_host = "127.0.0.1"
smtp_user = "me"
smtp_password = "{SECRET}"
[bounces]
imap_password = "{SECRET}"
"""


def test_a_crawl_has_the_settings_that_it_needs_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "icewire.toml"
    file.write_text(
        'data = "kept"\nclock_offset_seconds = -3.5\n[watch]\nstates = ["MA", "NH"]\nshipped = false\n'
        f'[crawl]\nworkers = 3\ncontact_url = "mailto:me@paper.example"\n{OF_MAIL}'
    )
    whole = load(file)
    given = for_a_crawl(whole, {"PATH": "/bin", "ICEWIRE_BOUNCES__IMAP_PASSWORD": SECRET, "ICEWIRE_CONFIG": str(file)})
    assert given["PATH"] == "/bin"
    assert not [name for name, value in given.items() if SECRET in value or "MAIL" in name or "CONFIG" in name]
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    read = load(Path(os.devnull))
    assert (read.watch, read.crawl, read.database_url) == (whole.watch, whole.crawl, whole.database_url)
    assert (read.data, read.clock_offset_seconds) == (whole.data, whole.clock_offset_seconds)
    assert read.mail.smtp_password.get_secret_value() == ""
    held = {"ICEWIRE_MAIL__SMTP_PASSWORD": SECRET, "ICEWIRE_BOUNCES__IMAP_PASSWORD": SECRET, "PATH": "/bin"}
    without_mail_secrets(held)
    assert held == {"PATH": "/bin"}


def test_a_crawl_finds_what_stands_beside_a_file_that_is_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("icewire.toml").write_text('data = "kept"\n[watch]\ntopic = "evictions"\n')
    for name, value in for_a_crawl(load(), {}).items():
        monkeypatch.setenv(name, value)
    read = load(Path(os.devnull))
    assert (read.data, read.watch.topic) == (tmp_path / "kept", tmp_path / "evictions")


@pytest.mark.slow
def test_no_process_of_a_running_crawl_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def slow() -> Reply:
        release.wait(60)
        return Reply()

    with served() as site:
        feed = rss((site.url("/raid"), "ICE agents detain two"), (site.url("/late"), "ICE agents left"))
        raid = Reply(page("ICE agents detain two outside Waltham courthouse", BODY))
        site.pages = {"/feed": feed, "/raid": raid, "/late": slow}
        deploy(tmp_path, [outlet_at("ledger", site.base)])
        file = tmp_path / "icewire.toml"
        file.write_text(file.read_text().replace("workers = 0", "workers = 1") + OF_MAIL)
        monkeypatch.setenv("ICEWIRE_MAIL__SMTP_PASSWORD", SECRET)
        with crawling(file) as crawls:
            wait_for(lambda: site.asked("/late"))
            number = crawls._children[0].pid
            wait_for(lambda: len(dict(_processes(number))) > 1)  # with the one that its workers are forked from
            for _, said in _processes(number):
                assert b"PATH=" in said
                assert SECRET.encode() not in said
                assert b"ICEWIRE_MAIL" not in said
            release.set()


@contextlib.contextmanager
def crawling(file: Path) -> Iterator[Crawls]:
    """The daemon's crawl of a deployment, while the block runs."""
    deployment, crawls = open_deployment(file), Crawls()
    deployment.sync_registry()
    deployment.engine.dispose()
    running = threading.Thread(target=crawls.run, args=(deployment.settings,))
    running.start()
    try:
        yield crawls
    finally:
        crawls.end(10)
        running.join()


def wait_for(done: Callable[[], object]) -> None:
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def _processes(session: int) -> Iterator[tuple[int, bytes]]:
    """The number, command line and environment of each process in a session."""
    for folder in Path("/proc").glob("[0-9]*"):
        number = int(folder.name)
        try:
            if os.getsid(number) == session:
                yield number, (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:  # it has ended
            continue


@pytest.mark.slow
def test_a_crawl_without_a_settings_file_finds_the_same_stories(tmp_path: Path) -> None:
    with served() as site:
        site.pages = {"/feed": rss((site.url("/raid"), "ICE raid")), "/raid": Reply(page("ICE raid", BODY))}
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        with crawling(tmp_path / "icewire.toml"):
            wait_for(
                lambda: "/raid" in (entries := place.snapshot().entries) and entries["/raid"][0].state == "fetched"
            )
        assert [entry.state for entry in place.snapshot().entries["/raid"]] == ["fetched"]
