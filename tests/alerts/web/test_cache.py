"""What is costly is made once in a while."""

import threading

from alerts.web.cache import TimedCache


def test_a_value_is_made_again_when_it_is_old() -> None:
    at = [0.0]
    made: list[float] = []
    cache = TimedCache(10, lambda: at[0])

    def make() -> int:
        made.append(at[0])
        return len(made)

    for moment, value in ((0, 1), (9.9, 1), (10, 2), (19, 2)):
        at[0] = moment
        assert cache.get("a", make) == value
    assert cache.get("b", make) == 3


def test_two_who_ask_at_once_do_not_make_it_twice() -> None:
    cache, begun, may_end = TimedCache(10), threading.Event(), threading.Event()
    made: list[int] = []

    def make() -> int:
        begun.set()
        may_end.wait(10)
        made.append(1)
        return 7

    both = [threading.Thread(target=cache.get, args=("a", make)) for _ in range(2)]
    both[0].start()
    begun.wait(10)
    both[1].start()
    assert cache.get("other", lambda: 1) == 1
    may_end.set()
    for one in both:
        one.join(10)
    assert (made, cache.get("a", make)) == ([1], 7)
