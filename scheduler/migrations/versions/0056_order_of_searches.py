"""In which order the searches of somebody stand in a mail"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscription", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
