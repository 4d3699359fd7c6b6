"""Stories develop, are merged and split, and follow one another"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("story") as story:
        story.add_column(sa.Column("developed_at", UTCDateTime(), nullable=True))
        story.add_column(sa.Column("development", sa.String(), nullable=False, server_default=""))
        story.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        story.add_column(sa.Column("split_from", sa.Integer(), nullable=True))
        story.add_column(sa.Column("follows", sa.Integer(), nullable=True))
        story.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False, server_default="0"))
    with op.batch_alter_table("verdict") as verdict:
        verdict.add_column(sa.Column("kept_apart", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("article") as article:
        article.add_column(sa.Column("stored_at", UTCDateTime(), nullable=True))
    op.create_index("ix_story_merged_into", "story", ["merged_into"])
    op.create_index("ix_story_split_from", "story", ["split_from"])
