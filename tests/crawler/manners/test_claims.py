"""What one process alone has, of all that share a database."""

import pytest
from sqlalchemy import Engine, text

from crawler.manners.claims import Claims, ClaimsLost


def test_a_name_is_one_owners_until_it_gives_it_back(engine: Engine) -> None:
    one, other = Claims(engine), Claims(engine)
    assert one.take("paper.example")
    assert not one.take("paper.example")
    assert other.take("paper.example") is not one.are_shared
    assert other.take("gazette.example")
    one.give_back("paper.example")
    assert one.are_shared is other.take("paper.example")
    one.close()
    other.close()


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_whose_connection_ends_has_nothing_and_learns_it(engine: Engine) -> None:
    one, other = Claims(engine), Claims(engine)
    one.check()  # of nothing
    assert one.take("paper.example")
    one.check()
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    assert other.take("paper.example")
    for ask in (one.check, lambda: one.take("gazette.example"), lambda: one.give_back("paper.example")):
        with pytest.raises(ClaimsLost):
            ask()
    one.close()
    other.close()
