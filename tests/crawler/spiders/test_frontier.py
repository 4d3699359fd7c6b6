"""Which page next: the outlets take turns, and nothing waits twice."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.frontier import Frontier


def test_a_big_outlet_does_not_hold_up_the_small_ones() -> None:
    frontier = Frontier()
    frontier.add("big", range(10))
    frontier.add("small", [100, 101])
    assert [frontier.take() for _ in range(5)] == [0, 100, 1, 101, 2]


def test_what_waits_already_is_not_put_twice_and_may_come_again_later() -> None:
    frontier = Frontier()
    frontier.add("ledger", [1, 2])
    frontier.add("ledger", [2, 1])
    assert [frontier.take(), frontier.take(), len(frontier)] == [1, 2, 0]
    frontier.add("ledger", [1])
    assert frontier.take() == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50))))
def test_everything_comes_out_once_each_outlet_in_its_own_order(added: list[tuple[str, int]]) -> None:
    frontier, expected = Frontier(), dict.fromkeys(added)
    unique: dict[int, str] = {}
    for outlet, number in expected:
        frontier.add(outlet, [number])
        unique.setdefault(number, outlet)
    taken = [frontier.take() for _ in range(len(frontier))]
    assert sorted(taken) == sorted(unique)
    for outlet in "abc":
        assert [n for n in taken if unique[n] == outlet] == [n for n, o in unique.items() if o == outlet]
