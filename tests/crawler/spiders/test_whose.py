"""Whose a request is, and who goes first at a site."""

from collections import deque
from collections.abc import Callable

from scrapy import Request

from crawler.model import Source
from crawler.spiders.whose import InRank, Rank, Whose
from crawler.watch import Owners

PAPER = Source(id="paper", name="The Paper", homepage="https://paper.example/")
HOSTILE = Source(id="hostile", name="Hostile", homepage="https://hostile.example/")
WHOSE = Whose(Owners([PAPER, HOSTILE]).of)


def asked(url: str, lister: Source | None, priority: int = 0, **meta: object) -> Request:
    known: Callable[[], Source | None] | None = (lambda: lister) if lister else None
    return Request(url, priority=priority, meta={"lister": known, **meta})


def test_a_request_takes_its_place_in_the_name_of_the_site_that_it_keeps_busy() -> None:
    assert WHOSE.payer(asked("https://paper.example/a", HOSTILE)) == "paper"
    assert WHOSE.payer(asked("https://nobody.example/a", HOSTILE)) == "hostile"
    assert WHOSE.payer(asked("https://hostile.example/a", HOSTILE)) == "hostile"
    assert WHOSE.payer(asked("https://paper.example/robots.txt", None)) == ""


def test_what_others_led_to_waits_for_all_of_the_sites_own() -> None:
    waiting = [
        asked("https://paper.example/listed", HOSTILE),
        asked("https://paper.example/again", PAPER, priority=-10),
        asked("https://paper.example/1", PAPER),
        asked("https://paper.example/2", PAPER),
        asked("https://paper.example/feed", PAPER, priority=10, feed=1),
        asked("https://paper.example/feed", HOSTILE, priority=10, feed=2),
        asked("https://paper.example/robots.txt", PAPER, is_robots=True),
    ]
    assert [WHOSE.rank(one) for one in waiting] == [
        Rank.FOREIGN, Rank.LOOK_AGAIN, Rank.PAGE, Rank.PAGE, Rank.FEED, Rank.FOREIGN, Rank.ROBOTS,
    ]  # fmt: skip
    queue = InRank(WHOSE, deque((one, None) for one in waiting))
    assert [waiting.index(queue.popleft()[0]) for _ in waiting] == [6, 4, 2, 3, 1, 0, 5]
    assert not queue
