"""Which page next: the outlets take turns, nothing waits twice, and no outlet fills the room of others."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.frontier import MOST_AT_SITE, MOST_FOREIGN, MOST_OF_AN_OUTLET, WINDOW, Busy, Frontier, Lane


def own(outlet: str, feed: int = 1) -> Lane:
    return Lane(feed, f"{outlet}.example", own=True)


def test_a_big_outlet_does_not_hold_up_the_small_ones() -> None:
    frontier = Frontier()
    frontier.add("big", own("big"), range(10))
    frontier.add("small", own("small"), [100, 101])
    assert frontier.take(5, Busy()) == [0, 100, 1, 101, 2]


def test_what_waits_already_is_not_put_twice_and_may_come_again_later() -> None:
    frontier = Frontier()
    frontier.add("ledger", own("ledger"), [1, 2])
    frontier.add("ledger", own("ledger"), [2, 1])
    assert (frontier.take(9, Busy()), len(frontier)) == ([1, 2], 0)
    frontier.add("ledger", own("ledger"), [1])
    assert frontier.take(9, Busy()) == [1]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50))))
def test_everything_comes_out_once_each_outlet_in_its_own_order(added: list[tuple[str, int]]) -> None:
    frontier, unique = Frontier(), dict[int, str]()
    for outlet, number in added:
        frontier.add(outlet, own(outlet), [number])
        unique.setdefault(number, outlet)
    taken: list[int] = []
    while some := frontier.take(4, Busy()):
        taken += some
    assert sorted(taken) == sorted(unique)
    assert (len(frontier), frontier.queues) == (0, {})
    for outlet in "abc":
        assert [n for n in taken if unique[n] == outlet] == [n for n, o in unique.items() if o == outlet]


def test_an_outlet_has_so_many_pages_under_way_on_however_many_hosts() -> None:
    frontier, busy = Frontier(), Busy()
    for n in range(100):
        frontier.add("hostile", Lane(1, f"host-{n}.example", own=False), [n])
    assert len(frontier.take(99, busy)) == MOST_OF_AN_OUTLET
    frontier.add("paper", own("paper"), [1000])
    assert frontier.take(99, busy) == [1000]


def test_however_many_outlets_are_slow_one_that_has_nothing_under_way_finds_room() -> None:
    frontier, busy = Frontier(), Busy()
    for n in range(WINDOW // MOST_OF_AN_OUTLET):
        frontier.add(f"slow-{n}", own(f"slow-{n}"), range(100 * n, 100 * n + 100))
    assert len(frontier.take(2 * WINDOW, busy)) == WINDOW * 3 // 4
    frontier.add("paper", own("paper"), [-1, -2])
    assert frontier.take(2 * WINDOW, busy) == [-1]


def test_the_feeds_of_an_outlet_take_turns() -> None:
    frontier = Frontier()
    frontier.add("paper", own("paper", feed=1), range(1000))
    frontier.add("paper", own("paper", feed=2), [2000, 2001])
    assert frontier.take(4, Busy()) == [0, 2000, 1, 2001]


def test_at_a_site_its_own_outlet_goes_first() -> None:
    frontier, busy = Frontier(), Busy()
    for n in range(10):
        frontier.add(f"hostile-{n}", Lane(n, "paper.example", own=False), range(100 * n, 100 * n + 100))
    assert len(frontier.take(99, busy)) == MOST_FOREIGN
    frontier.add("paper", own("paper"), [2000, 2001])
    assert frontier.take(99, Busy()) == [2000, 2001]
    assert len(frontier.take(99, busy)) == 0
    frontier.add("paper", own("paper"), range(3000, 3100))
    assert len(frontier.take(99, busy)) == MOST_AT_SITE - MOST_FOREIGN
