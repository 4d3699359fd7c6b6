"""Outlets that show thousands of slow links, in every way at once: a paper's story is still read at once."""

import contextlib
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from crawler.registry.outlet import Outlet
from tests.makers.crawling import PATIENCE, Place, deploy, outlet_at, page, rss
from tests.makers.making import BODY, outlet
from tests.makers.serving import Reply, Site, served

pytestmark = pytest.mark.slow

LINKS = 2000
HEAD_START = 8  # pages of others that are asked for, and seconds more, before the paper shows its story
AT_ONCE = 20.0  # seconds on a busy machine; without turns it took minutes
STORY = "/2026/03/ice-agents-detain-two-men-outside-courthouse"
TITLE = "ICE agents detain two men outside Waltham courthouse"

Attack = Callable[[contextlib.ExitStack, Site], list[Outlet]]


class Slow(Site):
    """A site of which each page that is not named takes a second."""

    seconds = 1.0
    asked_of_all = 0

    def reply(self, request):  # type: ignore[no-untyped-def]
        if request.path.startswith("/slow"):
            self.log.append(request)
            Slow.asked_of_all += 1
            time.sleep(self.seconds)
            return Reply(page("The council", "The council met on Monday. " * 20))
        if request.path.startswith("/away"):
            self.log.append(request)
            Slow.asked_of_all += 1
            return Reply("", 302, headers={"Location": self.pages["target"].body + request.path})  # type: ignore[union-attr]
        return super().reply(request)


def site(stack: contextlib.ExitStack) -> Site:
    known = stack.enter_context(served())
    known.__class__ = Slow
    return known


def links(base: str, path: str, most: int = LINKS, ids: Iterator[int] = count(1)) -> Reply:  # noqa: B008
    return rss(*((f"{base}{path}/{next(ids)}-the-council-meets", "The council meets") for _ in range(most)))


def slow_outlets(number: int, feeds: int = 1) -> Attack:
    """So many outlets with so many feeds, each of thousands of slow pages."""

    def attack(stack: contextlib.ExitStack, paper: Site) -> list[Outlet]:
        made = []
        for n in range(number):
            at = site(stack)
            for feed in range(feeds):
                at.pages[f"/feed{feed}"] = links(at.base, f"/slow{feed}", LINKS // feeds)
            known = [{"kind": "rss", "url": at.url(f"/feed{feed}")} for feed in range(feeds)]
            made.append(outlet(f"slow-{feeds}-{n}", homepage=f"{at.base}/", feeds=known))
        return made

    return attack


def many_hosts(stack: contextlib.ExitStack, paper: Site) -> list[Outlet]:
    """One outlet whose links lead to many servers that do not answer for long."""
    at, hosts = site(stack), [site(stack) for _ in range(30)]
    for host in hosts:
        host.seconds = 25.0  # type: ignore[attr-defined]
    at.pages["/feed"] = rss(
        *((f"{h.base}/slow/{n}-the-council-meets", "The council") for n in range(60) for h in hosts)
    )
    return [outlet_at("hosts", at.base)]


def redirects(stack: contextlib.ExitStack, paper: Site) -> list[Outlet]:
    """Outlets whose pages lead to the paper's site."""
    made = []
    for n in range(5):
        at = site(stack)
        at.pages["target"] = Reply(paper.base)
        at.pages["/feed"] = links(at.base, "/away")
        made.append(outlet_at(f"away-{n}", at.base))
    return made


def listings(stack: contextlib.ExitStack, paper: Site) -> list[Outlet]:
    """Outlets that show nothing but addresses of the paper."""
    made = []
    for n in range(5):
        at = site(stack)
        at.pages["/feed"] = links(paper.base, "/slow")
        made.append(outlet_at(f"lists-{n}", at.base))
    return made


ATTACKS: dict[str, list[Attack]] = {
    "one": [slow_outlets(1)], "ten": [slow_outlets(10)], "feeds": [slow_outlets(1, feeds=4)], "hosts": [many_hosts],
    "redirects": [redirects], "listings": [listings],
}  # fmt: skip
ATTACKS["all"] = [one for attacks in ATTACKS.values() for one in attacks[:1] if attacks != ATTACKS["one"]]


@pytest.mark.parametrize("name", ["all"])
def test_a_story_is_read_at_once_whatever_others_show(name: str, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        paper = site(stack)
        paper.pages["/feed"] = late(rss((paper.url(STORY), TITLE)), told := list[float]())
        paper.pages[STORY] = Reply(page(TITLE, BODY))
        others = [outlet for attack in ATTACKS[name] for outlet in attack(stack, paper)]
        place = deploy(tmp_path, [*others, outlet_at("paper", paper.base)], timeout=30, delay=0.2)
        run_until_asked(place, paper)
        assert paper.asked(STORY)[0].at - told[0] < AT_ONCE


def late(reply: Reply, told: list[float]) -> Callable[[], Reply]:
    """When others have filled what there is to fill, and when that was."""
    Slow.asked_of_all = 0

    def answer() -> Reply:
        patience = time.monotonic() + 2 * HEAD_START
        while Slow.asked_of_all < HEAD_START and time.monotonic() < patience:
            time.sleep(0.1)
        time.sleep(HEAD_START / 2)
        told.append(time.monotonic())
        return reply

    return answer


def run_until_asked(place: Place, paper: Site) -> None:
    """Crawl until the paper is asked for its story."""
    running = place.start()
    end = time.monotonic() + PATIENCE
    try:
        while not paper.asked(STORY) and time.monotonic() < end and running.poll() is None:
            time.sleep(0.05)
    finally:
        running.terminate()
        running.communicate(timeout=PATIENCE)
