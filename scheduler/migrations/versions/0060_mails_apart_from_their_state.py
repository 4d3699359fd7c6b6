"""A mail's bytes stand apart from its state, which is written some times"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payload",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("delivery_id"),
    )
    op.execute("INSERT INTO payload (delivery_id, message) SELECT id, message FROM delivery WHERE LENGTH(message) > 0")
    op.execute("UPDATE delivery SET message = ''")  # PostgreSQL keeps the bytes of a column that is gone
    op.drop_column("delivery", "message")
