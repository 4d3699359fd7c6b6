"""Up to which development of its story a match was told"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("match") as match:
        match.add_column(sa.Column("told_development_at", UTCDateTime(), nullable=True))
