"""What the crawls of all workers counted: each adds its own in the database, and the daemon tells the sum."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from crawler.database import do_not_wait_for_disk
from crawler.model import CrawlCount

_NEW = insert(CrawlCount)
_ADD = _NEW.on_conflict_do_update(
    index_elements=[col(CrawlCount.name)],
    set_={"number": col(CrawlCount.number) + _NEW.excluded.number, "told_at": _NEW.excluded.told_at},
)


def add_counts(engine: Engine, counts: Mapping[str, int], now: datetime) -> None:
    """Add what came of a crawl; in one order, so that no two wait for each other."""
    rows = [{"name": name, "number": number, "told_at": now} for name, number in sorted(counts.items()) if number]
    if rows:
        with engine.begin() as connection:
            do_not_wait_for_disk(connection)  # else all workers would wait for it in turn, at the same rows
            connection.execute(_ADD, rows)


def read_counts(connection: Connection) -> tuple[dict[str, int], datetime | None]:
    """All that they counted, by its names, and when one of them last did."""
    rows = connection.execute(select(CrawlCount.name, CrawlCount.number, CrawlCount.told_at)).all()  # type: ignore[call-overload]
    return {name: number for name, number, _ in rows}, max((at for *_, at in rows), default=None)
