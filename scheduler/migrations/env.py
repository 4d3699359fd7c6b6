"""How Alembic runs our migrations: always on the engine that `upgrade` was given, in one transaction."""

from contextlib import nullcontext

from alembic import context
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

import alerts.people
import crawler.model
from crawler.database import hold_lock

TABLES = (crawler.model, alerts.people)  # importing them declares the tables

engine: Engine = context.config.attributes["engine"]

# Two processes that start together must not both create the tables. On SQLite, BEGIN IMMEDIATE sees to it.
LOCK = 7_321_455_012

given: Connection | None = context.config.attributes.get("connection")  # in a transaction of whoever called

with nullcontext(given) if given is not None else engine.begin() as connection:
    hold_lock(connection, LOCK)
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
