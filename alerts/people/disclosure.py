"""All that is kept of one address: what its owner is given, and all that could be demanded of us."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Engine, Table, select
from sqlmodel import Session

from alerts.people.subscriber import Delivery, Subscriber, Subscription
from crawler.database import reading

Rows = dict[str, list[dict[str, Any]]]  # table → its rows

# What is not theirs: what a channel signs with, what only the newest question's link knows, what lets somebody in.
_SECRETS = frozenset({"secret", "generation", "hashed"})


def disclose(engine: Engine, email: str) -> Rows:
    """Every row that has to do with an address, by table, oldest first; empty when nothing is kept of it.

    Read from how the tables refer to each other, so that a new one is in it without a word here.
    """
    address = email.strip().lower()
    people = Subscriber.__table__  # type: ignore[attr-defined]
    mine = select(people.c.id).where(people.c.email == address)
    searches, mails = Subscription.__table__, Delivery.__table__  # type: ignore[attr-defined]
    owners = (
        (people, mine),
        (searches, select(searches.c.id).where(searches.c.subscriber_id.in_(mine))),
        (mails, select(mails.c.id).where(mails.c.subscriber_id.in_(mine))),
    )
    found: Rows = {}
    with Session(reading(engine)) as session:

        def note(table: Table, column: Column[Any], theirs: Any) -> None:
            query = select(table).where(column.in_(theirs)).order_by(*table.primary_key.columns)
            if rows := [_told({**row}) for row in session.connection().execute(query).mappings()]:
                found[table.name] = rows

        note(people, people.c.id, mine)
        for table in people.metadata.sorted_tables:
            led = ((_leads_to(table, owner), theirs) for owner, theirs in owners)
            if whose := next(((column, theirs) for column, theirs in led if column is not None), None):
                note(table, *whose)
    return found


def _leads_to(table: Table, to: Table) -> Column[Any] | None:
    """The column that says whose a row is."""
    return next((c for c in table.columns if any(key.column.table is to for key in c.foreign_keys)), None)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in plain values: a mail as its text, a secret only as that there is one."""
    plain = {n: v.decode("utf-8", "replace") if isinstance(v, bytes) else v for n, v in row.items()}
    return plain | {name: bool(plain[name]) for name in _SECRETS & plain.keys()}
