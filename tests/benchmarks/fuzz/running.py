"""Processes that read one input after another, and are ended when one hangs or takes too much memory."""

import os
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tests.benchmarks.fuzz.mutants import mutant
from tests.benchmarks.fuzz.targets import TARGETS, Target, corpus

MEMORY = 1_500_000_000  # bytes that reading may add to a process
_WALL = 10.0  # times the CPU that an input may take, before a process that says nothing is ended
_MOST_FOUND = 50  # of a target; then it is left alone
_LONGEST_LINE = 65_536
_PATH_LINES = 3  # of a crash's traceback by which it is told from another

Input = tuple[str, int]  # a target, and the number of its input


@dataclass(frozen=True, slots=True)
class Found:
    """An input that broke a target."""

    target: str
    kind: str  # crash, hang; stall: a hang that was none when it was read again, by itself
    said: str
    body: bytes


def fuzzed(names: Sequence[str], seconds: float, seed: str, workers: int) -> tuple[Counter[str], list[Found]]:
    """How many inputs of each target were read in so many seconds, and what broke them, each kind once."""
    for name in names:  # what is loaded late is loaded once, before the processes part
        for body in corpus(name):
            broken_by(name, body)
    until = time.monotonic() + seconds
    lanes = [_Lane(names, seed, number, workers, until) for number in range(workers)]
    while live := [lane for lane in lanes if lane.pipe is not None]:
        ready, _, _ = select.select([lane.pipe for lane in live if lane.pipe is not None], [], [], 1.0)
        for lane in live:
            lane.listen() if lane.pipe in ready else lane.end_if_silent()
    inputs: Counter[str] = Counter(dict.fromkeys(names, 0))
    found: dict[tuple[str, str], Found] = {}
    for lane in lanes:
        inputs += lane.inputs
        for one in lane.found:
            found.setdefault((one.target, one.said), one)
    return inputs, [_again(one) for one in found.values()]


def replayed(inputs: Iterable[tuple[str, bytes]]) -> list[Found]:
    """What breaks of these, each read in a process of its own."""
    return [found for name, body in inputs if (found := _alone(name, body))]


def _again(found: Found) -> Found:
    """What is found, a hang only if it hangs again: a machine that stands still for seconds makes others."""
    if found.kind == "hang" and not _alone(found.target, found.body):
        return replace(found, kind="stall")
    return found


def broken_by(name: str, body: bytes) -> str:
    """What reading an input breaks, in this very process; "" when it holds."""
    target = TARGETS[name]
    try:
        target.run(body[: target.most])
    except target.refuses:
        return ""
    except BaseException as error:  # noqa: BLE001  whatever it is, no contract names it
        return _told(error)
    return ""


def _told(error: BaseException) -> str:
    """An error and where it was raised, without what is different each time."""
    frames = traceback.extract_tb(error.__traceback__)[-_PATH_LINES:]
    where = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    said = str(error).splitlines()[0][:200] if type(error).__name__ == "Broken" and str(error) else ""
    return f"{type(error).__name__} {where} {said}".strip()


def _alone(name: str, body: bytes) -> Found | None:
    process, reader = _forked(lambda say: _read(say, name, body))
    if not select.select([reader], [], [], TARGETS[name].seconds * _WALL)[0]:
        os.kill(process, signal.SIGKILL)
    kind, _, said = os.read(reader, _LONGEST_LINE).decode().strip().partition("\t")
    os.close(reader)
    status = os.waitpid(process, 0)[1]
    if kind == "held":
        return None
    return Found(name, kind, said, body) if kind else Found(name, *_verdict(status), body)


def _verdict(status: int) -> tuple[str, str]:
    """What the end of a process means: kind and words."""
    code = os.waitstatus_to_exitcode(status)
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "hang", "it was ended"
    return "crash", f"the process ended with {code}"


Say = Callable[[str], None]


def _forked(work: Callable[[Say], object]) -> tuple[int, int]:
    """A process that does it, and the pipe of what it says."""
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        _in_child(writer, work)
    os.close(writer)
    return process, reader


