"""What a feed shows beyond the room that its outlet has"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("left", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feed", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feed", sa.Column("left_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index("entry_of_feed", "entry", ["feed_id", "state", "seen_at"])
