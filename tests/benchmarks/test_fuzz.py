"""The kept inputs break nothing, and an input follows from its seed alone."""

import pytest

from tests.benchmarks.fuzz.mutants import mutant
from tests.benchmarks.fuzz.running import broken_by, replayed
from tests.benchmarks.fuzz.targets import TARGETS, Target, corpus


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of what a database's address asks for in vain
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
