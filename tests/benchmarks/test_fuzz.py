"""The kept inputs break nothing, and an input follows from its seed alone."""

import os
import time
from pathlib import Path

import pytest

from tests.benchmarks.fuzz.mutants import mutant
from tests.benchmarks.fuzz.running import broken_by, fuzzed, replayed
from tests.benchmarks.fuzz.targets import TARGETS, Target, corpus


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n == "article" else ()) for n in TARGETS])
def test_kept_inputs_break_nothing(name: str) -> None:
    assert [said for body in corpus(name) if (said := broken_by(name, body))] == []


def test_an_input_follows_from_its_seed() -> None:
    assert (
        mutant(corpus("feed"), "0/feed/7") == mutant(corpus("feed"), "0/feed/7") != mutant(corpus("feed"), "0/feed/8")
    )


@pytest.mark.slow
def test_what_no_contract_names_is_a_crash_and_what_goes_on_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(body: bytes) -> None:
        while body == b"on and on":
            pass
        raise KeyError(body) if body else ValueError

    monkeypatch.setitem(TARGETS, "invented", Target(read, (ValueError,), seconds=0.1))
    kinds = [found.kind for found in replayed([("invented", b""), ("invented", b"a"), ("invented", b"on and on")])]
    assert kinds == ["crash", "hang"]


@pytest.mark.slow
def test_what_hangs_once_and_not_again_is_told_as_a_stall(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here, stood_still = os.getpid(), tmp_path / "once"

    def read(body: bytes) -> None:
        if os.getpid() == here or stood_still.exists():
            return
        stood_still.touch()
        until = time.process_time() + 0.5
        while time.process_time() < until:
            pass

    monkeypatch.setitem(TARGETS, "invented", Target(read, (), seconds=0.1))
    monkeypatch.setattr("tests.benchmarks.fuzz.running.corpus", lambda name: [b"a page"])
    _, found = fuzzed(["invented"], 2, "0", 1)
    assert [one.kind for one in found] == ["stall"]
