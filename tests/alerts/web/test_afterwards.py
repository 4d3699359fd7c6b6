"""What is done when the answer is gone, and at the end of the process."""

import threading

from alerts.web.afterwards import MOST_WAITING, Afterwards


def test_what_waits_is_done_at_once_when_the_process_ends() -> None:
    done: list[int] = []
    afterwards = Afterwards(600, 600)
    for number in range(3):
        assert afterwards.do(lambda number=number: done.append(number))  # type: ignore[misc]
    assert not afterwards.wait(0)
    assert afterwards.finish(5)
    assert done == [0, 1, 2]


def test_the_end_waits_for_nothing_that_hangs() -> None:
    hung = threading.Event()
    afterwards = Afterwards(0, 0)
    afterwards.do(hung.wait)
    assert not afterwards.finish(0.01)
    hung.set()
    assert afterwards.wait(5)


def test_a_task_that_fails_leaves_the_others() -> None:
    done: list[str] = []
    afterwards = Afterwards(0, 0)
    afterwards.do(lambda: 1 / 0)
    afterwards.do(lambda: done.append("second"))
    assert afterwards.finish(5)
    assert done == ["second"]


def test_only_so_much_waits() -> None:
    afterwards = Afterwards(600, 600)
    assert all(afterwards.do(int) for _ in range(MOST_WAITING))
    assert not afterwards.do(int)
