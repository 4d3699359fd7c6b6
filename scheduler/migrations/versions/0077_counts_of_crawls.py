"""What the crawls of all workers count is added up where the daemon can tell it"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0077"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crawlcount",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
    )
