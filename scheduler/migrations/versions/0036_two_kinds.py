"""A story may be of two kinds"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdict", sa.Column("second_kind", sa.String(), nullable=False, server_default=""))
