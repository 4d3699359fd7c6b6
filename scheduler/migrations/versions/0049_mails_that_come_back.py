"""Mails that come back"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriber", sa.Column("returns", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("subscriber", sa.Column("returned_since", UTCDateTime(), nullable=True))
    op.add_column("match", sa.Column("unwelcome", sa.Integer(), nullable=False, server_default="0"))
