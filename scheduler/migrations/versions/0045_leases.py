"""Who sends a delivery holds a lease"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lease", sa.Column("id", sa.String(), primary_key=True), sa.Column("beats", sa.Integer(), nullable=False)
    )
    # What an older icewire was sending has no lease: it was cut off, and is sent again as after any crash.
    op.add_column("delivery", sa.Column("lease", sa.String(), nullable=False, server_default=""))
