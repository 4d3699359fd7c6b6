"""Each search waits for its own yes"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscription", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscription", sa.Column("generation", sa.String(), nullable=False, server_default=""))
    # Who was asked and has not answered is asked once more by who asked for them: the links of before say no search.
    op.execute(
        "UPDATE subscription SET asked_at = (SELECT created_at FROM subscriber WHERE subscriber.id = subscriber_id)"
        " WHERE (SELECT state FROM subscriber WHERE subscriber.id = subscriber_id) = 'pending'"
    )
