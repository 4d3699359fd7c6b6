"""Whose a site is: further names where an outlet publishes; no text of a feed behind a settled entry"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("sites", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE entry SET content = '' WHERE content <> '' AND state IN ('fetched', 'off_topic', 'refused')")
