"""Searches that come weekly or at once, pauses, and stories that are followed or muted"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0025"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriber", sa.Column("weekday", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("subscriber", sa.Column("paused_at", UTCDateTime(), nullable=True))
    op.add_column("subscriber", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column("subscriber", sa.Column("pause_drops", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("ALTER TABLE subscription ADD COLUMN story_id INTEGER REFERENCES story (id) ON DELETE CASCADE")
    op.create_index("ix_subscription_cadence", "subscription", ["cadence"])
    op.create_table(
        "muted",
        sa.Column("subscriber_id", sa.Integer(), sa.ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("story_id", sa.Integer(), sa.ForeignKey("story.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("muted_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_muted_story_id", "muted", ["story_id"])
