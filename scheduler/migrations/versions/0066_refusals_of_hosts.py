"""How often in a row a host asked us to come back later: each crawl and each worker goes on counting"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("host", sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"))
