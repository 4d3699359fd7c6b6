"""For a command, which has no loop: tasks one after the other, each in a process of its own."""

from collections.abc import Callable
from typing import TypeVar

from crawler.workshop.worker import Worker, prepare
from crawler.workshop.workshop import PATIENCE

T = TypeVar("T")


class WorkerApart:
    """Does a task in a process of its own, within the bounds of a worker; in this one when there are to be none."""

    def __init__(self, workers: int, patience: float = PATIENCE) -> None:
        """`patience`: seconds of work that a task has."""
        self.workers, self._patience = workers, patience
        if workers:
            prepare()  # loads while the first answer is on its way

    def __call__(self, task: Callable[[], T], /) -> T:
        """What it gives or raises. Raises TooLong, TooMuch, WorkerLost, NotBegun."""
        if not self.workers:
            return task()
        worker = Worker()
        try:
            answer: T = worker.do(task, self._patience)
            return answer
        finally:
            worker.end()
