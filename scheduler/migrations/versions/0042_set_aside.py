"""A story whose matching failed is set aside"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matching", sa.Column("set_aside", sa.Boolean(), nullable=False, server_default=sa.false()))
