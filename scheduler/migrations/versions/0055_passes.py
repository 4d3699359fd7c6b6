"""Links that sign in, and who is signed in"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0055"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pass",
        sa.Column("hashed", sa.String(), primary_key=True),
        sa.Column("subscriber_id", sa.Integer(), sa.ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
    )
    op.create_index("ix_pass_subscriber_id", "pass", ["subscriber_id"])
