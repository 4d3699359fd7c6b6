"""One search of somebody rests while their others go on"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscription", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
