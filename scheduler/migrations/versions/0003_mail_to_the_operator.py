"""A mail to the operator about the sources belongs to no subscriber"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.alter_column("subscriber_id", existing_type=sa.Integer(), nullable=True)
