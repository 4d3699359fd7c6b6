"""What collecting remembers: hosts' manners, feeds' habits, when to look again, what the operator was told"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime
from crawler.text import canonical_url

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 1000


def upgrade() -> None:
    _new_tables()
    _new_columns()
    op.create_index("ix_entry_page", "entry", ["page"])
    op.create_index("ix_article_look_at", "article", ["look_at"])
    _pages_of_known_entries()
    _addresses_of_known_articles()


def _new_tables() -> None:
    op.create_table(
        "host",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("robots", sa.String(), nullable=False),
        sa.Column("robots_status", sa.Integer(), nullable=False),
        sa.Column("robots_at", UTCDateTime(), nullable=True),
        sa.Column("paused_until", UTCDateTime(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "trouble",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("over_at", UTCDateTime(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("over_told_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_trouble_source_id", "trouble", ["source_id"])


def _new_columns() -> None:
    def text(name: str) -> sa.Column[str]:
        return sa.Column(name, sa.String(), nullable=False, server_default="")

    def moment(name: str) -> sa.Column[str]:
        return sa.Column(name, UTCDateTime(), nullable=True)

    def values(name: str, empty: str) -> sa.Column[str]:
        return sa.Column(name, sa.JSON(), nullable=False, server_default=empty)

    added: dict[str, list[sa.Column[Any]]] = {
        "feed": [
            values("habit", "{}"),
            sa.Column("asked_minutes", sa.Float(), nullable=False, server_default="0"),
            moment("full_at"),
            moment("hurry_until"),
            text("moved_to"),
            values("link_patterns", "[]"),
            text("problem"),
            text("pages"),
            moment("newest_at"),
        ],
        "entry": [text("page"), text("content")],
        "article": [
            text("opt_out"),
            moment("look_at"),
            sa.Column("looks", sa.Integer(), nullable=False, server_default="0"),
        ],
        "revision": [values("diff", "[]")],
    }
    for table, columns in added.items():
        for column in columns:
            op.add_column(table, column)


def _pages_of_known_entries() -> None:
    """Entries of one page find each other by its canonical address."""
    entry = sa.table("entry", sa.column("id", sa.Integer), sa.column("url", sa.String), sa.column("page", sa.String))
    bind, last = op.get_bind(), 0
    while rows := bind.execute(
        sa.select(entry.c.id, entry.c.url).where(entry.c.id > last).order_by(entry.c.id).limit(_BATCH)
    ).all():
        bind.execute(
            entry.update().where(entry.c.id == sa.bindparam("known")).values(page=sa.bindparam("address")),
            [{"known": row.id, "address": canonical_url(row.url)} for row in rows],
        )
        last = rows[-1].id


def _addresses_of_known_articles() -> None:
    """Spelled with https and without www. from now on; of two that became one, the second keeps its own."""
    article = sa.table("article", sa.column("id", sa.Integer), sa.column("url", sa.String))
    bind = op.get_bind()
    known = {row.id: row.url for row in bind.execute(sa.select(article.c.id, article.c.url).order_by(article.c.id))}
    taken = set(known.values())
    for article_id, url in known.items():
        address = canonical_url(url)
        if address not in taken:
            taken.add(address)
            bind.execute(article.update().where(article.c.id == article_id).values(url=address))