def _in_child(writer: int, work: Callable[[Say], object]) -> None:
    """Do it in this forked process, held to its memory, and end."""
    status = 1
    try:
        with open("/proc/self/statm") as statm:
            size = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stderr.fileno())
        work(lambda line: _write(writer, line))
        status = 0
    finally:
        os._exit(status)


def _write(writer: int, line: str) -> None:
    os.write(writer, f"{line}\n".encode("utf-8", "backslashreplace"))


def _read(say: Say, name: str, body: bytes) -> float:
    """Read one input and say what came of it; gives the seconds of CPU."""
    target = TARGETS[name]
    before = time.process_time()
    # The system ends what goes on for long after its time; what ends by itself is only told.
    resource.setrlimit(resource.RLIMIT_CPU, (int(before + target.seconds) + 2, resource.RLIM_INFINITY))
    said = broken_by(name, body)
    used = time.process_time() - before
    if said:
        say(f"crash\t{said}")
    elif used > target.seconds:
        say(f"hang\t{_seconds(target)}")
    else:
        say(f"held\t{name}")
    return used


def _seconds(target: Target) -> str:
    return f"more than {target.seconds:g} s of CPU"


class _Lane:
    """A process that reads every n-th input of each target, and the one that follows when it ended."""

    def __init__(self, names: Sequence[str], seed: str, first: int, step: int, until: float) -> None:
        self.names, self.seed, self.step, self.until = list(names), seed, step, until
        self.next = dict.fromkeys(names, first)
        self.inputs: Counter[str] = Counter()
        self.found: list[Found] = []
        self.at: Input | None = None
        self.pipe: int | None = None
        self.half = b""  # of a line
        self._start()

    def _start(self) -> None:
        """A new process, as long as there is time."""
        if time.monotonic() >= self.until or not self.names:
            return
        self.process, self.pipe = _forked(self._work)
        self.heard, self.at, self.half = time.monotonic(), None, b""

    def _work(self, say: Say) -> None:
        """Inputs of whichever target had least of the time."""
        used = dict.fromkeys(self.names, 0.0)
        while time.monotonic() < self.until:
            name = min(used, key=lambda one: used[one])
            say(f"begin\t{name}\t{self.next[name]}")
            used[name] += _read(say, name, self.body((name, self.next[name]))) + 0.001
            self.next[name] += self.step

    def body(self, at: Input) -> bytes:
        """The input of that number."""
        return mutant(corpus(at[0]), f"{self.seed}/{at[0]}/{at[1]}", TARGETS[at[0]].most)

    def listen(self) -> None:
        """What the process says, or that it ended."""
        assert self.pipe is not None
        said = os.read(self.pipe, _LONGEST_LINE)
        if not said:
            self._ended()
            return
        self.heard = time.monotonic()
        *lines, self.half = (self.half + said).split(b"\n")
        for line in lines:
            self._hear(*line.decode().split("\t"))

    def _hear(self, kind: str, *said: str) -> None:
        if kind == "begin":
            self.at = said[0], int(said[1])
            self.next[said[0]] = int(said[1]) + self.step
            return
        assert self.at
        self.inputs[self.at[0]] += 1
        if kind != "held":
            self._keep(kind, said[0])
        self.at = None

    def _keep(self, kind: str, said: str) -> None:
        assert self.at
        self.found.append(Found(self.at[0], kind, said, self.body(self.at)))

    def end_if_silent(self) -> None:
        """End a process that takes no time and says nothing."""
        most = TARGETS[self.at[0]].seconds if self.at else 2.0
        if time.monotonic() - self.heard > most * _WALL:
            os.kill(self.process, signal.SIGKILL)

    def _ended(self) -> None:
        assert self.pipe is not None
        os.close(self.pipe)
        self.pipe = None
        status = os.waitpid(self.process, 0)[1]
        if self.at:
            self.inputs[self.at[0]] += 1
            self._keep(*_verdict(status))
            if sum(one.target == self.at[0] for one in self.found) >= _MOST_FOUND:
                self.names.remove(self.at[0])
        if status or self.at:
            self._start()
