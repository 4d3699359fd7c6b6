"""Who acts in a story, and on whose word"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdict", sa.Column("actors", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("verdict", sa.Column("said_by", sa.JSON(), nullable=False, server_default="[]"))
