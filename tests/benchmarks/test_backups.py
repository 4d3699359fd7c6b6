"""A few of the backups that the benchmark makes by hundreds."""

import pytest

from tests.benchmarks.backups import try_backups


@pytest.mark.slow
def test_backups_made_while_others_write_are_whole_and_the_daemon_starts_on_them() -> None:
    seen = try_backups(2, seed=7)
    assert (seen.whole, seen.wrong) == (2, [])
    assert seen.most > seen.least
