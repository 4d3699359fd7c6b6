"""What a digest only counted, and what it said of places and kinds"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digest", sa.Column("rest", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("digest", sa.Column("said", sa.JSON(), nullable=False, server_default="[]"))
