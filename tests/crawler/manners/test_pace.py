"""How long requests to one site wait for each other."""

from crawler.manners.pace import Pace


def test_a_slow_server_gets_longer_pauses_and_never_shorter_than_it_asked_for() -> None:
    pace = Pace(2.0)
    slot = pace.slot("https://www.ledger.example/a")
    assert pace.delay(slot) == 2.0
    pace.throttle(slot, 9.0, 200)
    assert pace.delay(slot) == 9.0
    pace.throttle(slot, 0.1, 500)
    assert pace.delay(slot) == 9.0
    for _ in range(20):
        pace.throttle(slot, 0.1, 200)
    assert pace.delay(slot) == 2.0
    pace.heed(slot, 30.0)
    assert pace.delay(slot) == 30.0


def test_a_server_that_recovers_is_trusted_by_and_by() -> None:
    pace = Pace(2.0)
    pace.throttle("ledger.example", 9.0, 200)
    pace.throttle("ledger.example", 3.0, 200)
    assert pace.delay("ledger.example") == 6.0


def test_where_no_pause_is_set_only_what_robots_txt_asks_for_counts() -> None:
    pace = Pace(0.0)
    pace.throttle("ledger.example", 9.0, 200)
    assert pace.delay("ledger.example") == 0.0
    pace.heed("ledger.example", 5.0)
    assert pace.delay("ledger.example") == 5.0
