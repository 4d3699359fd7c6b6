"""Stories may go through a channel instead of the mail"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Not in a batch: a table of millions would be made anew. Both databases add a column that is empty in place.
COLUMNS = (("subscription", "channel"), ("delivery", "channel"), ("match", "delivery"))


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("subscriber_id", sa.Integer(), sa.ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("off_at", UTCDateTime(), nullable=True),
        sa.Column("off_because", sa.String(), nullable=False),
        sa.Column("off_because_args", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_channel_subscriber_id", "channel", ["subscriber_id"])
    for table, to in COLUMNS:
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN {to}_id INTEGER REFERENCES {to} (id) ON DELETE SET NULL')
        op.create_index(f"ix_{table}_{to}_id", table, [f"{to}_id"])
