"""What a report tells most, so that others of the same event are found by index"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clue",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"]),
        sa.PrimaryKeyConstraint("hash", "story_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_clue_story_id", "clue", ["story_id"])
