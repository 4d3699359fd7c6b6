"""What an ended search told stays told"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told",
        sa.Column("story_id", sa.Integer(), sa.ForeignKey("story.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("subscriber_id", sa.Integer(), sa.ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("digest_id", sa.Integer(), sa.ForeignKey("digest.id", ondelete="SET NULL"), nullable=True),
        sa.Column("delivery_id", sa.Integer(), sa.ForeignKey("delivery.id", ondelete="SET NULL"), nullable=True),
        sa.Column("told_development_at", UTCDateTime(), nullable=True),
    )
    op.create_index("ix_told_subscriber_id", "told", ["subscriber_id"])
