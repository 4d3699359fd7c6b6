"""A date of which only the day is known says so"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    # Until now a feed's bare day was kept as its midnight, which is also what programs write for a day.
    at = "(published_at AT TIME ZONE 'UTC')::time = '00:00'" if postgresql else "published_at LIKE '% 00:00:00.000000'"
    for table in ("entry", "article"):
        with op.batch_alter_table(table) as rows:
            rows.add_column(sa.Column("day_only", sa.Boolean(), nullable=False, server_default="0"))
        _say_day_only(table, at)
    _say_day_only("article", "CAST(witnesses AS TEXT) LIKE '%, day only%'")


def _say_day_only(table: str, where: str) -> None:
    rows = sa.table(table, sa.column("day_only", sa.Boolean()))
    op.execute(sa.update(rows).values(day_only=True).where(sa.text(where)))
