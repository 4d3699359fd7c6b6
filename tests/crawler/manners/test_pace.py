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
